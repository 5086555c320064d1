namespace DagShell.Engine.Running;

/// <summary>Why a node was cancelled.</summary>
public enum CancelCause
{
    /// <summary>It was not, or nobody asked for it.</summary>
    None,

    /// <summary>Another node had failed, and the run was to fail fast.</summary>
    FailFast,

    /// <summary>The run's timeout was over.</summary>
    RunTimedOut,

    /// <summary>The run was stopped by its caller.</summary>
    Stopped,

    /// <summary>The time for clean-up was over.</summary>
    CleanUpTimedOut,

    /// <summary>The run's journal could not be written any more.</summary>
    JournalLost,
}
