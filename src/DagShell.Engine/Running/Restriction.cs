namespace DagShell.Engine.Running;

/// <summary>What a run may still start.</summary>
internal enum Restriction
{
    /// <summary>Everything.</summary>
    None,

    /// <summary>
    /// Clean-up and notification alone: after fail-fast, or the run's timeout, or when its journal cannot be written any more.
    /// </summary>
    CleanUpOnly,

    /// <summary>Nothing: the run was stopped.</summary>
    Nothing,
}
