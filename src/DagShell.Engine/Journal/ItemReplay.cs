using DagShell.Engine.Analysis;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>The items of one node on their way through the records of a run.</summary>
internal sealed class ItemReplay
{
    private readonly Dictionary<int, ItemState> _items = [];
    private readonly List<ItemAttempt> _attempts = [];
    private readonly int[] _inState = new int[Enum.GetValues<NodeState>().Length];
    private int _count;

    public ItemCounts Counts => new(
        Math.Max(_count, _items.Count),
        _inState[(int)NodeState.Running],
        _inState[(int)NodeState.Waiting],
        _inState[(int)NodeState.Succeeded],
        _inState[(int)NodeState.Failed],
        _inState[(int)NodeState.Skipped],
        _inState[(int)NodeState.Cancelled]);

    /// <summary>The attempts that ended, in the order in which they did, and those of which no end is told.</summary>
    public IReadOnlyList<ItemAttempt> Attempts() =>
    [
        .. _attempts,
        .. _items.Where(item => item.Value.Start is not null).Select(item => new ItemAttempt(
            item.Key,
            new AttemptRecord(item.Value.Attempts, item.Value.Slot, item.Value.Start!.Value, null, null, null, null)
            {
                Host = item.Value.Host,
            })),
    ];

    /// <summary>How long those that ended held their slots.</summary>
    public TimeSpan Work { get; private set; }

    public void Add(JournalRecord record)
    {
        if (record.Item is not { } number)
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
        bool isKnown = _items.TryGetValue(number, out ItemState item);
        if (state is { } next)
        {
            if (isKnown)
            {
                _inState[(int)item.State]--;
            }

            _inState[(int)next]++;
            item.State = next;
        }

        Follow(number, record, ref item);
        _items[number] = item;
    }

    /// <summary>What those failed with that did, by item.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="most">How many are told at most.</param>
    public ItemEnding[] Failures(string node, int most) =>
    [
        .. _items.Where(item => item.Value is { State: NodeState.Failed, Ending: not null })
            .OrderBy(item => item.Key)
            .Take(most)
            .Select(item => new ItemEnding(
                NodeItems.NameOf(node, item.Key),
                Value: null,
                item.Value.Ending!.Message,
                item.Value.Ending.Position,
                item.Value.Ending.Attempts ?? item.Value.Attempts,
                item.Value.Ending.StartTime is { } start ? item.Value.Ending.Time - start : TimeSpan.Zero)),
    ];

    private void Follow(int number, JournalRecord record, ref ItemState item)
    {
        switch (record.Kind)
        {
            case JournalRecordKind.Started:
                item.Attempts = record.Attempt ?? item.Attempts + 1;
                item.Slot = Math.Max(0, record.Slot ?? 0);
                item.Start = record.Time;
                item.Host = null;
                break;
            case JournalRecordKind.Began:
                item.Start = record.Time;
                item.Host = record.Host;
                break;
            default:
                item.Ending = record.Kind == JournalRecordKind.Failed ? record : null;
                End(number, record, ref item);
                break;
        }
    }

    private void End(int number, JournalRecord record, ref ItemState item)
    {
        if (item.Start is not { } start)
        {
            return;
        }

        AttemptOutcomeKind outcome = record.Kind switch
        {
            JournalRecordKind.Succeeded => record.Attempts == 0 ? AttemptOutcomeKind.UpToDate : AttemptOutcomeKind.Succeeded,
            JournalRecordKind.Skipped => AttemptOutcomeKind.Skipped,
            JournalRecordKind.Cancelled => AttemptOutcomeKind.Stopped,
            _ => AttemptOutcomeKind.Failed,
        };
        var attempt = new AttemptRecord(
            item.Attempts, item.Slot, start, record.Time, outcome, record.FailureKind, record.Message)
        { Host = item.Host };
        _attempts.Add(new ItemAttempt(number, attempt));
        Work += record.Time - start;
        item.Start = null;
    }

    private struct ItemState
    {
        public NodeState State;
        public int Attempts;
        public int Slot;
        public DateTimeOffset? Start;
        public string? Host;

        /// <summary>Of one that failed, what it failed with.</summary>
        public JournalRecord? Ending;
    }
}
