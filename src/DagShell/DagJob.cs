using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>A run as a job, with a child job a node. Invoke-Dag -AsJob makes it.</summary>
/// <remarks>The run writes its output on a thread of its own. A job's collections may be read on another meanwhile.</remarks>
public sealed class DagJob : Job
{
    private readonly Dictionary<string, DagNodeJob> _jobs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Runspace _session = Runspace.DefaultRunspace;
    private Action? _stop;
    private Func<TimeSpan>? _longestEnd;

    /// <summary>Guards <see cref="_hasEnded"/>, and is pulsed with it.</summary>
    private readonly object _end = new();

    /// <summary>Set before anyone else is told of a final state: whoever is may remove the job on this very thread.</summary>
    private bool _hasEnded;

    internal DagJob(string command, DagRun run, IEnumerable<DagNode> nodes)
        : base(command, run.Name)
    {
        PSJobTypeName = nameof(DagJob);
        Run = run;
        StateChanged += (_, change) => NoteState(change.JobStateInfo.State);
        foreach (DagNode node in nodes)
        {
            var job = new DagNodeJob(node, run.WithoutSecrets);
            _jobs.Add(node.Name, job);
            ChildJobs.Add(job);
        }
    }

    /// <summary>The run.</summary>
    public DagRun Run { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public override string StatusMessage => Run.ToString();

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Error.Count + Information.Count + Progress.Count > 0 || ChildJobs.Any(job => job.HasMoreData);

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>
    /// Stops the run and waits until it has ended, which is no longer than its clean-up may take and the engine's grace period.
    /// </summary>
    public override void StopJob()
    {
        if (_stop is null)
        {
            return;
        }

        lock (_end)
        {
            if (_hasEnded)
            {
                return;
            }
        }

        _stop();
        TimeSpan longest = (_longestEnd?.Invoke() ?? RunTimes.GracePeriod) + TimeSpan.FromSeconds(1);
        lock (_end)
        {
            if (!_hasEnded)
            {
                Monitor.Wait(_end, longest);
            }
        }
    }

    /// <summary>The child job of a node of the run, or of the node that it is inside of, where it was not known before the run.</summary>
    internal DagNodeJob JobOf(DagNode node)
    {
        // A dag that came at the turn of a node has none of its own: who waits for the job goes through its children, so none comes later.
        foreach (string name in Node.NamesAround(node.Name).Prepend(node.Name))
        {
            if (_jobs.TryGetValue(name, out DagNodeJob? job))
            {
                return job;
            }
        }

        throw new UnreachableException($"'{node.Name}' is in no node of the run.");
    }

    /// <summary>Whether a node has a child job of its own.</summary>
    internal bool HasJobOf(DagNode node) => _jobs.ContainsKey(node.Name);

    /// <summary>Starts the run on a thread of its own.</summary>
    /// <param name="invoke">Runs it to its end; gives the error that it ends with, if it ends with one.</param>
    /// <param name="stop">Stops it, from any thread.</param>
    /// <param name="longestEnd">How long it may take to its end once it is stopped.</param>
    internal void Start(Func<ErrorRecord?> invoke, Action stop, Func<TimeSpan> longestEnd)
    {
        _stop = stop;
        _longestEnd = longestEnd;
        SetJobState(JobState.Running);
        _session.StateChanged += OnSessionStateChanged;
        new Thread(() => RunToEnd(invoke)) { IsBackground = true, Name = "DagShell job" }.Start();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Remove-Job -Force disposes of a job that still runs.
            StopJob();
            foreach (Job job in ChildJobs)
            {
                job.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// A session that ends would wait for whatever still runs in other sessions. So the run ends with the session that it belongs to.
    /// </summary>
    private void OnSessionStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State == RunspaceState.Closing)
        {
            StopJob();
        }
    }

    private void NoteState(JobState state)
    {
        if (state is JobState.Completed or JobState.Failed or JobState.Stopped)
        {
            lock (_end)
            {
                _hasEnded = true;
                Monitor.PulseAll(_end);
            }
        }
    }

    private void RunToEnd(Func<ErrorRecord?> invoke)
    {
        if (invoke() is { } error)
        {
            Error.Add(error);
        }

        SetJobState(Run.Status switch
        {
            RunStatus.Succeeded => JobState.Completed,
            RunStatus.Failed => JobState.Failed,
            _ => JobState.Stopped,
        });
        _session.StateChanged -= OnSessionStateChanged;
    }
}
