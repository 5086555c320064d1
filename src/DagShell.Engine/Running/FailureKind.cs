namespace DagShell.Engine.Running;

/// <summary>Why an attempt failed.</summary>
public enum FailureKind
{
    /// <summary>The node's work ended with an error.</summary>
    Error,

    /// <summary>The attempt took longer than <see cref="Graph.Node.Timeout"/>.</summary>
    AttemptTimedOut,

    /// <summary>A precondition did not hold, in time if it was polled.</summary>
    PreconditionNotMet,

    /// <summary>Some of the node's items failed.</summary>
    ItemsFailed,
}
