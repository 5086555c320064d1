namespace DagShell.Engine.Running;

/// <summary>Which of several ready nodes and items starts first: the one whose key is less.</summary>
/// <remarks>What counts is put side by side in two numbers, so that two keys are compared at once: a queue does that often.</remarks>
internal readonly struct StartKey : IComparable<StartKey>
{
    private const int Half = 32;

    /// <summary>How much lower the priority is than the highest, and the upper half of the rank.</summary>
    private readonly ulong _first;

    /// <summary>The lower half of the rank, and one more than the item.</summary>
    private readonly ulong _second;

    /// <summary>Makes a key.</summary>
    /// <param name="rank">Of two whose priority is the same the one that has the lower rank goes first; not negative.</param>
    /// <param name="priority">The one that has the highest goes before all others.</param>
    /// <param name="item">Of a node's items the first goes first; -1 for a node.</param>
    public StartKey(long rank, int priority, int item = -1)
    {
        _first = ((ulong)(uint)(int.MaxValue - (long)priority) << Half) | (ulong)(rank >> Half);
        _second = ((ulong)(uint)rank << Half) | (uint)(item + 1);
    }

    private StartKey(ulong first, ulong second) => (_first, _second) = (first, second);

    /// <summary>The rank.</summary>
    public long Rank => (long)(_first << Half | _second >> Half);

    /// <summary>The key of one of the node's items, or of the node itself.</summary>
    public StartKey Of(int item) => new(_first, (_second >> Half << Half) | (uint)(item + 1));

    public int CompareTo(StartKey other) => _first == other._first ? _second.CompareTo(other._second) : _first.CompareTo(other._first);
}
