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

    /// <summary>The place where the work was under way broke, or fell silent. It may still go on over there.</summary>
    SessionLost,

    /// <summary>There is no place to run left, and none can be had. Nothing of the work was started.</summary>
    NoSession,

    /// <summary>Some of the node's items failed.</summary>
    ItemsFailed,

    /// <summary>Nodes of the dag that the node stands for failed.</summary>
    InnerNodesFailed,
}
