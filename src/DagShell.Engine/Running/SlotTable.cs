namespace DagShell.Engine.Running;

/// <summary>
/// The slots of a run, and which attempt is in which. They are numbered from 0, and the lowest free one is not sought: the last
/// freed is used again.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>.</remarks>
internal sealed class SlotTable(int limit)
{
    private readonly List<NodeAttempt?> _slots = [];
    private readonly Stack<int> _free = new();

    /// <summary>Whether an attempt may be put into a slot.</summary>
    public bool HasFree => _free.Count > 0 || _slots.Count < limit;

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

        attempt.Slot = slot;
    }

    /// <summary>Empties a slot.</summary>
    /// <returns>The attempt that was in it.</returns>
    public NodeAttempt Free(int slot)
    {
        NodeAttempt attempt = _slots[slot]!;
        _slots[slot] = null;
        _free.Push(slot);
        return attempt;
    }

    /// <summary>The attempt in a slot that is taken.</summary>
    public NodeAttempt AttemptIn(int slot) => _slots[slot]!;

    public List<NodeAttempt> Running() => _slots.OfType<NodeAttempt>().ToList();

    public NodeAttempt? AttemptOf(int unit) => _slots.Find(attempt => attempt?.Unit == unit);
}
