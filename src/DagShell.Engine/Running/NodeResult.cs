using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>How a node ended.</summary>
public sealed class NodeResult
{
    // Times as UTC ticks, and a byte for a state or a cause: there may be very many results.
    private readonly long _startTicks;
    private readonly long _endTicks;
    private readonly byte _state;
    private readonly byte _skipCause;
    private readonly byte _cancelCause;

    /// <summary>What few nodes have; null of the others.</summary>
    private Particulars? _particulars;

    /// <summary>The node's index in its graph.</summary>
    public required int Index { get; init; }

    /// <summary>The node.</summary>
    public required Node Node { get; init; }

    /// <summary>Its final state.</summary>
    public required NodeState State { get => (NodeState)_state; init => _state = (byte)value; }

    /// <summary>What its work gave back, when it succeeded or skipped itself.</summary>
    public object? Output { get; init; }

    /// <summary>
    /// Its items, of a node that has some and was asked for them, or had a dag for each of them; <see langword="null"/> if not.
    /// </summary>
    public NodeItems? Items
    {
        get => _particulars?.Items;
        init => ToHold(value)?.Items = value;
    }

    /// <summary>
    /// The last thing that went wrong with it: of a failed node the cause, of a succeeded or cancelled one that of an earlier attempt.
    /// </summary>
    public NodeFailure? Failure { get; init; }

    /// <summary>Attempts in which the work itself was started.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often a precondition was asked and did not hold. These are no attempts.</summary>
    public int Polls { get; init; }

    /// <summary>When it was first ready; <see langword="null"/> if it never was.</summary>
    public DateTimeOffset? ReadyTime => WaitLog.ReadyTime;

    /// <summary>What it waited for and when, in that order; of more than a few hundred the first and the last.</summary>
    public IReadOnlyList<WaitRecord> Waits => WaitLog.Of(EndTime);

    /// <summary>How long its attempts held their slots before their work began: what that is done in was not there.</summary>
    public TimeSpan StartUpTime => Log.StartUpTime;

    /// <summary>When the work of its first attempt began; <see langword="null"/> if there was none.</summary>
    public DateTimeOffset? StartTime
    {
        get => RunTimes.OfTicks(_startTicks);
        init => _startTicks = value?.UtcTicks ?? 0;
    }

    /// <summary>When it reached its final state.</summary>
    public required DateTimeOffset EndTime
    {
        get => new(_endTicks, TimeSpan.Zero);
        init => _endTicks = value.UtcTicks;
    }

    /// <summary>Its attempts and polls one by one, in their order; of more than a few hundred the first and the last.</summary>
    public IReadOnlyList<AttemptRecord> History => Log.Of(State, Attempts > 0, Failure, StartTime, EndTime);

    /// <summary>The machine that its last attempt ran on; <see langword="null"/> for the run's own.</summary>
    public string? Host => Log.Host;

    /// <summary>Whether it succeeded in an earlier run and was not run again.</summary>
    public bool FromCheckpoint { get; init; }

    /// <summary>
    /// Whether it succeeded without its work being started, because what that makes is there already; of a node with items, whether all
    /// did.
    /// </summary>
    public bool IsUpToDate => State == NodeState.Succeeded
        && (Items is null ? Log.IsUpToDate : Items.Count > 0 && Items.All(item => item.IsUpToDate));

    /// <summary>That earlier run, if it is known.</summary>
    public RunOrigin? Origin
    {
        get => _particulars?.Origin;
        init => ToHold(value)?.Origin = value;
    }

    /// <summary>Why it did not run, when it was skipped.</summary>
    public SkipCause SkipCause { get => (SkipCause)_skipCause; init => _skipCause = (byte)value; }

    /// <summary>The node that decided that it was skipped, where one did: a dependency, or what it is the fallback for.</summary>
    public Node? SkippedBy
    {
        get => _particulars?.SkippedBy;
        init => ToHold(value)?.SkippedBy = value;
    }

    /// <summary>Why it skipped itself, in the user's words; <see langword="null"/> if nothing was said.</summary>
    public string? SkipReason
    {
        get => _particulars?.SkipReason;
        init => ToHold(value)?.SkipReason = value;
    }

    /// <summary>Where it was when it was stopped, of a cancelled one whose runner could tell; for messages.</summary>
    public string? StoppedAt
    {
        get => _particulars?.StoppedAt;
        init => ToHold(value)?.StoppedAt = value;
    }

    /// <summary>Why it was cancelled, when it was.</summary>
    public CancelCause CancelCause { get => (CancelCause)_cancelCause; init => _cancelCause = (byte)value; }

    /// <summary>The node whose failure made the run fail fast, when it was cancelled for that.</summary>
    public Node? CancelledBy
    {
        get => _particulars?.CancelledBy;
        init => ToHold(value)?.CancelledBy = value;
    }

    internal AttemptLog Log { get; init; }

    internal WaitLog WaitLog { get; init; }

    /// <summary>Where a value is put; null if there is none.</summary>
    private Particulars? ToHold(object? value) => value is null ? null : _particulars ??= new Particulars();

    private sealed class Particulars
    {
        public NodeItems? Items { get; set; }

        public RunOrigin? Origin { get; set; }

        public Node? SkippedBy { get; set; }

        public string? SkipReason { get; set; }

        public string? StoppedAt { get; set; }

        public Node? CancelledBy { get; set; }
    }
}
