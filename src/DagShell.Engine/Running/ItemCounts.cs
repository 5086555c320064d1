namespace DagShell.Engine.Running;

/// <summary>How many items of a node are in which state, at one moment.</summary>
/// <param name="Total">All items.</param>
/// <param name="Running">Items with an attempt under way.</param>
/// <param name="Waiting">Items between two attempts or polls.</param>
/// <param name="Succeeded">Items that ended well.</param>
/// <param name="Failed">Items that failed.</param>
/// <param name="Skipped">Items that skipped themselves.</param>
/// <param name="Cancelled">Items that were cancelled.</param>
public readonly record struct ItemCounts(int Total, int Running, int Waiting, int Succeeded, int Failed, int Skipped, int Cancelled)
{
    /// <summary>Items in a final state.</summary>
    public int Done => Succeeded + Failed + Skipped + Cancelled;
}
