namespace DagShell.Engine.Running;

/// <summary>What went wrong with an attempt.</summary>
public sealed class NodeFailure
{
    /// <summary>Makes a failure.</summary>
    /// <param name="kind">Why the attempt failed.</param>
    /// <param name="message">What happened, for the user.</param>
    /// <param name="cause">The exception behind it, where there is one.</param>
    /// <param name="canRetry">Whether the node's retry policy applies to it.</param>
    public NodeFailure(FailureKind kind, string message, Exception? cause = null, bool canRetry = true)
    {
        Kind = kind;
        Message = message;
        Cause = cause;
        CanRetry = canRetry;
    }

    /// <summary>Why the attempt failed.</summary>
    public FailureKind Kind { get; }

    /// <summary>What happened, for the user.</summary>
    public string Message { get; }

    /// <summary>Where it happened, for the user: a file and a line, if that is known.</summary>
    public string? Position { get; init; }

    /// <summary>The exception behind it, where there is one.</summary>
    public Exception? Cause { get; }

    /// <summary>Whether the node's retry policy applies to it.</summary>
    public bool CanRetry { get; }
}
