namespace DagShell.Engine.Running;

/// <summary>The ways in which an attempt ends.</summary>
public enum AttemptOutcomeKind
{
    /// <summary>The work ended well.</summary>
    Succeeded,

    /// <summary>The work failed, or a precondition did not hold.</summary>
    Failed,

    /// <summary>The node's condition was false; the work was not started.</summary>
    ConditionFalse,

    /// <summary>The work ended itself as skipped.</summary>
    Skipped,

    /// <summary>The work was stopped on request.</summary>
    Stopped,

    /// <summary>The work was asked to stop, did not within the grace period, and was given up.</summary>
    Abandoned,

    /// <summary>Its place was gone before anything of it had begun: it was no attempt, and its node is ready again.</summary>
    Lost,

    /// <summary>What the work makes is there already: it was not started, and the node has succeeded.</summary>
    UpToDate,
}
