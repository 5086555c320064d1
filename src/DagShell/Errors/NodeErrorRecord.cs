using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>
/// What a node failed with: the record as it was, whose text is the exception's message and then its details. PowerShell shows one of the
/// two, and of a failed web request the body alone.
/// </summary>
internal sealed class NodeErrorRecord : ErrorRecord
{
    private readonly string _text;

    /// <summary>Makes a copy.</summary>
    /// <param name="record">The record.</param>
    /// <param name="exception">The exception, for which a placeholder may stand in the record.</param>
    /// <param name="text">Its text.</param>
    public NodeErrorRecord(ErrorRecord record, Exception? exception, string text)
        : base(record, exception) => _text = text;

    /// <inheritdoc/>
    public override string ToString() => _text;
}
