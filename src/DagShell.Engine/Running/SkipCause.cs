namespace DagShell.Engine.Running;

/// <summary>Why a node did not run.</summary>
public enum SkipCause
{
    /// <summary>It did run, or was cancelled.</summary>
    None,

    /// <summary>Its condition was false.</summary>
    ConditionFalse,

    /// <summary>A dependency failed.</summary>
    DependencyFailed,

    /// <summary>A dependency was skipped.</summary>
    DependencySkipped,

    /// <summary>A dependency was cancelled.</summary>
    DependencyCancelled,

    /// <summary>Its rule wants a dependency that succeeded, and none did.</summary>
    NoneSucceeded,

    /// <summary>Its rule wants a dependency that failed, and none did.</summary>
    NoneFailed,

    /// <summary>Its own script ended it so.</summary>
    Itself,

    /// <summary>It is the fallback for a node that did not fail.</summary>
    NotNeeded,

    /// <summary>It is the clean-up of nodes none of which had started.</summary>
    NothingToCleanUp,

    /// <summary>The node that stands for its dag did not come to start it.</summary>
    DagNotStarted,
}
