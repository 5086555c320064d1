using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using DagShell.Capture;
using DagShell.Checkpoints;
using DagShell.CI;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tracing;
using DagShell.Files;
using DagShell.Logs;
using DagShell.Nodes;
using DagShell.Parameters;
using DagShell.Runs;
using DagShell.Runspaces;
using DagShell.Scripts;
using DagShell.Secrets;
using DagShell.Sessions;

namespace DagShell.Commands;

/// <summary>Runs a dag.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Dag", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(DagNodeResult), typeof(DagJob))]
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification =
        "The token source owns no handle and no timer.")]
public sealed class InvokeDagCommand : DagInputCommand
{
    private const string PathSet = "Path";

    private volatile DagInvocation? _invocation;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<int> _again = [];

    /// <summary>The names of these, and of all that depends on them.</summary>
    private IReadOnlySet<string> _mustRun = new HashSet<string>();
    private SessionSources _sources = SessionSources.None;
    private volatile bool _isStopping;
    private int _interrupts;

    /// <summary>Dag files: scripts that emit nodes or dags.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, HelpMessage = "A script that emits nodes or a dag.")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The most attempts that run at once.</summary>
    [Parameter(HelpMessage = "The most nodes that run at once.")]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; } = 5;

    /// <summary>Values for the parameters of nodes' scripts, and of dag files, by name.</summary>
    [Parameter(HelpMessage = "Values for the parameters of nodes' scripts, and of the dag file, by name.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(DagParameterCompleter))]
    public Hashtable Parameter { get; set; } = [];

    /// <summary>The nodes to run, with all that they depend on.</summary>
    [Parameter(HelpMessage = "Names, or patterns, of the nodes to run, with all that they depend on.")]
    [ValidateNotNullOrEmpty]
    [NodeNames]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] Target { get; set; } = [];

    /// <summary>Once a node has failed nothing new starts but clean-up.</summary>
    [Parameter(HelpMessage = "Once a node has failed nothing new starts but clean-up: -CleanUpOf, AllDone, AnyFailed.")]
    public SwitchParameter FailFast { get; set; }

    /// <summary>How long the run may take until it is cut short.</summary>
    [Parameter(HelpMessage = "How long the run may take until it is cut short, such as 30m or 2h.")]
    [Duration]
    public TimeSpan Timeout { get; set; }

    /// <summary>How long clean-up may take after a stop or the run's timeout.</summary>
    [Parameter(HelpMessage = "How long clean-up may take after a stop (10s) or the run's timeout (5m); 0 for none.")]
    [Duration]
    public TimeSpan CleanUpTimeout { get; set; }

    /// <summary>How many nodes of a pool run at once at most; goes before what the dag says.</summary>
    [Parameter(HelpMessage = "How many nodes of each pool run at once at most: @{ sql = 2 }. Goes before the dag's own limits.")]
    [ValidateNotNull]
    public Hashtable PoolLimit { get; set; } = [];

    /// <summary>Sessions that all nodes run in, other than those of <see cref="PoolSession"/>.</summary>
    [Parameter(HelpMessage = "Open sessions that the nodes run in: one node at a time in each.")]
    [ValidateNotNullOrEmpty]
    public PSSession[] Session { get; set; } = [];

    /// <summary>For pools, the sessions that their nodes run in, or a script block that opens one.</summary>
    [Parameter(HelpMessage = "By pool, sessions that its nodes run in, or a script block that opens one: @{ web = { … } }.")]
    [ValidateNotNull]
    public Hashtable PoolSession { get; set; } = [];

    /// <summary>The variable that gets the run as a whole.</summary>
    [Parameter(HelpMessage = "The name of a variable that gets the run as a whole, from its start on.")]
    [VariableName]
    [ValidateNotNullOrEmpty]
    public string? RunVariable { get; set; }

    /// <summary>The file that all that happens is written to, a line each.</summary>
    [Parameter(HelpMessage = "The file that starts, retries, ends and all that nodes say are added to, as plain lines.")]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>How a CI system is told of failed nodes, and of what each node said.</summary>
    [Parameter(HelpMessage = "Annotations and groups for a CI system's log: Auto finds out which one runs this, if any does.")]
    public DagCIFormat CIFormat { get; set; }

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

    /// <summary>What is run once in each runspace, before its first node.</summary>
    [Parameter(HelpMessage = "Runs once in each runspace before its first node; what it leaves is there for every node in it.")]
    public ScriptBlock? InitializationScript { get; set; }

    /// <summary>What is run once in each runspace, before it is closed.</summary>
    [Parameter(HelpMessage = "Runs once in each runspace before it is closed, however the run ended.")]
    public ScriptBlock? FinalizationScript { get; set; }

    /// <summary>The journal to keep of the run, so that it can be resumed.</summary>
    [Parameter(HelpMessage = "The file to keep a journal of the run in, so that a run that was cut short or failed can be resumed.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    /// <summary>Goes on with the unfinished run in the journal.</summary>
    [Parameter(HelpMessage = "Goes on with the unfinished run in the journal: nodes that are done and have not changed are not run again.")]
    public SwitchParameter Resume { get; set; }

    /// <summary>The nodes to run again, with all that depends on them; the rest comes from the journal.</summary>
    [Parameter(HelpMessage = "Names, or patterns, of nodes to run again with all that depends on them; the rest comes from the journal.")]
    [ValidateNotNullOrEmpty]
    [NodeNames]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] Rerun { get; set; } = [];

    /// <summary>Starts over, though there is an unfinished run in the journal.</summary>
    [Parameter(HelpMessage = "Starts over, though the journal has an unfinished run, or is damaged.")]
    public SwitchParameter Force { get; set; }

    private bool Resumes => Resume || Rerun.Length > 0;

    /// <summary>Whether nothing is to be done but to say what would be; the answer to -Confirm may also be no.</summary>
    private bool IsWhatIf => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound) ? bound : GetVariableValue("WhatIfPreference"));

    private bool HasTimeout => MyInvocation.BoundParameters.ContainsKey(nameof(Timeout));

    private protected override Hashtable FileParameters => Parameter;

    private protected override void Begin() => CheckParameters();

    private protected override void Process()
    {
        if (ParameterSetName == InputSet)
        {
            base.Process();
        }
    }

    private protected override void End()
    {
        try
        {
            foreach (string path in Path)
            {
                DagFile.Gather(path, Parameter, this, Builder, ParametersOfFiles);
            }

            IReadOnlyList<GraphProblem> problems = FillDags();
            PoolLimits.Apply(PoolLimit, Builder.Dag);
            _sources = SessionSources.Of(Session, PoolSession, WriteWarning);
            _sources.SetPoolLimits(Builder.Dag, ThrottleLimit);
            DagGraph dag = Builder.Build(problems);
            DagGraph graph = dag;
            WarnOfUnknownKeys();
            if (Target.Length > 0)
            {
                IReadOnlyList<int> targets = NamedNodes.Find(dag, Target, nameof(Target));
                graph = dag.UpstreamClosure(targets);
                _targets.UnionWith(targets.Select(target => dag[target].Name));
            }

            FilePatterns.Check(graph, SessionState.Path, _sources.Take);
            foreach (string warning in FileRaces.Warnings(dag, SessionState.Path, _sources.Take))
            {
                WriteWarning(warning);
            }

            FindAgain(dag, graph);
            using Checkpoint? preview = IsWhatIf && Checkpoint is not null && (Resumes || KnownFiles.AreMadeIn(graph))
                ? PreviewCheckpoint(dag, graph)
                : null;
            int? restored = Resumes ? preview?.Restored.Count + preview?.RestoredFailures.Count : null;
            if (ShouldProcess(Messages.RunTarget(Builder.Dag.Name, graph.Count, restored, Resumes ? preview?.Path : null), "Invoke-Dag"))
            {
                Invoke(dag, graph);
            }
            else if (IsWhatIf)
            {
                ShowPlan(graph, preview);
            }
        }
        catch (OperationCanceledException) when (_isStopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Finds the nodes that are to run again.</summary>
    private void FindAgain(DagGraph dag, DagGraph graph)
    {
        _again.UnionWith(NamedNodes.Find(dag, Rerun, nameof(Rerun)));
        _mustRun = NamedNodes.WithDownstream(dag, _again);
        string[] outside = [.. _again.Select(node => dag[node].Name).Where(name => !graph.TryGetIndex(name, out _))];
        if (outside.Length > 0)
        {
            WriteWarning(Messages.RerunOutside(outside));
        }
    }

    private void WarnOfUnknownKeys()
    {
        foreach (string warning in UnknownKeys.OfParameters(Parameter, Builder.Dag, ParametersOfFiles)
            .Concat(UnknownKeys.OfPools(nameof(PoolLimit), PoolLimit, Builder.Dag))
            .Concat(UnknownKeys.OfPools(nameof(PoolSession), PoolSession, Builder.Dag)))
        {
            WriteWarning(warning);
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        _isStopping = true;
        _stop.Cancel();
        _invocation?.Stop();
    }

    private void Invoke(DagGraph dag, DagGraph graph)
    {
        LogFile? file = LogPath is null ? null : LogFile.Open(LogPath, SessionState.Path);
        try
        {
            Invoke(dag, graph, file);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Runs the dag. At the end of the run, which may be that of a job, the file is closed.</summary>
    private void Invoke(DagGraph dag, DagGraph graph, LogFile? file)
    {
        var parameters = new Hashtable(Parameter, StringComparer.OrdinalIgnoreCase);
        CallerPreferences preferences = CallerPreferences.Of(this);
        IReadOnlyDictionary<ScriptKey, ScriptNeeds>? needs = Checkpoint is null ? null : CaptureNeeds(graph);
        using Checkpoint? checkpoint = needs is null ? null : OpenCheckpoint(dag, graph, parameters, needs, preferences.ShowsVerbose);
        using SessionTemplate? template = Sequential ? null : SessionTemplate.Capture(
            this,
            InitialSessionState,
            new SessionStateCmdletEntry("Skip-DagNode", typeof(SkipDagNodeCommand), helpFileName: null),
            UseNewRunspace ? null : WarmRunspaces.OfCurrentSession());
        if (!AsJob && Session.Length == 0)
        {
            template?.OpenAhead();
        }

        RunOptions options = Options();
        SessionScripts? scripts = SessionScriptsOfRun();
        needs ??= CaptureNeeds(graph);
        SecretMask secrets = SecretsIn(dag, parameters, scripts, needs);
        CICommands? ci = CICommandsOfRun();
        var events = new RunEventQueue(wantsSteps: preferences.ShowsVerbose || AsJob);
        var log = new RunLog(file, secrets, ci is null ? null : events.Write);
        var streams = new LoggedStreams(log, secrets, events);
        var context = new RunContext(options.RunId, parameters, UseNewRunspace, secrets, log, needs)
        {
            Scripts = scripts,
            RatedPools = options.PoolRates.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase),
            RunInSessions = _sources.Take,
            SuppliesNeeds = InitialSessionState is null,
            MustRun = MustRun(checkpoint),
            IsOtherThanMade = checkpoint is null ? null : checkpoint.IsOtherThanMade,
            Expand = checkpoint is null ? null : (attempt, inner, commands) =>
                checkpoint.Expand(DagNode.Of(attempt.Node), inner, commands, attempt.StopToken),
            MapItems = checkpoint is null ? null : (attempt, items, describe) =>
                checkpoint.MapItems(attempt, items, describe, secrets.HasAny ? secrets.IsIn : null, events.Warn),
        };
        SessionTable? sessions = null;
        var endOfSessions = new CancellationTokenSource();
        if (template is not null && !_sources.IsEmpty)
        {
            var setUp = new SessionSetUp(
                template.PreferencesOfNodes(),
                template.StrictMode,
                preferences.ShowsVerbose,
                DataSize.MostReceived(GetVariableValue("PSSessionOption")),
                endOfSessions.Token);
            sessions = _sources.ToTable(
                graph, this, context, template, (session, isOwn) => new RemoteSession(session, isOwn, setUp, context, streams),
                streams.Write);
            options = sessions.AddTo(options);
        }

        DagPlan plan = Plan(graph, options, checkpoint);
        var run = new DagRun(Builder.Dag, plan, options, DateTime.Now)
        {
            Path = checkpoint?.Path,
            ResumedFrom = checkpoint?.EarlierRuns ?? [],
            LogOf = log.Of,
            WithoutSecrets = secrets.Of,
            ResumeCommand = checkpoint is null ? null : secrets.Of(ResumeLine.Of(MyInvocation, checkpoint.Path, Path)),
        };
        if (RunVariable is not null)
        {
            SessionState.PSVariable.Set(RunVariable, run);
        }

        IScriptRunner runner = template is null
            ? new CallerRunner(context, streams, events.Wake, SessionTemplate.PreferencesOf(this), isTimed: options.Timeout is not null)
            : new WorkerPool(options.ThrottleLimit, template, context, streams);
        SessionRunner? remote = sessions is null ? null : new SessionRunner(runner, sessions, endOfSessions);
        runner = remote ?? runner;
        RunJournal? journal = checkpoint?.Begin(run, events.Warn, log.OfLastAttempt);
        options = options with
        {
            Journal = journal,
            Restored = checkpoint?.Restored ?? options.Restored,
            RestoredFailures = checkpoint?.RestoredFailures ?? options.RestoredFailures,
            Origins = checkpoint?.Origins ?? options.Origins,
        };
        file?.Begin(run);
        var scheduler = new Scheduler(plan, runner, options, events, log, file, RunTrace.Begin(plan.Graph, options));
        remote?.Begin(scheduler);
        if (AsJob)
        {
            var job = new DagJob(secrets.Of(MyInvocation.Line.Trim()), run, Enumerable.Range(0, plan.Graph.Count)
                .Select(index => DagNode.Of(plan.Graph[index])));
            JobRepository.Add(job);
            var background = new DagInvocation(
                new JobOutput(job), scheduler, events, runner, run, preferences, options.CleanUpTimeout, _targets, journal, file);
            job.Start(background.Invoke, background.Stop, () => background.LongestEnd);
            WriteObject(job);
            return;
        }

        using var output = new CmdletOutput(this, preferences);
        if (Sequential)
        {
            output.ShowInSpite();
        }

        _invocation = new DagInvocation(
            output, scheduler, events, runner, run, preferences, options.CleanUpTimeout, _targets, journal, file, ci);
        if (_isStopping)
        {
            _invocation.Stop();
        }

        // Ctrl+C at a terminal goes to the programs that nodes started as well, and they end of it before PowerShell stops this command.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => OnInterrupt(scheduler));
        if (_invocation.Invoke() is { } error)
        {
            throw new CommandErrorException(error);
        }
    }

    /// <summary>PowerShell stops a command once; a further Ctrl+C, which ends clean-up, is known from here alone.</summary>
    private void OnInterrupt(Scheduler scheduler)
    {
        scheduler.NoteInterrupt();
        if (Interlocked.Increment(ref _interrupts) > 1 && _invocation is { WasStopped: true } stopped)
        {
            stopped.StopCleanUp();
        }
    }

    /// <summary>
    /// How the CI system is told: one is found out only where this run's lines go to its log, and not within a node's or a job's.
    /// </summary>
    private CICommands? CICommandsOfRun() => CIFormat == DagCIFormat.Auto && (AsJob || NodeInvoker.IsInNode)
        ? null
        : CISystem.CommandsOf(CIFormat, Environment.GetEnvironmentVariable);

    /// <summary>How the run is to be run. All that plans, runs, records and reports it asks here.</summary>
    private RunOptions Options() => new()
    {
        DagName = Builder.Dag.Name,
        ThrottleLimit = Sequential ? 1 : ThrottleLimit,
        PoolRates = Builder.Dag.PoolRate,
        FailFast = FailFast,
        Timeout = HasTimeout ? Timeout : null,
        CleanUpTimeout = MyInvocation.BoundParameters.ContainsKey(nameof(CleanUpTimeout)) ? CleanUpTimeout : null,
    };

    /// <summary>Refuses parameters that contradict each other, before a dag file is run.</summary>
    private void CheckParameters()
    {
        if (Sequential && (AsJob || UseNewRunspace || InitialSessionState is not null))
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.SequentialAlone), "InvalidParameters", ErrorCategory.InvalidArgument, null);
        }

        if (AsJob && CIFormat is not (DagCIFormat.Auto or DagCIFormat.None))
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.CIFormatOfJob), "InvalidParameters", ErrorCategory.InvalidArgument, null);
        }

        if ((Session.Length > 0 || PoolSession.Count > 0) && (Sequential || UseNewRunspace || InitialSessionState is not null))
        {
            throw new CommandErrorException(
                new PSArgumentException(SessionMessages.SessionsAlone), "InvalidParameters", ErrorCategory.InvalidArgument, null);
        }

        if ((Resume || Force) && Checkpoint is null)
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.ResumeWithoutCheckpoint), "InvalidParameters", ErrorCategory.InvalidArgument, null);
        }

        if (HasTimeout && Timeout == TimeSpan.Zero)
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.ZeroRunTimeout), "InvalidTimeout", ErrorCategory.InvalidArgument, Timeout);
        }
    }

    /// <summary>
    /// Opens the journal that is to be kept, and refuses one with an unfinished run, unless -Resume or -Force says what to do with it.
    /// </summary>
    private Checkpoint OpenCheckpoint(
        DagGraph dag, DagGraph graph, Hashtable parameters, IReadOnlyDictionary<ScriptKey, ScriptNeeds> needs, bool explains)
    {
        CheckpointRequest request = RequestCheckpoint(dag, graph, parameters, needs);
        return Tell(Checkpoints.Checkpoint.Open(request), explains);
    }

    /// <summary>Looks what a run would find in the journal.</summary>
    private Checkpoint PreviewCheckpoint(DagGraph dag, DagGraph graph)
    {
        var parameters = new Hashtable(Parameter, StringComparer.OrdinalIgnoreCase);
        CheckpointRequest request = RequestCheckpoint(dag, graph, parameters, CaptureNeeds(graph));
        return Tell(Checkpoints.Checkpoint.Preview(request), CallerPreferences.Of(this).ShowsVerbose);
    }

    private CheckpointRequest RequestCheckpoint(
        DagGraph dag, DagGraph graph, Hashtable parameters, IReadOnlyDictionary<ScriptKey, ScriptNeeds> needs) => new(
            Checkpoints.Checkpoint.FileOf(Checkpoint!, SessionState.Path),
            Builder.Dag.Name,
            dag,
            graph,
            parameters,
            new CalledCommands(needs, InvokeCommand, InitialSessionState),
            Resumes,
            _again,
            Force,
            _stop.Token)
        {
            WhyStale = node => KnownFiles.WhyStale(DagNode.Of(node), SessionState.Path, _sources.Take(node.Pool)),
        };

    private Checkpoint Tell(Checkpoint checkpoint, bool explains)
    {
        foreach (string warning in checkpoint.Warnings())
        {
            WriteWarning(warning);
        }

        foreach (string why in explains ? checkpoint.Explain() : [])
        {
            WriteVerbose(Messages.AtTime(DateTime.Now, why));
        }

        return checkpoint;
    }

    /// <summary>
    /// Finds what the nodes use of this session, and warns of what they will not find anywhere. With -Sequential they run here and need
    /// nothing; then only a checkpoint asks.
    /// </summary>
    private IReadOnlyDictionary<ScriptKey, ScriptNeeds> CaptureNeeds(DagGraph graph)
    {
        var session = new CallerSession(SessionState, InvokeCommand, supplies: InitialSessionState is null);
        var parameters = new Hashtable(Parameter, StringComparer.OrdinalIgnoreCase);
        var drives = new MissingDrives(SessionState.Drive);
        List<string> warnings = [];
        List<(string Node, MissingCommand Command)> missing = [];
        for (int index = 0; index < graph.Count; index++)
        {
            var node = DagNode.Of(graph[index]);
            foreach ((_, ScriptBlock script) in node.Scripts())
            {
                foreach (MissingCommand command in session.Add(script, node.Surroundings))
                {
                    missing.Add((node.Name, command));
                }
            }

            foreach (DagNode inner in node.Node.ExpandsAtTurn && node.InnerDag is Dag known ? known.AllNodes : [])
            {
                foreach ((_, ScriptBlock script) in inner.Scripts())
                {
                    session.Add(script, inner.Surroundings);
                }
            }

            warnings.AddRange(NodeWarnings.Of(node, session, parameters));
            warnings.AddRange(drives.Of(node));
        }

        foreach (ScriptBlock script in new[] { InitializationScript, FinalizationScript }.OfType<ScriptBlock>().Concat(_sources.Openers))
        {
            session.Add(script, null);
        }

        // They run in the scope around the nodes, for what they leave there, and not in that of their module.
        warnings.AddRange(new[] { (nameof(InitializationScript), InitializationScript), (nameof(FinalizationScript), FinalizationScript) }
            .Where(known => known.Item2 is { } script && session.NeedsOf(script, null) is { Home: CopiedModule })
            .Select(known => Messages.ClosureOfSession(known.Item1)));
        if (InitializationScript is not null)
        {
            // It may bring along whatever the nodes call.
            missing.Clear();
        }

        // What one node brings along another may call: so that is known only now.
        warnings.AddRange(missing.Where(found => session.IsMissing(found.Command)).Select(found => Messages.UnknownCommand(
            found.Node, found.Command.Use.Name, found.Command.Use.Position, found.Command.Module)));
        foreach (string warning in Sequential ? [] : warnings)
        {
            WriteWarning(warning);
        }

        return session.Needs;
    }

    /// <summary>The secrets that are known before the run.</summary>
    private static SecretMask SecretsIn(
        DagGraph dag, Hashtable parameters, SessionScripts? scripts, IReadOnlyDictionary<ScriptKey, ScriptNeeds> needs)
    {
        SecretMask secrets = new();
        List<object?> passed = [parameters];
        List<object?> items = [];
        for (int index = 0; index < dag.Count; index++)
        {
            var node = DagNode.Of(dag[index]);
            passed.Add(node.UsingValues);
            items.Add(node.ForEach);
            items.Add(node.Item?.Value);
        }

        passed.Add(scripts?.UsingValues);
        secrets.Add(passed);
        secrets.Add(items);
        secrets.Add(ScriptNeeds.PassedValues(needs.Values));
        return secrets;
    }

    private SessionScripts? SessionScriptsOfRun()
    {
        if (InitializationScript is null && FinalizationScript is null)
        {
            return null;
        }

        UsingReader values = new(SessionState, InvokeCommand);
        foreach (ScriptBlock script in new[] { InitializationScript, FinalizationScript }.OfType<ScriptBlock>())
        {
            values.Add(script);
        }

        return new SessionScripts(InitializationScript, FinalizationScript, values.Table);
    }

    /// <summary>The nodes that are run whatever their files say.</summary>
    private IReadOnlySet<string> MustRun(Checkpoint? checkpoint) =>
        checkpoint is null ? _mustRun : _mustRun.Union(checkpoint.Changed).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static DagPlan Plan(DagGraph graph, RunOptions options, Checkpoint? checkpoint) =>
        DagPlan.Create(graph, options.Width, checkpoint is null ? null : checkpoint.DurationOf);

    private void ShowPlan(DagGraph graph, Checkpoint? preview)
    {
        DagPlan plan = Plan(graph, Options(), preview);
        IReadOnlySet<string> mustRun = MustRun(preview);
        IReadOnlySet<string>? changed = preview?.Changed;
        bool?[] upToDate = KnownFiles.AreUpToDate(
            graph, SessionState.Path, node => mustRun.Contains(graph[node].Name), _sources.Take);
        for (int order = 0; order < plan.Order.Length; order++)
        {
            int node = plan.Order[order];
            bool isRestored = preview?.Restored.ContainsKey(node) == true || preview?.RestoredFailures.Contains(node) == true;
            var planned = new DagPlanNode(plan, node, order + 1, upToDate[node])
            {
                FromCheckpoint = isRestored,
                Reason = preview is null ? null
                    : !isRestored && upToDate[node] == true ? Messages.FilesUpToDate
                    : Resumes || changed!.Contains(graph[node].Name) ? preview.WhyOf(node)
                    : null,
            };
            var shown = PSObject.AsPSObject(planned);
            if (preview is not null && Resumes)
            {
                // The table of what would be restored, and why.
                shown.TypeNames.Insert(0, "DagShell.DagPlanNode#Resume");
            }

            WriteObject(shown);
        }
    }
}
