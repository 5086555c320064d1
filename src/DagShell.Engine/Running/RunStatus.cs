namespace DagShell.Engine.Running;

/// <summary>How a run stands or ended.</summary>
public enum RunStatus
{
    /// <summary>Not every node is in a final state yet.</summary>
    Running,

    /// <summary>No node failed but such as may, and nobody stopped the run.</summary>
    Succeeded,

    /// <summary>A node without <see cref="Graph.Node.ContinueOnError"/> failed, or the run's journal could not be written any more.</summary>
    Failed,

    /// <summary>The run was stopped, by its caller or its timeout, and no node had failed.</summary>
    Cancelled,

    /// <summary>The process of the run ended before the run did. Only what is left of it, its journal, has this status.</summary>
    Interrupted,
}
