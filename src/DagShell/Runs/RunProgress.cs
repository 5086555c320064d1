using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>
/// Draws a run as progress records: one for the run, one under it for each running node, and under that what the node itself
/// reports. It looks at the scheduler when it is its time to; nodes do nothing for it.
/// </summary>
/// <remarks>Belongs to the thread of Invoke-Dag.</remarks>
internal sealed class RunProgress
{
    /// <summary>At most ten updates a second (docs/design.md, section 3).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// PowerShell's console draws at most five times a second. What comes in between is drawn when the next record comes. So when nothing
    /// has changed for this long the run's record is repeated.
    /// </summary>
    private static readonly TimeSpan ConsoleInterval = TimeSpan.FromMilliseconds(300);

    private const int RunActivity = 0;
    private const int ActivitiesPerSlot = 2;
    private const int MoreActivity = 0x0100_0000;
    private const int FirstWaitActivity = MoreActivity + 1;

    private readonly IRunOutput _output;
    private readonly Scheduler _scheduler;
    private readonly string _title;
    private readonly TimeProvider _timeProvider;
    private readonly DateTimeOffset _start;
    private readonly int _firstActivity;
    private readonly Dictionary<int, ProgressRecord> _open = [];
    private readonly Dictionary<int, ProgressRecord> _ofNodes = [];
    private readonly Dictionary<int, DrawnWait> _waits = [];
    private readonly Dictionary<int, int> _retries = [];

    /// <summary>How the items of nodes stand that have some, at the last update.</summary>
    private Dictionary<int, ItemCounts> _items = [];
    private double _secondsLeft;
    private double _secondsDone;
    private int _finished;
    private DateTimeOffset _lastUpdate;
    private DateTimeOffset _lastChange;
    private bool _isRepeated;

    public RunProgress(IRunOutput output, Scheduler scheduler, string? name, TimeProvider timeProvider)
    {
        _output = output;
        _scheduler = scheduler;
        _title = Messages.RunTitle(name);
        _timeProvider = timeProvider;
        _start = _lastUpdate = timeProvider.GetUtcNow();

        // Ids that no other cmdlet is likely to use, so that a run inside another activity's progress does not overwrite it.
        _firstActivity = 0x0DA60000;
        for (int node = 0; node < scheduler.Plan.Graph.Count; node++)
        {
            _secondsLeft += ExpectedSeconds(node);
        }
    }

    /// <summary>Notes that a node is in its final state.</summary>
    public void Finished(int node, bool fromCheckpoint)
    {
        _waits.Remove(node);
        double seconds = ExpectedSeconds(node);
        _secondsLeft -= seconds;
        if (!fromCheckpoint)
        {
            _secondsDone += seconds;
            _finished++;
        }
    }

    /// <summary>Notes what a node reported of itself; drawn at the next update.</summary>
    public void Note(NodeAttempt attempt, ProgressRecord record) => _ofNodes[attempt.Index] = record;

    /// <summary>Notes that a node waits; drawn at the next update.</summary>
    public void NoteWait(int node, NodeFailure failure, TimeSpan delay)
    {
        _waits[node] = new DrawnWait(failure, _timeProvider.GetUtcNow() + delay);
        if (failure.Kind != FailureKind.PreconditionNotMet)
        {
            _retries[node] = _retries.GetValueOrDefault(node) + 1;
        }
    }

    /// <summary>Draws how things stand, if it is time to.</summary>
    public void Update()
    {
        DateTimeOffset now = _timeProvider.GetUtcNow();
        if (now - _lastUpdate < Interval)
        {
            return;
        }

        _lastUpdate = now;
        HashSet<int> live = [RunActivity];
        Draw(RunActivity, RunRecord(now));
        foreach ((int activity, ProgressRecord record) in Lines(now, _output.ProgressLines - 1))
        {
            live.Add(activity);
            Draw(activity, record);
        }

        foreach (int gone in _open.Keys.Except(live).ToList())
        {
            Close(gone);
        }

        if (!_isRepeated && now - _lastChange >= ConsoleInterval)
        {
            _isRepeated = true;
            _output.WriteProgress(_open[RunActivity]);
        }
    }

    /// <summary>Closes every record that is open.</summary>
    public void Close()
    {
        // Children first: a host that removes a parent may take its children for orphans.
        foreach (int activity in _open.Keys.OrderDescending().ToList())
        {
            Close(activity);
        }
    }

    /// <summary>
    /// The lines under that of the run, no more than there is room for: running nodes, each with its own progress if all have room, and
    /// those that wait, the next one first.
    /// </summary>
    private List<(int Activity, ProgressRecord Record)> Lines(DateTimeOffset now, int room)
    {
        List<(int Activity, ProgressRecord Record)> nodes = [];
        List<(int Activity, ProgressRecord Record)> all = [];
        foreach (NodeAttempt attempt in ShownAttempts())
        {
            _waits.Remove(attempt.Index);
            int activity = 1 + (attempt.Slot * ActivitiesPerSlot);
            nodes.Add((activity, NodeRecord(activity, attempt, now)));
            all.Add(nodes[^1]);
            if (_ofNodes.TryGetValue(attempt.Index, out ProgressRecord? own) && own.RecordType == ProgressRecordType.Processing)
            {
                all.Add((activity + 1, OwnRecord(activity, own)));
            }
        }

        foreach ((int node, DrawnWait wait) in _waits.OrderBy(wait => wait.Value.Until))
        {
            nodes.Add((FirstWaitActivity + node, WaitRecord(node, wait, now)));
            all.Add(nodes[^1]);
        }

        if (all.Count <= room)
        {
            return all;
        }

        if (nodes.Count > room)
        {
            int more = nodes.Count - room + 1;
            nodes.RemoveRange(room - 1, more);
            nodes.Add((MoreActivity, new ProgressRecord(_firstActivity + MoreActivity, Messages.MoreLines(more), " ")
            {
                ParentActivityId = _firstActivity,
            }));
        }

        return nodes;
    }

