namespace DagShell.Engine.Running;

/// <summary>
/// The slots of a <see cref="Lane"/>, and which attempt is in which. They are numbered on from the first, and the lowest free one is not
/// sought: the last freed is used again.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>.</remarks>
internal sealed class SlotTable(int first, int limit)
{
    private readonly List<NodeAttempt?> _slots = [];
    private readonly Stack<int> _free = new();

    /// <summary>How many attempts may be in slots. Where it sinks, those that are in one stay there until they end.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>The number of the first slot.</summary>
    public int First => first;

    /// <summary>Whether an attempt may be put into a slot.</summary>
    public bool HasFree => _slots.Count - _free.Count < Limit;

    public void Take(NodeAttempt attempt)
    {
        if (_free.TryPop(out int slot))
        {
            _slots[slot] = attempt;
        }
        else
        {
            slot = _slots.Count;
            _slots.Add(attempt);
        }

        attempt.Slot = first + slot;
    }

    /// <summary>Empties a slot.</summary>
    /// <returns>The attempt that was in it.</returns>
    public NodeAttempt Free(int slot)
    {
        NodeAttempt attempt = AttemptIn(slot);
        _slots[slot - first] = null;
        _free.Push(slot - first);
        return attempt;
    }

    /// <summary>The attempt in a slot that is taken.</summary>
    public NodeAttempt AttemptIn(int slot) => _slots[slot - first]!;

    /// <summary>The attempt in a slot; null if there is none.</summary>
    public NodeAttempt? AttemptOrNull(int slot) => _slots.ElementAtOrDefault(slot - first);

    public IEnumerable<NodeAttempt> Running() => _slots.OfType<NodeAttempt>();

    public NodeAttempt? AttemptOf(int unit) => _slots.Find(attempt => attempt?.Unit == unit);
}
