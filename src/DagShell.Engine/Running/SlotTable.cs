namespace DagShell.Engine.Running;

/// <summary>Which attempt is in which slot. Slots are numbered from 0, and the lowest free one is not sought: the last freed is used again.</summary>
/// <remarks>Belongs to the <see cref="Scheduler"/>; guarded by its lock.</remarks>
internal sealed class SlotTable
{
    private readonly List<NodeAttempt?> _slots = [];
    private readonly Stack<int> _free = new();

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

    public void Free(NodeAttempt attempt)
    {
        _slots[attempt.Slot] = null;
        _free.Push(attempt.Slot);
    }

    public List<NodeAttempt> Running() => _slots.OfType<NodeAttempt>().ToList();

    public NodeAttempt? AttemptOf(int node) => _slots.Find(attempt => attempt?.Index == node);
}