    /// <summary>What was expected of a node before the run. Of those that came later the one that stands for them stood for all.</summary>
    private double ExpectedSeconds(int node) =>
        node < _scheduler.Plan.Graph.Count ? _scheduler.Plan.ExpectedDuration(node).TotalSeconds : 0;

    private ProgressRecord WaitRecord(int node, DrawnWait wait, DateTimeOffset now)
    {
        TimeSpan left = wait.Until > now ? wait.Until - now : TimeSpan.Zero;
        string text = wait.Failure.Kind == FailureKind.PreconditionNotMet
            ? Messages.WaitsForPoll(left)
            : Messages.WaitsForRetry(
                _retries[node],
                _scheduler.Graph[node].Retry?.Count ?? _retries[node],
                left,
                wait.Failure.Message.ReplaceLineEndings(" "));
        return new ProgressRecord(_firstActivity + FirstWaitActivity + node, _scheduler.Graph[node].Name, text)
        {
            ParentActivityId = _firstActivity,
        };
    }

    private ProgressRecord RunRecord(DateTimeOffset now)
    {
        RunCounts counts = _scheduler.Counts;

        // A node with items is as far as these are.
        double begun = _scheduler.ItemCounts().Sum(items =>
            items.Counts.Done < items.Counts.Total ? (double)items.Counts.Done / items.Counts.Total : 0);
        var record = new ProgressRecord(
            _firstActivity,
            _title,
            Messages.RunCounts(counts))
        {
            PercentComplete = (int)(100 * (counts.Done + begun) / counts.Total),
        };

        // How the nodes so far did against what was expected of them is the best guess for the rest, once enough have ended for it
        // to mean something.
        // While all that is left waits, nobody knows how long; and "0 s left" is said of nothing.
        if (_finished >= 3 && counts.Done < counts.Total && counts.Running > 0 && _secondsDone > 0)
        {
            double left = (now - _start).TotalSeconds / _secondsDone * Math.Max(0, _secondsLeft);
            record.SecondsRemaining = left < 1 ? -1 : (int)Math.Min(left, int.MaxValue);
        }

        return record;
    }

    /// <summary>The attempts under way; of a node's items one, whose line is that of the node.</summary>
    private List<NodeAttempt> ShownAttempts()
    {
        List<NodeAttempt> shown = [];
        HashSet<int> mapped = [];
        foreach (NodeAttempt attempt in _scheduler.RunningAttempts())
        {
            if (attempt.Items is null || mapped.Add(attempt.Index))
            {
                shown.Add(attempt);
            }
        }

        _items = mapped.Count == 0 ? [] : _scheduler.ItemCounts().ToDictionary(items => items.Node, items => items.Counts);
        return shown;
    }

    private ProgressRecord NodeRecord(int activity, NodeAttempt attempt, DateTimeOffset now)
    {
        if (attempt.Items is not null && _items.TryGetValue(attempt.Index, out ItemCounts counts))
        {
            return new ProgressRecord(
                _firstActivity + activity, attempt.Node.Name, Messages.ItemProgress(counts.Done, counts.Total, counts.Failed))
            {
                ParentActivityId = _firstActivity,
                PercentComplete = (int)(100L * counts.Done / counts.Total),
            };
        }

        string elapsed = Messages.Elapsed(attempt.Number, now - attempt.StartTime);
        return new ProgressRecord(_firstActivity + activity, attempt.Node.Name, elapsed) { ParentActivityId = _firstActivity };
    }

    private ProgressRecord OwnRecord(int activity, ProgressRecord own) =>
        new(_firstActivity + activity + 1, own.Activity, own.StatusDescription)
        {
            ParentActivityId = _firstActivity + activity,
            PercentComplete = own.PercentComplete,
            SecondsRemaining = own.SecondsRemaining,
            CurrentOperation = own.CurrentOperation,
        };

    private void Draw(int activity, ProgressRecord record)
    {
        if (_open.TryGetValue(activity, out ProgressRecord? drawn)
            && drawn.StatusDescription == record.StatusDescription
            && drawn.Activity == record.Activity
            && drawn.PercentComplete == record.PercentComplete
            && drawn.CurrentOperation == record.CurrentOperation)
        {
            return;
        }

        _open[activity] = record;
        Write(record);
    }

    private void Close(int activity)
    {
        ProgressRecord record = _open[activity];
        record.RecordType = ProgressRecordType.Completed;
        Write(record);
        _open.Remove(activity);
    }

    private void Write(ProgressRecord record)
    {
        _lastChange = _lastUpdate;
        _isRepeated = false;
        _output.WriteProgress(record);
    }

    /// <summary>What a node waits after, and until when.</summary>
    private readonly record struct DrawnWait(NodeFailure Failure, DateTimeOffset Until);
}
