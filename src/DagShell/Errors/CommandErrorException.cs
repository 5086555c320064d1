using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>An error that is to end the command, found where there is no cmdlet to tell it. It never leaves the command.</summary>
internal sealed class CommandErrorException : Exception
{
    public CommandErrorException(Exception cause, string errorId, ErrorCategory category, object? target)
        : this(new ErrorRecord(cause, errorId, category, target))
    {
    }

    public CommandErrorException(ErrorRecord error)
        : base(error.Exception.Message, error.Exception) => Error = error;

    /// <summary>What the user is to see.</summary>
    public ErrorRecord Error { get; }
}
