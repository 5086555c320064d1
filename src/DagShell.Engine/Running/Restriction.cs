namespace DagShell.Engine.Running;

/// <summary>What a run may still start.</summary>
internal enum Restriction
{
    /// <summary>Everything.</summary>
    None,

    /// <summary>Clean-up and notification alone: after fail-fast, the run's timeout or a stop, or when its journal cannot be
    /// written any more.</summary>
    CleanUpOnly,

    /// <summary>Nothing: the time for clean-up is over, or its caller waits no longer.</summary>
    Nothing,
}
