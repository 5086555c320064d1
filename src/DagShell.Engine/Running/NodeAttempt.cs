using System.Diagnostics;
using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>
/// One attempt of one node, or of an item of one, as a runner is handed it. It lives from the grant of its slot to its completion.
/// </summary>
public sealed class NodeAttempt
{
    private readonly IAttemptOwner _owner;
    private readonly NodeTraits _traits;
    private int _completed;

    // As UTC ticks: one is made for each attempt of each node.
    private readonly long _startTicks;
    private long _beginTicks;
    private StopPlace? _stop;

    internal NodeAttempt(IAttemptOwner owner, int index, int number, bool asksCondition, NodeFailure? lastFailure)
    {
        _owner = owner;
        DagGraph graph = owner.Graph;
        Index = index;
        Node = graph[index];
        _traits = graph.TraitsOf(index);
        Number = number;
        AsksCondition = asksCondition;
        LastFailure = lastFailure;
    }

    /// <summary>The node's index in the graph.</summary>
    public int Index { get; }

    /// <summary>The node.</summary>
    public Node Node { get; }

    /// <summary>Which of its node's items it is about, from 0; -1 if it is about the node itself.</summary>
    public int Item => Items is null ? -1 : Unit - Items.FirstUnit;

    /// <summary>The items of its node, if it is about one of them.</summary>
    public NodeItems? Items { get; internal init; }

    /// <summary>
    /// Whether the node is to be asked for its items: the attempt is to end with <see cref="AttemptOutcome.Mapped"/>, if it succeeds.
    /// </summary>
    public bool AsksForItems =>
        (_traits & (NodeTraits.Mapped | NodeTraits.Dag)) == NodeTraits.Mapped && Items is null && !IsInquiry;

    /// <summary>
    /// Whether the node is to be asked for the dag that it stands for: the attempt is to end with <see cref="AttemptOutcome.Expanded"/>,
    /// if it succeeds.
    /// </summary>
    public bool AsksForDag => (_traits & NodeTraits.ExpandsAtTurn) != 0 && !IsInquiry;

    /// <summary>What messages call it: the name of the node, and of an item which.</summary>
    public string Name => Items is null ? Node.Name : NodeItems.NameOf(Node.Name, Item);

    /// <summary>Which attempt it is, from 1. A poll of preconditions that do not hold does not count.</summary>
    public int Number { get; }

    /// <summary>Whether the node's condition is to be asked: once, before its first attempt.</summary>
    public bool AsksCondition { get; }

    /// <summary>
    /// Whether nothing is to be run, but only the question answered if the node is to be tried again after
    /// <see cref="LastFailure"/>, a timeout: <see cref="AttemptOutcome.Succeeded"/> says yes, all else no;
    /// <see cref="AttemptOutcome.Skipped"/> says that it skips itself.
    /// </summary>
    public bool IsInquiry { get; internal init; }

    /// <summary>When it was granted its slot.</summary>
    public DateTimeOffset StartTime
    {
        get => new(_startTicks, TimeSpan.Zero);
        internal init => _startTicks = value.UtcTicks;
    }

    /// <summary>When its work began: when it was granted its slot, unless <see cref="Begin"/> said something else.</summary>
    public DateTimeOffset BeginTime =>
        RunTimes.OfTicks(Volatile.Read(ref _beginTicks)) ?? StartTime;

    /// <summary>How long it held its slot before its work began.</summary>
    public TimeSpan StartUpTime => BeginTime - StartTime;

    /// <summary>
    /// Since when its pool's rate counts it, in UTC ticks: 0 until it begins, -1 if it does not. Belongs to <see cref="RunState"/>.
    /// </summary>
    internal long RateTicks { get; set; }

    /// <summary>What it waited for before it was granted its slot, for the journal; <see langword="null"/> in a run without one.</summary>
    internal AttemptTurn? Turn { get; set; }

    /// <summary>What the attempt before this one failed with.</summary>
    public NodeFailure? LastFailure { get; }

    /// <summary>Cancelled when the attempt is to stop: its time is over, or the run's.</summary>
    public CancellationToken StopToken { get; internal set; }

    /// <summary>Cancelled when the run is cut short while the attempt is under way, and not when its own time is over.</summary>
    internal CancellationToken RunStopToken { get; init; }

