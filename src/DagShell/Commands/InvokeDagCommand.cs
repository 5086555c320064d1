using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Capture;
using DagShell.Checkpoints;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Nodes;
using DagShell.Parameters;
using DagShell.Runs;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Commands;

/// <summary>Runs a dag.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Dag", DefaultParameterSetName = InputSet, SupportsShouldProcess = true)]
[OutputType(typeof(DagNodeResult), typeof(DagJob))]
public sealed class InvokeDagCommand : DagInputCommand
{
    private const string PathSet = "Path";

    private volatile DagInvocation? _invocation;
    private volatile bool _isStopping;

    /// <summary>Dag files: scripts that emit nodes or dags.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, HelpMessage = "A script that emits nodes or a dag.")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The most attempts that run at once.</summary>
    [Parameter(HelpMessage = "The most nodes that run at once.")]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; } = 5;

    /// <summary>Values for the parameters of nodes' scripts, and of dag files, by name.</summary>
    [Parameter(HelpMessage = "Values for the parameters of nodes' scripts, and of the dag file, by name.")]
    [ValidateNotNull]
    public Hashtable Parameter { get; set; } = [];

    /// <summary>The nodes to run, with all that they depend on.</summary>
    [Parameter(HelpMessage = "Names, or patterns, of the nodes to run, with all that they depend on.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] Target { get; set; } = [];

    /// <summary>Once a node has failed nothing new starts but clean-up.</summary>
    [Parameter(HelpMessage = "Once a node has failed nothing new starts but nodes with AllDone or AnyFailed.")]
    public SwitchParameter FailFast { get; set; }

    /// <summary>How long the run may take until it is cut short.</summary>
    [Parameter(HelpMessage = "How long the run may take until it is cut short, such as 30m or 2h.")]
    [Duration]
    public TimeSpan Timeout { get; set; }

    /// <summary>How many nodes of a pool run at once at most; goes before what the dag says.</summary>
    [Parameter(HelpMessage = "How many nodes of each pool run at once at most: @{ sql = 2 }. Goes before the dag's own limits.")]
    [ValidateNotNull]
    public Hashtable PoolLimit { get; set; } = [];

    /// <summary>The variable that gets the run as a whole.</summary>
    [Parameter(HelpMessage = "The name of a variable that gets the run as a whole, from its start on.")]
    [ValidateNotNullOrEmpty]
    public string? RunVariable { get; set; }

    /// <summary>Gives every attempt a runspace that nothing ran in before.</summary>
    [Parameter(HelpMessage = "Gives every attempt a runspace that nothing ran in before.")]
    public SwitchParameter UseNewRunspace { get; set; }

    /// <summary>Runs the nodes one at a time in this session, for tests and debugging.</summary>
    [Parameter(HelpMessage = "Runs the nodes one at a time in this session, in plan order: for the debugger, and for tests with Mock.")]
    public SwitchParameter Sequential { get; set; }

    /// <summary>Runs the dag as a job.</summary>
    [Parameter(HelpMessage = "Runs the dag as a background job with a child job a node.")]
    public SwitchParameter AsJob { get; set; }

    /// <summary>What every runspace starts with, instead of what the nodes use of the caller's session.</summary>
    [Parameter(HelpMessage = "What every runspace starts with, instead of what the nodes use of the caller's session.")]
    [ValidateNotNull]
    public InitialSessionState? InitialSessionState { get; set; }

    /// <summary>The journal to keep of the run, so that it can be resumed.</summary>
    [Parameter(HelpMessage = "The file to keep a journal of the run in, so that a run that was cut short or failed can be resumed.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    /// <summary>Goes on with the unfinished run in the journal.</summary>
    [Parameter(HelpMessage = "Goes on with the unfinished run in the journal: nodes that are done and have not changed are not run again.")]
    public SwitchParameter Resume { get; set; }

    /// <summary>Starts over, though there is an unfinished run in the journal.</summary>
    [Parameter(HelpMessage = "Starts over, though the journal has an unfinished run, or is damaged.")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputSet)
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (string path in Path)
        {
            GatherFile(path);
        }

        try
        {
            PoolLimits.Apply(PoolLimit, Builder.Dag);
        }
        catch (PSArgumentException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "InvalidPoolLimit", ErrorCategory.InvalidArgument, PoolLimit));
        }

        if (Sequential && (AsJob || UseNewRunspace || InitialSessionState is not null))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(Messages.SequentialAlone), "InvalidParameters", ErrorCategory.InvalidArgument, null));
        }

        if ((Resume || Force) && Checkpoint is null)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(Messages.ResumeWithoutCheckpoint), "InvalidParameters", ErrorCategory.InvalidArgument, null));
        }

        if (MyInvocation.BoundParameters.ContainsKey(nameof(Timeout)) && Timeout == TimeSpan.Zero)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(Messages.ZeroRunTimeout), "InvalidTimeout", ErrorCategory.InvalidArgument, Timeout));
        }

        DagGraph graph = BuildGraph();
        if (Target.Length > 0)
        {
            graph = graph.UpstreamClosure(TargetIndexes(graph));
        }

        if (ShouldProcess(Messages.RunTarget(Builder.Dag, graph.Count), "Invoke-Dag"))
        {
            Invoke(graph);
        }
        else
        {
            ShowPlan(DagPlan.Create(graph));
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        _isStopping = true;
        _invocation?.Stop();
    }

    private void Invoke(DagGraph graph)
    {
        var preferences = CallerPreferences.Of(this);
        var parameters = new Hashtable(Parameter, StringComparer.OrdinalIgnoreCase);
        using Checkpoint? checkpoint = Checkpoint is null ? null : OpenCheckpoint(Checkpoint, graph, parameters);
        DagPlan plan = DagPlan.Create(graph, checkpoint is null ? null : checkpoint.DurationOf);
        var run = new DagRun(Builder.Dag, plan, ThrottleLimit, DateTime.Now);
        if (RunVariable is not null)
        {
            SessionState.PSVariable.Set(RunVariable, run);
        }

        var events = new RunEventQueue(wantsSteps: preferences.ShowsVerbose || AsJob);
        var context = new RunContext(run.Id, parameters, UseNewRunspace, CaptureNeeds(plan.Graph));
        INodeRunner runner = Sequential
            ? new CallerRunner(context, events, events.Queue)
            : new WorkerPool(SessionTemplate.Capture(this, InitialSessionState), context, events);
        RunJournal? journal = checkpoint is null ? null : TryCheckpoint(checkpoint.Path, () => checkpoint.Begin(run, events.Warn));
        var options = new RunOptions
        {
            RunId = run.Id,
            DagName = run.Name,
            Journal = journal,
            Restored = checkpoint?.Restored ?? new Dictionary<int, object?>(),
            ThrottleLimit = Sequential ? 1 : ThrottleLimit,
            FailFast = FailFast,
            Timeout = MyInvocation.BoundParameters.ContainsKey(nameof(Timeout)) ? Timeout : null,
        };
        var scheduler = new Scheduler(plan, runner, options, events);
        if (AsJob)
        {
            var job = new DagJob(MyInvocation.Line.Trim(), run, Enumerable.Range(0, plan.Graph.Count).Select(index => (DagNode)plan.Graph[index]));
            JobRepository.Add(job);
            job.Start(new DagInvocation(job, scheduler, events, runner, run, preferences, journal));
            WriteObject(job);
            return;
        }

        _invocation = new DagInvocation(new CmdletOutput(this), scheduler, events, runner, run, preferences, journal);
        if (_isStopping)
        {
            _invocation.Stop();
        }

        if (_invocation.Invoke() is { } error)
        {
            ThrowTerminatingError(error);
        }
    }

    /// <summary>Opens the journal, and refuses an unfinished run that nobody said what to do with.</summary>
    private Checkpoint OpenCheckpoint(string path, DagGraph graph, Hashtable parameters)
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(Messages.CheckpointNotAFile(path)), "DagCheckpointFailed", ErrorCategory.InvalidArgument, path));
        }

        Checkpoint checkpoint = TryCheckpoint(file, () => Checkpoints.Checkpoint.Open(file, graph, parameters, Force));
        if (checkpoint.IsUnfinished && !Resume && !Force)
        {
            checkpoint.Dispose();
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException(Messages.CheckpointUnfinished(file, checkpoint.Progress)),
                "DagCheckpointUnfinished",
                ErrorCategory.ResourceExists,
                file));
        }

        if (checkpoint.IsTorn && !Force)
        {
            WriteWarning(Messages.CheckpointTorn(file));
        }

        return checkpoint;
    }

    private T TryCheckpoint<T>(string file, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (JournalException exception)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidDataException(Messages.CheckpointInvalid(exception), exception), "DagCheckpointInvalid", ErrorCategory.InvalidData, file));
        }
        catch (JournalInUseException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "DagCheckpointInUse", ErrorCategory.ResourceBusy, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(
                new IOException(Messages.CheckpointNotOpened(file, exception.Message), exception),
                "DagCheckpointFailed",
                ErrorCategory.OpenError,
                file));
        }

        throw new InvalidOperationException();
    }

    /// <summary>Finds what the nodes use of this session, and warns of what they will not find anywhere.</summary>
    private IReadOnlyDictionary<NodeScript, ScriptNeeds> CaptureNeeds(DagGraph graph)
    {
        if (Sequential)
        {
            return new Dictionary<NodeScript, ScriptNeeds>();
        }

        var session = new CallerSession(InvokeCommand, supplies: InitialSessionState is null);
        for (int index = 0; index < graph.Count; index++)
        {
            var node = (DagNode)graph[index];
            foreach (ScriptBlock script in node.AllScripts())
            {
                foreach (CommandUse unknown in session.Add(script, node.Surroundings))
                {
                    WriteWarning(Messages.UnknownCommand(node.Name, unknown));
                }
            }
        }

        return session.Needs;
    }

    private void ShowPlan(DagPlan plan)
    {
        if (!MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf) || whatIf is not SwitchParameter { IsPresent: true })
        {
            return;
        }

        for (int order = 0; order < plan.Order.Length; order++)
        {
            WriteObject(new DagPlanNode(plan, plan.Order[order], order + 1));
        }
    }

    private List<int> TargetIndexes(DagGraph graph)
    {
        List<int> indexes = [];
        foreach (string target in Target)
        {
            int before = indexes.Count;
            if (graph.TryGetIndex(target, out int exact))
            {
                indexes.Add(exact);
            }
            else
            {
                var pattern = WildcardPattern.Get(target, WildcardOptions.IgnoreCase);
                indexes.AddRange(Enumerable.Range(0, graph.Count).Where(index => pattern.IsMatch(graph[index].Name)));
            }

            if (indexes.Count == before)
            {
                string? nearest = NameSuggestion.Nearest(target, Enumerable.Range(0, graph.Count).Select(index => graph[index].Name));
                ThrowTerminatingError(new ErrorRecord(
                    new ItemNotFoundException(Messages.TargetNotFound(target, nearest)), "TargetNotFound", ErrorCategory.ObjectNotFound, target));
            }
        }

        return indexes;
    }

    private void GatherFile(string path)
    {
        foreach (string file in DagFiles(path))
        {
            if (!DagFile.TryFind(file, InvokeCommand, out ExternalScriptInfo? script))
            {
                ThrowTerminatingError(new ErrorRecord(
                    new PSArgumentException(Messages.NotAScript(file)), "NotADagFile", ErrorCategory.InvalidArgument, path));
            }

            foreach (PSObject output in DagFile.Invoke(script!, Parameter, InvokeCommand))
            {
                if (!Builder.TryAdd(output, out object? stranger))
                {
                    ThrowTerminatingError(new ErrorRecord(
                        new PSArgumentException(Messages.NotADagFile(path, stranger)), "InvalidDag", ErrorCategory.InvalidData, stranger));
                }
            }
        }
    }

    /// <summary>The files that a path stands for: the file of that very name, or else all that it matches as a pattern.</summary>
    private Collection<string> DagFiles(string path)
    {
        Collection<string> files = [];
        try
        {
            string exact = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
            files = File.Exists(exact) ? [exact] : SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (ItemNotFoundException)
        {
            // Reported below, as a pattern is that matches nothing.
        }

        if (files.Count == 0)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ItemNotFoundException(Messages.DagFileNotFound(path)), "DagFileNotFound", ErrorCategory.ObjectNotFound, path));
        }

        return files;
    }
}
