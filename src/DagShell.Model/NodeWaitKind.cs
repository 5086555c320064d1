namespace DagShell;

/// <summary>What a node of a run waited for.</summary>
public enum NodeWaitKind
{
    /// <summary>A slot: as many attempts ran as the throttle limit lets.</summary>
    Slot,

    /// <summary>A place in its pool.</summary>
    Pool,

    /// <summary>The delay before its next attempt.</summary>
    Retry,

    /// <summary>A precondition that is polled, from the first time that it did not hold until it did, the polls between included.</summary>
    Precondition,
}
