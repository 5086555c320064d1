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

    private readonly IRunOutput _output;
    private readonly Scheduler _scheduler;
    private readonly string _title;
    private readonly TimeProvider _timeProvider;
    private readonly DateTimeOffset _start;
    private readonly int _firstActivity;
    private readonly Dictionary<int, ProgressRecord> _open = [];
    private readonly Dictionary<int, ProgressRecord> _ofNodes = [];
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
            _secondsLeft += scheduler.Plan.ExpectedDuration(node).TotalSeconds;
        }
    }

    /// <summary>Notes that a node is in its final state.</summary>
    public void Finished(int node, bool fromCheckpoint)
    {
        double seconds = _scheduler.Plan.ExpectedDuration(node).TotalSeconds;
        _secondsLeft -= seconds;
        if (!fromCheckpoint)
        {
            _secondsDone += seconds;
            _finished++;
        }
    }

    /// <summary>Notes what a node reported of itself; drawn at the next update.</summary>
    public void Note(NodeAttempt attempt, ProgressRecord record) => _ofNodes[attempt.Index] = record;

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
        foreach (NodeAttempt attempt in _scheduler.RunningAttempts())
        {
            int activity = 1 + (attempt.Slot * ActivitiesPerSlot);
            live.Add(activity);
            Draw(activity, NodeRecord(activity, attempt, now));
            if (_ofNodes.TryGetValue(attempt.Index, out ProgressRecord? own) && own.RecordType == ProgressRecordType.Processing)
            {
                live.Add(activity + 1);
                Draw(activity + 1, OwnRecord(activity, own));
            }
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

    private ProgressRecord RunRecord(DateTimeOffset now)
    {
        RunCounts counts = _scheduler.Counts;
        var record = new ProgressRecord(
            _firstActivity,
            _title,
            Messages.RunCounts(counts))
        {
            PercentComplete = (int)(100L * counts.Done / counts.Total),
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

    private ProgressRecord NodeRecord(int activity, NodeAttempt attempt, DateTimeOffset now)
    {
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
}
