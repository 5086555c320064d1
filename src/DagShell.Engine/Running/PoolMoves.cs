namespace DagShell.Engine.Running;

/// <summary>Which nodes began to wait for their pool, and which do not any more, while one was sought that may start.</summary>
internal sealed class PoolMoves
{
    /// <summary>Nodes whose pool has no place, or no start, left; and when their lane last had no free slot, in UTC ticks.</summary>
    public List<(int Node, long FullTime)> Parked { get; } = [];

    /// <summary>Nodes whose pool's rate lets them start again.</summary>
    public List<int> Unparked { get; } = [];

    public void Clear()
    {
        Parked.Clear();
        Unparked.Clear();
    }
}
