namespace DagShell;

/// <summary>Where a node of a run stands. Every node of a finished run is in one of the last four.</summary>
public enum NodeState
{
    /// <summary>Some dependency is not in a final state yet.</summary>
    Pending,

    /// <summary>It may run as soon as there is a slot.</summary>
    Ready,

    /// <summary>An attempt is under way; it holds a slot.</summary>
    Running,

    /// <summary>Between two attempts, or while a precondition is polled; it holds no slot.</summary>
    Waiting,

    /// <summary>An attempt ended well.</summary>
    Succeeded,

    /// <summary>The last attempt failed.</summary>
    Failed,

    /// <summary>It did not run: its trigger rule could not hold any more, or its condition was false.</summary>
    Skipped,

    /// <summary>It did not run, or was stopped, because the run was cut short.</summary>
    Cancelled,
}
