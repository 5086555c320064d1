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

    /// <summary>
    /// For how long a stop may still come that explains the failure: where a program failed, an interrupt may have ended it and not be
    /// known yet. The attempt ends only after that time, as stopped if a stop has come. Zero, the default, where no such thing is likely.
    /// </summary>
    public TimeSpan Doubt { get; init; }
}
