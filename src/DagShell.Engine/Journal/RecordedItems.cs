using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>The items of a node that a journal knows to be done, and how far the last run has come with them.</summary>
internal sealed class RecordedItems
{
    private readonly List<JournalItem> _done = [];

    /// <summary>What the items of the last run have given back, by index: those that it has done, or did not need to do again.</summary>
    private Dictionary<int, string> _outputs = [];

    /// <summary>What was done before the last run and is not one of its items yet, by value; null until somebody asks.</summary>
    private Dictionary<string, Queue<JournalItem>>? _earlier;

    /// <summary>How many items the last run has; null until that is known.</summary>
    private int? _count;

    /// <summary>Those that the last run has skipped, and why.</summary>
    private Dictionary<int, JournalItemEnd> _skipped = [];

    /// <summary>What its items are; null if that is not in the journal.</summary>
    private string? _values;

    /// <summary>All that are done, in the order in which they were.</summary>
    public IReadOnlyList<JournalItem> Done => _done;

    /// <summary>Another run begins, which need not do again what is done.</summary>
    public void BeginRun()
    {
        _outputs = [];
        _earlier = null;
        _count = null;
        _skipped = [];
        _values = null;
    }

    /// <summary>Notes what happened to an item, or how many there are.</summary>
    /// <exception cref="FormatException">An item is restored that was not done.</exception>
    public void Add(JournalRecord record, RunOrigin run)
    {
        switch (record)
        {
            case { Kind: JournalRecordKind.Mapped }:
                _count = record.Count;
                _values = record.Output;
                break;
            case { Kind: JournalRecordKind.Restored, Item: { } item, Value: { } value }:
                _outputs[item] = TakeEarlier(value).Output;
                break;
            case { Kind: JournalRecordKind.Succeeded, Item: { } item, Output: { } output }:
                _outputs[item] = output;
                if (record.Value is { } known)
                {
                    _done.Add(new JournalItem(item, known, output, run));
                }

                break;
            case { Kind: JournalRecordKind.Skipped, Item: { } item }:
                _skipped[item] = new JournalItemEnd(string.Empty, record.SkipCause ?? SkipCause.ConditionFalse, record.SkipReason);
                break;
        }
    }

    /// <summary>How all items of the last run ended; null if not all of that is known.</summary>
    public JournalItemEnds? EndsInOrder()
    {
        if (_count != _outputs.Count + _skipped.Count)
        {
            return null;
        }

        var ends = new JournalItemEnd[_outputs.Count + _skipped.Count];
        for (int item = 0; item < ends.Length; item++)
        {
            if (_outputs.TryGetValue(item, out string? output))
            {
                ends[item] = new JournalItemEnd(output);
            }
            else if (!_skipped.TryGetValue(item, out ends[item]))
            {
                return null;
            }
        }

        return new JournalItemEnds(ends, _values);
    }

    private JournalItem TakeEarlier(string value)
    {
        _earlier ??= _done.GroupBy(item => item.Value, StringComparer.Ordinal)
            .ToDictionary(items => items.Key, items => new Queue<JournalItem>(items), StringComparer.Ordinal);
        return _earlier.TryGetValue(value, out Queue<JournalItem>? items) && items.TryDequeue(out JournalItem? item)
            ? item
            : throw new FormatException("An item is restored that was not done.");
    }
}
