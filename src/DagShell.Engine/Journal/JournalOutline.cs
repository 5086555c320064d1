namespace DagShell.Engine.Journal;

/// <summary>
/// What a journal says of one of its runs as a whole, without how each node did: as much as a list of runs shows, and no more is read, so
/// that a thousand journals are looked through in a moment.
/// </summary>
public sealed class JournalOutline
{
    private readonly List<string> _failed = [];
    private double _lastTime;

    internal JournalOutline(JournalHeader header)
    {
        Header = header;
        foreach (JournalNode node in header.Nodes.Where(node => !node.IsOutside))
        {
            NodeCount++;
            if (node.IsRestored || node.IsFallenBack)
            {
                EndedCount++;
            }

            if (node.IsFallenBack)
            {
                _failed.Add(node.Name);
            }
        }
    }

    /// <summary>What the run began with.</summary>
    public JournalHeader Header { get; }

    /// <inheritdoc cref="JournalRun.AsEarlier"/>
    public EarlierRun AsEarlier => new(Header.RunId, Header.StartTime.LocalDateTime, Status ?? RunStatus.Interrupted);

    /// <summary>How it ended; <see langword="null"/> if it goes on, or was killed.</summary>
    public RunStatus? Status { get; private set; }

    /// <summary>When it ended, or when something was last written of it.</summary>
    public DateTimeOffset LastTime => Header.StartTime.AddSeconds(_lastTime);

    /// <summary>How many nodes it has.</summary>
    public int NodeCount { get; private set; }

    /// <summary>How many nodes are in a final state.</summary>
    public int EndedCount { get; private set; }

    /// <summary>The nodes that failed, in that order; first those that had in an earlier run and were not tried again.</summary>
    public IReadOnlyList<string> FailedNodes => _failed;

    /// <inheritdoc cref="JournalContents.IsFinished"/>
    public bool IsFinished =>
        Status == RunStatus.Succeeded && Header.Nodes.All(node => !node.IsOutside || node.IsRestored);

    /// <summary>Takes in the next line after the header.</summary>
    /// <exception cref="FormatException">It is no record.</exception>
    internal void Add(ReadOnlySpan<byte> line)
    {
        if (Status is not null)
        {
            throw new FormatException("A record outside of a run.");
        }

        _lastTime = Math.Max(_lastTime, JournalFormat.TimeOf(line));
        JournalRecordKind kind = JournalFormat.KindOf(line);
        if (JournalFormat.IsOfItem(line))
        {
            return;
        }

        if (kind is JournalRecordKind.Succeeded or JournalRecordKind.Failed or JournalRecordKind.Skipped or JournalRecordKind.Cancelled)
        {
            EndedCount++;
        }

        if (kind is JournalRecordKind.Failed or JournalRecordKind.Expanded or JournalRecordKind.Ended)
        {
            JournalRecord record = JournalFormat.ReadRecord(line, Header.StartTime, readsOutput: false);
            NodeCount += record.Nodes.Count(node => !node.IsOutside);
            Status = record.Status;
            if (kind == JournalRecordKind.Failed)
            {
                _failed.Add(record.Node!);
            }
        }
    }
}
