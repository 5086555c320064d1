using System.Management.Automation;

namespace DagShell.Host.Views;

/// <summary>The activities that are going on, as Write-Progress tells of them. Any thread may call any member.</summary>
internal sealed class ProgressBoard(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Takes note of a record.</summary>
    /// <param name="source">Which command it comes from: ids are unique within one.</param>
    /// <param name="record">The record.</param>
    public void Update(long source, ProgressRecord record)
    {
        lock (_gate)
        {
            int index = _entries.FindIndex(entry => entry.Source == source && entry.Record.ActivityId == record.ActivityId);
            if (record.RecordType == ProgressRecordType.Completed)
            {
                Remove(source, record.ActivityId);
            }
            else if (index < 0)
            {
                _entries.Add(new(source, clock.GetTimestamp(), Copy(record)));
            }
            else
            {
                // Another activity under the same id has its own time.
                long since = _entries[index].Record.Activity == record.Activity ? _entries[index].Since : clock.GetTimestamp();
                _entries[index] = new(source, since, Copy(record));
            }
        }
    }

    /// <summary>Every activity, each followed by those under it.</summary>
    public IReadOnlyList<ProgressRow> Rows()
    {
        lock (_gate)
        {
            List<ProgressRow> rows = [];
            foreach (Entry root in _entries.Where(entry => Parent(entry) is null))
            {
                AddRows(root, 0, rows);
            }

            return rows;
        }
    }

    private static ProgressRecord Copy(ProgressRecord record) => new(record.ActivityId, record.Activity, record.StatusDescription)
    {
        ParentActivityId = record.ParentActivityId,
        CurrentOperation = record.CurrentOperation,
        PercentComplete = record.PercentComplete,
        SecondsRemaining = record.SecondsRemaining,
    };

    private Entry? Parent(Entry entry) =>
        _entries.Find(other => other.Source == entry.Source && other.Record.ActivityId == entry.Record.ParentActivityId && other != entry);

    private void AddRows(Entry entry, int depth, List<ProgressRow> rows)
    {
        ProgressRecord record = entry.Record;
        rows.Add(new(
            depth,
            OneLine.Of(record.Activity),
            OneLine.Of($"{record.StatusDescription} {record.CurrentOperation}"),
            record.PercentComplete,
            record.SecondsRemaining,
            clock.GetElapsedTime(entry.Since)));
        foreach (Entry child in _entries.Where(child => Parent(child) == entry))
        {
            AddRows(child, depth + 1, rows);
        }
    }

    private void Remove(long source, int id)
    {
        _entries.RemoveAll(entry => entry.Source == source && entry.Record.ActivityId == id);
        foreach (Entry child in _entries.FindAll(entry => entry.Source == source && entry.Record.ParentActivityId == id))
        {
            Remove(source, child.Record.ActivityId);
        }
    }

    private sealed record Entry(long Source, long Since, ProgressRecord Record);
}