    /// <summary>The node's dependencies, by index, in the order in which they were given.</summary>
    public ReadOnlySpan<int> Upstream => _owner.Graph.Upstream(Index);

    /// <summary>All of its own dag that the node waited for, by index: its dependencies first.</summary>
    public ReadOnlySpan<int> Awaited
    {
        get
        {
            DagGraph graph = _owner.Graph;
            ReadOnlySpan<int> awaited = graph.Awaited(Index);
            return graph.IsNested
                ? Array.FindAll(awaited.ToArray(), node => graph.Outer(node) == graph.Outer(Index))
                : awaited;
        }
    }

    /// <summary>How many attempts of each pool may run at once.</summary>
    public IReadOnlyDictionary<string, int> PoolLimits => _owner.Graph.PoolLimits;

    /// <summary>Whether nobody waits for this attempt any more: it completed or was abandoned.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>Which of the run's slots it holds: from 0 up to the throttle limit, and on from there in places.</summary>
    public int Slot { get; internal set; }

    /// <summary>The machine that it runs on, where its runner says so; <see langword="null"/> for this one.</summary>
    public string? Host { get; set; }

    /// <summary>
    /// The attempt's span, for its runner to make <see cref="System.Diagnostics.Activity.Current"/> where it does the work;
    /// <see langword="null"/> if nobody listens.
    /// </summary>
    public Activity? Activity { get; internal set; }

    /// <summary>
    /// Where its work was when it was asked to stop, as a file and a line, where its runner can tell; <see langword="null"/> if not.
    /// </summary>
    public string? StopPosition => _stop?.Position;

    /// <summary>The same for messages: with what it was doing there.</summary>
    public string? StoppedAt => _stop?.Text;

    /// <summary>The node's or item's number in the run, see <see cref="WorkTable"/>.</summary>
    internal int Unit { get; init; }

    /// <summary>Where the outcome goes when a retry, timeout or poll stands around the attempt.</summary>
    internal TaskCompletionSource<AttemptOutcome>? Completion { get; init; }

    /// <summary>A node of the graph.</summary>
    /// <param name="index">Its index, such as one of <see cref="Upstream"/>.</param>
    /// <returns>The node.</returns>
    public Node NodeAt(int index) => _owner.Graph[index];

    /// <summary>What a dependency gave back.</summary>
    /// <param name="dependency">Its index, one of <see cref="Upstream"/>.</param>
    /// <returns>Its output, or that of the fallback that stands for it; <see langword="null"/> if neither succeeded.</returns>
    public object? OutputOf(int dependency) => _owner.OutputOf(dependency);

    /// <summary>How a node ended that this one waited for.</summary>
    /// <param name="node">Its index, one of <see cref="Awaited"/>.</param>
    /// <returns>How it ended.</returns>
    public DependencyEnd EndOf(int node) => _owner.EndOf(node);

    /// <summary>Says where the work is as it is asked to stop. To be called before that takes effect.</summary>
    /// <param name="position">A file and a line.</param>
    /// <param name="text">The same for messages: with what is being done there.</param>
    public void NoteStop(string position, string text) => _stop = new StopPlace(position, text);

    /// <summary>
    /// Says that the work begins now: until now its runner had nothing to do it in. One that never says so begins with its slot.
    /// </summary>
    public void Begin()
    {
        DateTimeOffset now = _owner.Now;
        if (now - StartTime >= RunTimes.ShortestWait)
        {
            Volatile.Write(ref _beginTicks, now.UtcTicks);
        }

        if (!IsCompleted)
        {
            _owner.OnBegun(Slot);
        }
    }

    /// <summary>Reports how the attempt ended. Only the first report counts, and none after it was abandoned.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <returns><see langword="false"/> if nobody was waiting for it any more.</returns>
    public bool Complete(AttemptOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (!TryEnd())
        {
            return false;
        }

        _owner.OnEnded(Slot, outcome);
        return true;
    }

    /// <summary>The attempt as it is told of while it goes on.</summary>
    internal AttemptRecord ToRecord() =>
        new(Number, Slot, BeginTime, null, null, null, null) { StartUpTime = StartUpTime, Host = Host };

    /// <summary>Whether the caller is the one who ends it: by its completion, or by giving it up.</summary>
    internal bool TryEnd() => Interlocked.Exchange(ref _completed, 1) == 0;

    private sealed record StopPlace(string Position, string Text);
}
