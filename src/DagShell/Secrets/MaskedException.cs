using System.Management.Automation;

namespace DagShell.Secrets;

/// <summary>Stands for an exception that would show a secret.</summary>
internal sealed class MaskedException : Exception, IContainsErrorRecord
{
    private readonly string _type;

    public MaskedException(
        string type, string message, Exception? inner, string errorId, ErrorCategory category, object? target, ErrorDetails? details)
        : base(message, inner)
    {
        _type = type;
        ErrorRecord = new ErrorRecord(this, errorId, category, target) { ErrorDetails = details };
    }

    /// <inheritdoc/>
    public ErrorRecord ErrorRecord { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{_type}: {Message}" + (InnerException is null ? string.Empty : $" ---> {InnerException}");
}
