namespace DagShell.Engine.Running;

/// <summary>How many nodes of a run are in which state, at one moment.</summary>
/// <param name="Total">All nodes.</param>
/// <param name="Running">Nodes with an attempt under way.</param>
/// <param name="Waiting">Nodes between two attempts or polls.</param>
/// <param name="Succeeded">Nodes that ended well.</param>
/// <param name="Failed">Nodes that failed.</param>
/// <param name="Skipped">Nodes that were skipped.</param>
/// <param name="Cancelled">Nodes that were cancelled.</param>
public readonly record struct RunCounts(int Total, int Running, int Waiting, int Succeeded, int Failed, int Skipped, int Cancelled)
{
    /// <summary>Nodes in a final state.</summary>
    public int Done => Succeeded + Failed + Skipped + Cancelled;
}
