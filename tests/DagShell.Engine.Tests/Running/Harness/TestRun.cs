using System.Globalization;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tracing;
using Xunit;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>A run of fake nodes in virtual time, on the test's own thread. Times are seconds since the run was made.</summary>
internal sealed class TestRun
{
    private bool _isStarted;

    public TestRun(
        IReadOnlyList<Node> nodes,
        int throttleLimit = 5,
        bool failFast = false,
        double? timeout = null,
        Func<double>? randomizer = null,
        IReadOnlyDictionary<string, int>? pools = null,
        IRunJournal? journal = null,
        IReadOnlyDictionary<int, object?>? restored = null,
        string? dagName = null,
        double? cleanUpTimeout = null,
        IReadOnlySet<int>? restoredFailures = null,
        PlaceGroup? places = null,
        IReadOnlyDictionary<string, PlaceGroup>? poolPlaces = null,
        IReadOnlyDictionary<string, IReadOnlyList<PoolRate>>? rates = null,
        IReadOnlyDictionary<int, RunOrigin>? origins = null)
        : this(
            Nodes.Nested(nodes, pools),
            throttleLimit,
            failFast,
            timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            randomizer,
            journal,
            restored,
            dagName,
            cleanUpTimeout is { } cleanUpSeconds ? TimeSpan.FromSeconds(cleanUpSeconds) : null,
            restoredFailures,
            places,
            poolPlaces,
            rates,
            origins)
    {
    }

    public TestRun(
        DagGraph graph,
        int throttleLimit,
        bool failFast,
        TimeSpan? timeout,
        Func<double>? randomizer = null,
        IRunJournal? journal = null,
        IReadOnlyDictionary<int, object?>? restored = null,
        string? dagName = null,
        TimeSpan? cleanUpTimeout = null,
        IReadOnlySet<int>? restoredFailures = null,
        PlaceGroup? places = null,
        IReadOnlyDictionary<string, PlaceGroup>? poolPlaces = null,
        IReadOnlyDictionary<string, IReadOnlyList<PoolRate>>? rates = null,
        IReadOnlyDictionary<int, RunOrigin>? origins = null)
    {
        // Continuations then run where they are caused, so all that a moment brings has happened when the clock moves on.
        SynchronizationContext.SetSynchronizationContext(null);
        Graph = graph;
        Log = new RunLog(graph, Clock);
        Runner = new FakeRunner(Clock, Log);
        RunOptions options = new()
        {
            ThrottleLimit = throttleLimit,
            FailFast = failFast,
            Timeout = timeout,
            TimeProvider = Clock,
            Randomizer = randomizer,
            Journal = journal,
            Restored = restored ?? new Dictionary<int, object?>(),
            RestoredFailures = restoredFailures ?? new HashSet<int>(),
            Origins = origins ?? new Dictionary<int, RunOrigin>(),
            DagName = dagName,
            CleanUpTimeout = cleanUpTimeout,
            PoolRates = rates ?? new Dictionary<string, IReadOnlyList<PoolRate>>(),
            Places = places,
            PoolPlaces = poolPlaces ?? new Dictionary<string, PlaceGroup>(),
        };
        RunId = options.RunId;
        Places = places;
        Scheduler = new Scheduler(DagPlan.Create(graph), Runner, options, Log, RunTrace.Begin(graph, options));
    }

    public Guid RunId { get; }

    /// <summary>Where all nodes run, if not in this process.</summary>
    public PlaceGroup? Places { get; }

    public VirtualClock Clock { get; } = new();

    public DagGraph Graph { get; }

    public RunLog Log { get; }

    public FakeRunner Runner { get; }

    public Scheduler Scheduler { get; }

    public RunCounts Counts => Scheduler.Counts;

    public bool IsFinished => Scheduler.Completion.IsCompleted;

    /// <summary>How the run ended.</summary>
    public RunStatus Status => IsFinished ? Scheduler.Completion.GetAwaiter().GetResult() : RunStatus.Running;

    /// <summary>What was started when, as "A 0".</summary>
    public IReadOnlyList<string> Starts => Describe(RunEventKind.Started);

    /// <summary>What was given up when, as "A 2".</summary>
    public IReadOnlyList<string> Abandonments => Describe(RunEventKind.Abandoned);

    /// <summary>The results in the order in which they were announced.</summary>
    public IReadOnlyList<NodeResult> Results => [.. Log.Events.Select(e => e.Result).OfType<NodeResult>()];

    /// <summary>How a node ended.</summary>
    public NodeResult this[string node] => Assert.Single(Results, result => result.Node.Name == node);

    public NodeState StateOf(string node) => this[node].State;

    public double EndOf(string node) => Seconds(this[node].EndTime - Clock.Start);

    /// <summary>How long a node was to wait, each time it was.</summary>
    public IReadOnlyList<double> WaitsOf(string node) =>
        [.. Log.Events.Where(e => e.Kind == RunEventKind.Waiting && e.Node == node).Select(e => Seconds(e.Delay))];

    /// <summary>Sets what a node does: one step a start.</summary>
    public TestRun Script(string node, params Step[] steps)
    {
        if (Graph.TryGetIndex(node, out int index))
        {
            Runner.Script(index, steps);
        }
        else
        {
            // Of a dag that is known later.
            Runner.Script(node, steps);
        }

        return this;
    }

    /// <summary>Sets what an item of a node does: one step a start.</summary>
    public TestRun ScriptItem(string node, int item, params Step[] steps)
    {
        Runner.Script(Graph.TryGetIndex(node, out int index) ? index : throw new ArgumentException(node), steps, item);
        return this;
    }

    /// <summary>Has something done at a time.</summary>
    public TestRun At(TimeSpan elapsed, Action action)
    {
        Clock.CreateTimer(_ => action(), null, elapsed - Clock.Elapsed, Timeout.InfiniteTimeSpan);
        return this;
    }

    public TestRun StopAt(double seconds) => At(TimeSpan.FromSeconds(seconds), Scheduler.Stop);

    /// <summary>Goes to a time; starts the run if need be.</summary>
    public TestRun To(double seconds)
    {
        Start();
        Clock.AdvanceTo(TimeSpan.FromSeconds(seconds));
        return this;
    }

    /// <summary>Goes on until the run has ended; starts it if need be.</summary>
    public TestRun ToEnd()
    {
        Start();
        while (!IsFinished)
        {
            Assert.True(Clock.TryAdvance(), "The run does not end: nothing is due any more, and not every node is in a final state.");
        }

        return this;
    }

    private void Start()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Scheduler.Start();
        }
    }

    private List<string> Describe(RunEventKind kind) =>
        [.. Log.Events.Where(e => e.Kind == kind).Select(e => $"{e.Node} {Seconds(e.Time).ToString(CultureInfo.InvariantCulture)}")];

    private static double Seconds(TimeSpan time) => time.TotalSeconds;
}
