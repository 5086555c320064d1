namespace DagShell.Engine.Running;

/// <summary>Which of several ready nodes and items starts first: the one whose key is less.</summary>
/// <param name="Rank">Of two whose priority is the same the one that has the lower rank goes first.</param>
/// <param name="Priority">The one that has the highest goes before all others.</param>
/// <param name="Item">Of a node's items the first goes first; -1 for a node.</param>
internal readonly record struct StartKey(long Rank, int Priority, int Item = -1) : IComparable<StartKey>
{
    public int CompareTo(StartKey other)
    {
        int byPriority = other.Priority.CompareTo(Priority);
        int byRank = byPriority != 0 ? byPriority : Rank.CompareTo(other.Rank);
        return byRank != 0 ? byRank : Item.CompareTo(other.Item);
    }
}
