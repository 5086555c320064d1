using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;
using DagShell.Runs;

namespace DagShell;

/// <summary>A run as a job, with a child job a node. Invoke-Dag -AsJob makes it.</summary>
/// <remarks>The run's output comes on a thread of its own; the collections of jobs are made for that.</remarks>
public sealed class DagJob : Job, IRunOutput
{
    private readonly Dictionary<DagNode, DagNodeJob> _jobs = [];
    private readonly Runspace _session = Runspace.DefaultRunspace;
    private DagInvocation? _invocation;
    private Thread? _thread;

    internal DagJob(string command, DagRun run, IEnumerable<DagNode> nodes)
        : base(command, run.Name)
    {
        PSJobTypeName = nameof(DagJob);
        Run = run;
        foreach (DagNode node in nodes)
        {
            var job = new DagNodeJob(node);
            _jobs.Add(node, job);
            ChildJobs.Add(job);
        }
    }

    /// <summary>The run.</summary>
    public DagRun Run { get; }

    /// <inheritdoc/>
    public override string StatusMessage => Run.ToString();

    /// <inheritdoc/>
    public override bool HasMoreData => Error.Count > 0 || Progress.Count > 0 || ChildJobs.Any(job => job.HasMoreData);

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>Stops the run and waits until it has ended, which is no longer than its clean-up may take and the engine's grace
    /// period.</summary>
    public override void StopJob()
    {
        _invocation?.Stop();
        _thread?.Join((_invocation?.LongestEnd ?? RunTimes.GracePeriod) + TimeSpan.FromSeconds(1));
    }

    bool IRunOutput.TakesMoreAfterStop => true;

    void IRunOutput.WriteLineAfterStop(string line)
    {
        // Its streams take everything.
    }

    void IRunOutput.WriteResult(DagNodeResult result)
    {
        DagNodeJob job = _jobs[result.Node];
        job.Output.Add(PSObject.AsPSObject(result));
        job.End(result);
    }

    void IRunOutput.WriteStarted(DagNode node) => _jobs[node].Begin();

    void IRunOutput.WriteError(DagNode? node, ErrorRecord error) => (node is null ? Error : _jobs[node].Error).Add(error);

    void IRunOutput.WriteWarning(DagNode node, string message) => _jobs[node].Warning.Add(new WarningRecord(message));

    void IRunOutput.WriteVerbose(DagNode node, string message) => _jobs[node].Verbose.Add(new VerboseRecord(message));

    void IRunOutput.WriteDebug(DagNode node, string message) => _jobs[node].Debug.Add(new DebugRecord(message));

    void IRunOutput.WriteInformation(DagNode node, InformationRecord record) => _jobs[node].Information.Add(record);

    void IRunOutput.WriteProgress(ProgressRecord record) => Progress.Add(record);

    /// <summary>Starts the run on a thread of its own.</summary>
    internal void Start(DagInvocation invocation)
    {
        _invocation = invocation;
        SetJobState(JobState.Running);
        _session.StateChanged += OnSessionStateChanged;
        _thread = new Thread(RunToEnd) { IsBackground = true, Name = "DagShell job" };
        _thread.Start();
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

    /// <summary>A session that ends waits for what still runs in any other; so the run ends with the session that it belongs to.</summary>
    private void OnSessionStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State == RunspaceState.Closing)
        {
            StopJob();
        }
    }

    private void RunToEnd()
    {
        if (_invocation!.Invoke() is { } error)
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
