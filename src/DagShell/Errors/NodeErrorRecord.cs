using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Errors;

/// <summary>
/// What a node failed with: the record as it was, whose text is the exception's message and then its details. PowerShell shows one of the
/// two, and of a failed web request the body alone.
/// </summary>
internal sealed class NodeErrorRecord : ErrorRecord
{
    private readonly string _text;
    private readonly InvocationInfo? _invocation;

    /// <summary>Makes a copy.</summary>
    /// <param name="record">The record.</param>
    /// <param name="exception">The exception, for which a placeholder may stand in the record.</param>
    /// <param name="text">Its text.</param>
    /// <param name="place">Where it happened, if the record does not know it; null if it does.</param>
    public NodeErrorRecord(ErrorRecord record, Exception? exception, string text, IScriptExtent? place = null)
        : base(record, exception)
    {
        _text = text;
        _invocation = place is null ? null : InvocationInfo.Create(null, place);
    }

    /// <summary>Where it happened. PowerShell asks for it by name, and what it sets itself knows nothing of other machines.</summary>
    public new InvocationInfo? InvocationInfo => _invocation ?? base.InvocationInfo;

    /// <inheritdoc/>
    public override string ToString() => _text;
}
