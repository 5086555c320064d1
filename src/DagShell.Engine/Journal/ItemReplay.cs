using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>The items of one node on their way through the records of a run.</summary>
internal sealed class ItemReplay
{
    private readonly Dictionary<int, NodeState> _states = [];
    private readonly int[] _inState = new int[Enum.GetValues<NodeState>().Length];
    private int _count;

    public ItemCounts Counts => new(
        Math.Max(_count, _states.Count),
        _inState[(int)NodeState.Running],
        _inState[(int)NodeState.Waiting],
        _inState[(int)NodeState.Succeeded],
        _inState[(int)NodeState.Failed],
        _inState[(int)NodeState.Skipped],
        _inState[(int)NodeState.Cancelled]);

    public void Add(JournalRecord record)
    {
        if (record.Item is not { } item)
        {
            _count = record.Count ?? 0;
            return;
        }

        NodeState? state = record.Kind switch
        {
            JournalRecordKind.Started => NodeState.Running,
            JournalRecordKind.AttemptFailed or JournalRecordKind.Polled => NodeState.Waiting,
            JournalRecordKind.Succeeded or JournalRecordKind.Restored => NodeState.Succeeded,
            JournalRecordKind.Failed => NodeState.Failed,
            JournalRecordKind.Skipped => NodeState.Skipped,
            JournalRecordKind.Cancelled => NodeState.Cancelled,
            _ => null,
        };
        if (state is { } next)
        {
            if (_states.TryGetValue(item, out NodeState before))
            {
                _inState[(int)before]--;
            }

            _inState[(int)next]++;
            _states[item] = next;
        }
    }
}
