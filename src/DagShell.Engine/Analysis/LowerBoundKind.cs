namespace DagShell.Engine.Analysis;

/// <summary>What a run of the same nodes, each as long as it was, could not have been shorter than.</summary>
public enum LowerBoundKind
{
    /// <summary>The critical path: more slots would not help.</summary>
    CriticalPath,

    /// <summary>All work, shared out among the slots of the throttle limit: more slots would help.</summary>
    Slots,

    /// <summary>The work of a pool, shared out among its places.</summary>
    Pool,
}
