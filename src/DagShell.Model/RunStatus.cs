namespace DagShell;

/// <summary>How a run stands or ended.</summary>
public enum RunStatus
{
    /// <summary>Not every node is in a final state yet.</summary>
    Running,

    /// <summary>No node failed but such as may, and nobody stopped the run.</summary>
    Succeeded,

    /// <summary>A node without <c>-ContinueOnError</c> failed, or the run's journal could not be written any more.</summary>
    Failed,

    /// <summary>The run was stopped, by its caller or its timeout, and no node had failed.</summary>
    Cancelled,

    /// <summary>
    /// Its journal breaks off: the process was killed, or could not write any more. Only a run that is told from a journal has this status.
    /// </summary>
    Interrupted,
}
