using System.Diagnostics;
using System.Runtime.InteropServices;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Engine.Running;

/// <summary>
/// The state of every node of a run and of its items, and the only place where it changes. Knows neither threads nor clocks: the
/// <see cref="Scheduler"/> calls it under its lock and passes the time in.
/// </summary>
internal sealed partial class RunState
{
    private readonly GrowingPlan _plan;
    private readonly ObserverList _observers;
    private DagGraph _graph;
    private readonly Dictionary<int, object?> _restored;
    private readonly IReadOnlySet<int> _restoredFailures;
    private readonly Dictionary<int, RunOrigin> _origins;
    private readonly bool _isRecorded;
    private readonly bool _failFast;
    private readonly LaneTable _lanes;

    /// <summary>
    /// The nodes and items that the last look into the queues found without a place in their pool, and when their lane last was full.
    /// </summary>
    private readonly PoolMoves _moves = new();
    private readonly WorkTable _work;

    /// <summary>What nodes are to each other; behind the last of them there may be room for those that come later.</summary>
    private NodeRecord[] _nodes;
    private int _count;
    private volatile Restriction _restriction;

    /// <summary>
    /// Nodes that reached a final state and whose dependents have not been told: explicit, so that a long chain of skips needs no
    /// recursion.
    /// </summary>
    private readonly Stack<int> _settled = new();

    /// <summary>
    /// Nodes that cannot run any more, each after what it waits for: so all that ends at one moment is known before it is said why a node
    /// was skipped.
    /// </summary>
    private readonly PriorityQueue<int, int> _toSkip = new();

    /// <summary>The place of each node in the topological order; empty until one is to be skipped.</summary>
    private readonly List<int> _places = [];

    /// <summary>
    /// Nodes and items, by unit, whose work has succeeded and whose record is not kept yet. They are still Running, and hold no slot.
    /// </summary>
    private readonly Dictionary<int, AttemptOutcome> _unrecorded = [];

    /// <summary>Successes that the journal has still to be told of.</summary>
    private readonly Queue<NodeSuccess> _toRecord = new();

    private readonly int[] _inState = new int[Enum.GetValues<NodeState>().Length];

    /// <summary>Nodes that failed and have a fallback that is not decided about: their dependents are told when it is.</summary>
    private readonly HashSet<int> _undecided = [];

    /// <summary>For nodes that failed the fallback that stands for them.</summary>
    private readonly Dictionary<int, int> _standIns = [];

    /// <summary>More than a disk that is not hanging flushes at a time.</summary>
    private const int MostUnrecorded = 4_096;

    /// <summary>The first node that failed, may not, and has no fallback that stands for it; -1 for none.</summary>
    private int _firstFailed = -1;

    /// <summary>Why the run was cut short last, and why its ordinary nodes were first stopped.</summary>
    private CancelCause _cutCause;
    private CancelCause _stopCause;
    private bool _isStopped;
    private bool _hasLostJournal;

    public RunState(DagPlan plan, RunOptions options, ObserverList observers)
    {
        _graph = plan.Graph;
        _plan = new GrowingPlan(plan);
        _observers = observers;
        _isRecorded = options.Journal is not null;
        _restored = new Dictionary<int, object?>(options.Restored);
        _restoredFailures = options.RestoredFailures;
        _origins = new Dictionary<int, RunOrigin>(options.Origins);
        _failFast = options.FailFast;
        _work = new WorkTable(_graph.Count);
        _lanes = new LaneTable(_plan, _work, options);
        _count = _graph.Count;
        _nodes = new NodeRecord[_count];
        _inState[(int)NodeState.Pending] = _graph.Count;
    }

    /// <summary>What is known to run. May be asked for by any thread.</summary>
    public DagGraph Graph => _plan.Graph;

    /// <summary>What a run that is cut short still starts. May be asked for by any thread.</summary>
    public Restriction Restriction
    {
        get => _restriction;
        private set => _restriction = value;
    }

    /// <summary>Whether the run's timeout has cut it short.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>Whether <see cref="Start"/> was called.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether every node is in a final state.</summary>
    public bool IsFinished => Counts.Done == _count;

    public RunCounts Counts => new(
        _count,
        _inState[(int)NodeState.Running],
        _inState[(int)NodeState.Waiting],
        _inState[(int)NodeState.Succeeded],
        _inState[(int)NodeState.Failed],
        _inState[(int)NodeState.Skipped],
        _inState[(int)NodeState.Cancelled]);

    /// <summary>
    /// How the run stands: failed if it lost its journal; else cancelled if its caller stopped it; else failed if a node did that may not.
    /// </summary>
    public RunStatus Status =>
        !IsFinished ? RunStatus.Running
        : _hasLostJournal ? RunStatus.Failed
        : _isStopped ? RunStatus.Cancelled
        : _firstFailed >= 0 ? RunStatus.Failed
        : HasTimedOut ? RunStatus.Cancelled
        : RunStatus.Succeeded;

    /// <summary>Settles the nodes that are restored, makes ready what can start, and skips what cannot run from the start.</summary>
    public void Start(DateTimeOffset now)
    {
        HasStarted = true;
        Begin(0, now);
        TellDependents(now);
    }

    /// <summary>Takes the best ready node or item, if a slot is free. The slot is taken by <see cref="Begin(NodeAttempt)"/>.</summary>
    public bool TryGrant(DateTimeOffset now, out int unit)
    {
        bool isTaken = _lanes.TryTake(now, _moves, out unit, out long fullTime);
        foreach (int unparked in _moves.Unparked)
        {
            _work[unparked].Waits.Unpark(now);
        }

        foreach ((int parked, long fullThere) in _moves.Parked)
        {
            _work[parked].Waits.Park(now, fullThere);
        }

        _moves.Clear();
        if (!isTaken)
        {
            return false;
        }

        ref WorkRecord record = ref _work[unit];
        record.StartTicks = record.StartTicks == 0 ? now.UtcTicks : record.StartTicks;
        StartAround(unit, now);
        record.Waits.Grant(now, fullTime);
        SetState(unit, NodeState.Running);
        QueueItemAfter(unit);
        return true;
    }

    /// <summary>Puts the attempt that was granted into its slot, and tells the observers of it.</summary>
    public void Begin(NodeAttempt attempt)
    {
        _lanes.Put(attempt);
        attempt.Turn = _isRecorded ? _work[attempt.Unit].Waits.Turn : null;
        if (!attempt.IsInquiry)
        {
            _observers.AttemptStarted(attempt);
        }
    }

    /// <summary>Takes an attempt that ended out of its slot, notes it, and counts it if the work itself was started.</summary>
    /// <returns>The attempt.</returns>
    public NodeAttempt ReleaseSlot(int slot, AttemptOutcome outcome, DateTimeOffset now)
    {
        NodeAttempt attempt = _lanes.Free(slot, out int? freed);
        if (freed is { } next)
        {
            _work[next].Waits.Unpark(now);
        }

        if (attempt.IsInquiry)
        {
            return attempt;
        }

        ref WorkRecord record = ref _work[attempt.Unit];
        if (outcome.Kind == AttemptOutcomeKind.Lost)
        {
            // As if it had not been: where it was the first, the node has not begun.
            record.StartTicks = record.StartTicks == attempt.StartTime.UtcTicks ? 0 : record.StartTicks;
            _lanes.TakeBackStart(attempt);
            _observers.AttemptEnded(attempt, now);
            _observers.AttemptLost(attempt);
            return attempt;
        }

        if (!record.AskedCondition)
        {
            record.AskedCondition = true;
            record.StartTicks = attempt.BeginTime.UtcTicks;
        }

        if (attempt.Completion is null && (attempt.Items is not null || !_graph.Has(attempt.Index, NodeTraits.Mapped | NodeTraits.Dag)))
        {
            record.Log.SetOnly(slot, attempt.StartUpTime, attempt.Host, outcome.Kind == AttemptOutcomeKind.UpToDate);
        }
        else
        {
            record.Log.Add(new AttemptRecord(
                attempt.Number, slot, attempt.BeginTime, now, outcome.Kind, outcome.Failure?.Kind, outcome.Failure?.Message)
            {
                StartUpTime = attempt.StartUpTime,
                Host = attempt.Host,
            });
        }

        bool ran = outcome.Kind is not (AttemptOutcomeKind.ConditionFalse or AttemptOutcomeKind.UpToDate)
            && outcome.Failure?.Kind is not (FailureKind.PreconditionNotMet or FailureKind.NoSession);
        if (ran)
        {
            _lanes.Begin(attempt, now);
        }
        else
        {
            _lanes.TakeBackStart(attempt);
        }

        if (outcome.Kind is AttemptOutcomeKind.Stopped or AttemptOutcomeKind.Abandoned)
        {
            record.Remark = attempt.StoppedAt;
        }

        if (outcome.Failure?.Kind == FailureKind.PreconditionNotMet)
        {
            record.Polls++;
        }
        else
        {
            record.Waits.EndPolling(attempt.StartTime);
            record.Attempts += ran ? 1 : 0;
        }

        _observers.AttemptEnded(attempt, now);
        return attempt;
    }

    /// <summary>The attempt that holds a slot.</summary>
    public NodeAttempt AttemptIn(int slot) => _lanes.AttemptIn(slot);

    /// <summary>The attempts under way, by slot.</summary>
    public List<NodeAttempt> Running() => _lanes.Running();

    /// <summary>The attempt of a unit that is under way, or an inquiry; null if there is none.</summary>
    public NodeAttempt? AttemptOf(int unit) => _lanes.AttemptOf(unit);

    /// <summary>The node that a unit is, or is an item of.</summary>
    public int NodeOf(int unit) => _work.NodeOf(unit);

    /// <summary>Which item of its node a unit is; -1 of a node.</summary>
    public int ItemOf(int unit) => _work.ItemOf(unit);

    /// <summary>The items that a unit is one of; null of a node.</summary>
    public NodeItems? ItemsAround(int unit) => _work.ItemsAround(unit);

    /// <summary>Where nodes run, and the ready ones that wait to.</summary>
    public LaneTable Lanes => _lanes;

    public int NextAttempt(int unit) => _work[unit].Attempts + 1;

    public bool AsksCondition(int unit) => !_work[unit].AskedCondition && unit < WorkTable.FirstItemUnit;

    public NodeFailure? LastFailure(int unit) => _work[unit].Failure;

    /// <summary>What a node, or the fallback that stands for it, gave back; kept until its last dependent is in a final state.</summary>
    public object? OutputOf(int node) => _work[_standIns.GetValueOrDefault(node, node)].Output;

    /// <summary>How a node in a final state ended.</summary>
    public DependencyEnd EndOf(int node)
    {
        ref WorkRecord record = ref _work[node];
        return new DependencyEnd(
            _graph[node], record.State, record.Failure, record.SkipCause, SkippedBy(node), record.SkipReason,
            record.CancelCause, CancelledBy(node))
        { Items = _work.ItemsOf(node) };
    }

    /// <summary>Where every node stands, by index. A copy.</summary>
    public NodeHistory[] Histories()
    {
        Dictionary<int, NodeAttempt> running = _lanes.Running()
            .Where(attempt => !attempt.IsInquiry && attempt.Items is null)
            .ToDictionary(attempt => attempt.Index);
        ILookup<int, NodeAttempt> ofItems = _lanes.Running()
            .Where(attempt => !attempt.IsInquiry && attempt.Items is not null)
            .ToLookup(attempt => attempt.Index);
        var histories = new NodeHistory[_count];
        for (int node = 0; node < histories.Length; node++)
        {
            histories[node] = HistoryOf(node, running.GetValueOrDefault(node));

            // Those of a dag are nodes of the run, and those of a node that is restored were done in another.
            if (!_graph.IsDag(node) && !_restored.ContainsKey(node) && _work.ItemsOf(node) is { } items)
            {
                histories[node] = histories[node] with
                {
                    Items = items.Counts,
                    WorkOfItems = items.Work,
                    ItemAttempts =
                    [
                        .. items.Attempts(),
                        .. ofItems[node].Select(attempt => new ItemAttempt(attempt.Item, attempt.ToRecord())),
                    ],
                };
            }
        }

        return histories;
    }

    /// <summary>Whether a node, or an item, may start an attempt, its first or a further one.</summary>
    public bool MayStart(int unit) => Restriction switch
    {
        Restriction.None => true,
        Restriction.CleanUpOnly => _graph.IsCleanUp(NodeOf(unit)),
        _ => false,
    };

    /// <summary>Sets a running node or item to wait, unless the run is being cut short.</summary>
    /// <returns><see langword="false"/> if it may not start again.</returns>
    public bool TryWait(int unit, NodeFailure failure, TimeSpan delay, DateTimeOffset now)
    {
        if (!TryGoOnAfter(unit, failure))
        {
            return false;
        }

        _work[unit].Remark = null;
        SetState(unit, NodeState.Waiting);
        if (failure.Kind == FailureKind.PreconditionNotMet)
        {
            _work[unit].Waits.WaitForPoll(_work[unit].Log.LastStart ?? now);
        }
        else
        {
            _work[unit].Waits.WaitForRetry(now);
        }

        if (ItemOf(unit) is >= 0 and var item)
        {
            _observers.ItemWaiting(NodeOf(unit), item, failure, delay);
        }
        else
        {
            _observers.NodeWaiting(unit, failure, delay);
        }

        return true;
    }

    /// <summary>Puts a node or item that waited back into the queue.</summary>
    /// <returns><see langword="false"/> if it was cancelled meanwhile.</returns>
    public bool TryRequeue(int unit, DateTimeOffset now)
    {
        if (_work[unit].State != NodeState.Waiting)
        {
            return false;
        }

        MakeReady(unit, now);
        return true;
    }

    /// <summary>Puts one whose attempt timed out back into the queue, for the question whether it may be tried again.</summary>
    /// <returns><see langword="false"/> if it may not start again in any case.</returns>
    public bool TryInquire(int unit, NodeFailure failure, DateTimeOffset now)
    {
        if (!TryGoOnAfter(unit, failure))
        {
            return false;
        }

        MakeReady(unit, now, isStart: false);
        return true;
    }

    /// <summary>Puts a running node or item whose place was gone back into the queue.</summary>
    /// <returns><see langword="false"/> if it may not start any more.</returns>
    public bool TryStartAgain(int unit, DateTimeOffset now)
    {
        if (!IsRunning(unit) || !MayStart(unit))
        {
            return false;
        }

        MakeReady(unit, now);
        return true;
    }

    /// <summary>
    /// A running node or item has come to its end: ends it, or, if its success is to be kept first, has the journal told of it, and waits
    /// for <see cref="Recorded"/>.
    /// </summary>
    /// <returns>
    /// <see langword="false"/> if it was cancelled while it waited: all that this called for has been done, and nothing changes.
    /// </returns>
    public bool TryFinish(int unit, AttemptOutcome outcome, DateTimeOffset now)
    {
        if (!IsRunning(unit))
        {
            return false;
        }

        if (outcome.Kind == AttemptOutcomeKind.Lost && TryStartAgain(unit, now))
        {
            return true;
        }

        if (outcome.Items is not null && ItemOf(unit) < 0 && _graph.Has(unit, NodeTraits.Mapped))
        {
            BeginItems(unit, outcome, now);
        }
        else if (outcome.Kind == AttemptOutcomeKind.Succeeded && IsShutDag(unit))
        {
            if (outcome.Expansion is { } expansion)
            {
                Expand(unit, expansion, now);
            }
            else
            {
                Open(unit, now);
            }

            TellAndStrike(now);
        }
        else if (_isRecorded && outcome.Kind is (AttemptOutcomeKind.Succeeded or AttemptOutcomeKind.UpToDate))
        {
            KeepSuccess(unit, outcome, now);
        }
        else
        {
            End(unit, outcome, now);
        }

        return true;
    }

    /// <summary>
    /// Whether so many successes are not on record yet that no more should be added: each takes memory until it is.
    /// </summary>
    public bool AwaitsJournal => _unrecorded.Count >= MostUnrecorded;

    /// <summary>Takes a success that the journal has still to be told of.</summary>
    public bool TryTakeUnrecorded(out NodeSuccess? success) => _toRecord.TryDequeue(out success);

    /// <summary>
    /// The journal has kept a success, or is lost and never will. Either way the work was done, and the node or item has succeeded.
    /// </summary>
    public void Recorded(int unit, DateTimeOffset now)
    {
        if (_unrecorded.Remove(unit, out AttemptOutcome? outcome))
        {
            End(unit, outcome, now);
        }
    }

    /// <summary>Waits no longer for the journal to keep successes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ofCleanUp">Whether for those of clean-up neither, which goes on after a stop.</param>
    public void GiveUpRecords(DateTimeOffset now, bool ofCleanUp)
    {
        // The last item's is followed by that of its node.
        while (_unrecorded.Keys.Where(unit => ofCleanUp || !_graph.IsCleanUp(_work.NodeOf(unit))).ToArray() is { Length: > 0 } units)
        {
            _hasLostJournal = true;
            foreach (int unit in units)
            {
                Recorded(unit, now);
            }
        }
    }

    /// <summary>Without a journal nothing starts any more. What runs is left to run.</summary>
    public void LoseJournal(DateTimeOffset now)
    {
        if (!IsFinished)
        {
            _hasLostJournal = true;
            CutShort(Restriction.CleanUpOnly, CancelCause.JournalLost, now);
        }
    }

    /// <summary>Cuts the run short at the wish of its caller, or because a time is over.</summary>
    /// <returns><see langword="false"/> if it has ended already.</returns>
    public bool TryStop(Restriction restriction, CancelCause cause, DateTimeOffset now)
    {
        if (IsFinished)
        {
            return false;
        }

        _isStopped |= cause == CancelCause.Stopped;
        HasTimedOut |= cause == CancelCause.RunTimedOut;
        _stopCause = _stopCause == CancelCause.None ? cause : _stopCause;
        _cutCause = cause;
        CutShort(restriction, cause, now);
        return true;
    }

    /// <summary>Takes note of a stop that comes when nothing may start any more: the run is stopped all the same.</summary>
    public void NoteStop(CancelCause cause) => _isStopped |= cause == CancelCause.Stopped && !IsFinished;

    /// <summary>Whether clean-up is under way, or left to do.</summary>
    public bool HasCleanUpLeft()
    {
        for (int node = 0; node < _count; node++)
        {
            if (_work[node].State < NodeState.Succeeded && _graph.IsCleanUp(node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins with all nodes from one on.</summary>
    /// <param name="first">That one.</param>
    /// <param name="now">The time.</param>
    /// <param name="dag">The node that stands for them, and was there before; -1 if all of the run begins.</param>
    private void Begin(int first, DateTimeOffset now, int dag = -1)
    {
        for (int node = first; node < _count; node++)
        {
            _nodes[node].Tally.Open = _graph.Awaited(node).Length;

            // What it gives out may be wanted under the name of what it is the fallback for.
            _nodes[node].OpenDependents = _graph.Downstream(node).Length
                + (_graph.FallbackFor(node) >= 0 ? _graph.AlsoAwaiting(node).Length : 0);
        }

        HoldResults(first, dag);
        if (_restored.Count + _restoredFailures.Count > 0)
        {
            Restore(first, now);
        }

        for (int node = first; node < _count; node++)
        {
            if (_nodes[node].Tally.Open == 0 && _work[node].State == NodeState.Pending)
            {
                Weigh(node, now);
            }
        }
    }

    private bool IsRunning(int unit) => _work[unit].State == NodeState.Running;

    private void KeepSuccess(int unit, AttemptOutcome outcome, DateTimeOffset now)
    {
        int node = NodeOf(unit);
        _unrecorded.Add(unit, outcome);
        _toRecord.Enqueue(new NodeSuccess(node, outcome.Output, _work[unit].Attempts, _work[unit].StartTime ?? now, now)
        {
            NodeName = _graph[node].Name,
            ReadyTime = _work[unit].Log.IsEmpty ? _work[unit].Waits.ReadyTime : null,
            Item = ItemOf(unit),
            Items = _work.ItemsOf(node),
            Unit = unit,
        });
    }

    /// <summary>Ends a running node or item, and decides what that means for those that come after it.</summary>
    private void End(int unit, AttemptOutcome outcome, DateTimeOffset now)
    {
        if (_work.ItemsAround(unit) is { } items)
        {
            EndItem(items, unit, outcome, now);
        }
        else
        {
            EndNode(unit, outcome, now);
        }

        TellAndStrike(now);
    }

    /// <summary>Decides what the nodes that were settled mean for others, and for a run that is to fail fast.</summary>
    private void TellAndStrike(DateTimeOffset now)
    {
        TellDependents(now);
        if (_failFast && _firstFailed >= 0)
        {
            CutShort(Restriction.CleanUpOnly, CancelCause.FailFast, now);
        }
    }

    private void EndNode(int node, AttemptOutcome outcome, DateTimeOffset now)
    {
        switch (outcome.Kind)
        {
            case AttemptOutcomeKind.Succeeded or AttemptOutcomeKind.UpToDate:
                Settle(node, NodeState.Succeeded, now, outcome.Output);
                break;
            case AttemptOutcomeKind.Failed:
                _work[node].Failure = outcome.Failure;
                _work[node].Log.Amend(outcome.Failure!);
                Settle(node, NodeState.Failed, now);
                break;
            case AttemptOutcomeKind.ConditionFalse or AttemptOutcomeKind.Skipped:
                _work[node].Remark = outcome.SkipReason is { Length: > 0 } reason ? reason : null;
                SkipCause skipCause = outcome.SkipReason is null ? SkipCause.ConditionFalse : SkipCause.Itself;
                Settle(node, NodeState.Skipped, now, outcome.Output, skipCause);
                break;
            default:
                Cancel(node, CauseOfStop(node), now);
                break;
        }
    }

    /// <summary>Why an attempt was stopped: an ordinary node by what first cut the run short, clean-up by what did last.</summary>
    private CancelCause CauseOfStop(int node) =>
        !_graph.IsCleanUp(node) && _stopCause != CancelCause.None ? _stopCause : _cutCause;

    private void Cancel(int node, CancelCause cause, DateTimeOffset now)
    {
        // What had begun, and was cut off, is half done: that is a failure to those who come after it.
        _work[node].CancelCause = cause;
        EndPolling(ref _work[node], now);
        _nodes[node].CountsAsFailed = _work[node].StartTicks != 0 && !_graph.IsTolerated(node);
        Settle(node, NodeState.Cancelled, now);
    }

    /// <summary>What is said of a precondition whose polling is cut short names the true time.</summary>
    private static void EndPolling(ref WorkRecord record, DateTimeOffset now)
    {
        if (record.Failure is { Kind: FailureKind.PreconditionNotMet } failure)
        {
            // The run may end between the first poll and the wait for the second.
            record.Failure = failure.AfterPolling(now - (record.Waits.PolledFrom ?? record.Log.LastStart ?? now));
        }
    }

    /// <summary>Cancels every node that is not to start any more. What runs is left to run.</summary>
    private void CutShort(Restriction restriction, CancelCause cause, DateTimeOffset now)
    {
        if (restriction <= Restriction)
        {
            return;
        }

        Restriction = restriction;
        _cutCause = cause;
        _lanes.RemoveWhere(unit => !MayStart(unit));
        for (int node = 0; node < _count; node++)
        {
            if (_work[node].State is NodeState.Pending or NodeState.Ready or NodeState.Waiting && !MayStart(node))
            {
                Cancel(node, cause, now);
            }
        }

        CancelItems(cause, now);
        TellDependents(now);
    }

    /// <summary>Notes what a running attempt failed with, if another may follow.</summary>
    private bool TryGoOnAfter(int unit, NodeFailure failure)
    {
        if (!IsRunning(unit) || !MayStart(unit))
        {
            return false;
        }

        _work[unit].Failure = failure;
        _work[unit].Log.Amend(failure);
        if (failure.Kind == FailureKind.PreconditionNotMet)
        {
            _work[unit].Log.AmendPoll(failure);
        }

        return true;
    }

    private void Restore(int first, DateTimeOffset now)
    {
        // Behind what was there before.
        foreach (int node in first == 0 ? _graph.TopologicalOrder : _graph.OrderFrom(first))
        {
            // A run may have been stopped before it was started.
            if (_work[node].State == NodeState.Pending && _restored.TryGetValue(node, out object? output))
            {
                Settle(node, NodeState.Succeeded, now, RestoredOutput(node, output, now), fromCheckpoint: true);
            }
            else if (_work[node].State == NodeState.Pending && _restoredFailures.Contains(node))
            {
                _work[node].Failure = NodeFailure.InEarlierRun(_graph[node].Name, _graph[_graph.Fallback(node)].Name);
                Settle(node, NodeState.Failed, now, fromCheckpoint: true);
            }
        }
    }

    /// <summary>Tells the dependents of every node that was settled; what that settles, in turn.</summary>
    private void TellDependents(DateTimeOffset now)
    {
        while (TryTakeSettled(now, out int node))
        {
            foreach (int waiting in _graph.AlsoAwaiting(node))
            {
                // What is inside of it was told when it was opened.
                if (_graph.Outer(waiting) != node)
                {
                    _nodes[waiting].Tally.Open--;
                    WeighIfPending(waiting, now);
                }
            }

            // Clean-up does not ask how that came to its end, nor whether a fallback stands for it.
            foreach (int cleanUp in _graph.CleanUps(node))
            {
                _nodes[cleanUp].Tally.Open--;
                WeighIfPending(cleanUp, now);
            }

            if (_work[node].State == NodeState.Failed && _graph.Fallback(node) is >= 0 and var fallback && !IsDecided(fallback))
            {
                _undecided.Add(node);
            }
            else
            {
                TellEnd(node, now);
                for (int other = _graph.FallbackFor(node); other >= 0 && _undecided.Remove(other); other = _graph.FallbackFor(other))
                {
                    TellEnd(other, now);
                }
            }

            TellDags(node, now);
        }
    }

    /// <summary>Takes a node whose dependents have not been told; where there is none, skips the next one that is to be.</summary>
    private bool TryTakeSettled(DateTimeOffset now, out int node)
    {
        while (!_settled.TryPop(out node))
        {
            if (!_toSkip.TryDequeue(out int next, out _))
            {
                return false;
            }

            if (_work[next].State == NodeState.Pending)
            {
                Skip(next, now);
            }
        }

        return true;
    }

    private bool IsDecided(int node) => _work[node].State >= NodeState.Succeeded && !_undecided.Contains(node);

    /// <summary>Tells the dependents of a node what it comes to, its fallback included.</summary>
    private void TellEnd(int node, DateTimeOffset now)
    {
        NodeState seen = _work[node].State;
        if (seen == NodeState.Failed)
        {
            seen = DecideFailure(node);
        }

        bool countsAsFailed = seen != NodeState.Succeeded && _nodes[node].CountsAsFailed;
        bool hasCleanUps = !_graph.CleanUps(node).IsEmpty;
        foreach (int dependent in _graph.Downstream(node))
        {
            if (hasCleanUps && _graph.CleanUpOf(dependent).Contains(node))
            {
                continue;
            }

            ref DependencyTally tally = ref _nodes[dependent].Tally;
            tally.Add(node, seen, countsAsFailed);

            // A success that is not the last end decides nothing, whatever the rule.
            if (tally.Open == 0 || seen != NodeState.Succeeded)
            {
                WeighIfPending(dependent, now);
            }
        }
    }

    /// <summary>What a failure comes to: whether a fallback stands for the node, or it may fail, or the run fails by it.</summary>
    private NodeState DecideFailure(int node)
    {
        int fallback = _graph.Fallback(node);
        if (fallback >= 0)
        {
            if (_work[fallback].State == NodeState.Succeeded)
            {
                _standIns[node] = fallback;
            }
            else if (_standIns.TryGetValue(fallback, out int last))
            {
                _standIns[node] = last;
            }

            bool isStoodFor = _standIns.TryGetValue(node, out int standIn);
            _observers.FallbackDecided(node, isStoodFor ? standIn : null);
            if (isStoodFor)
            {
                return NodeState.Succeeded;
            }
        }

        if (_graph.IsTolerated(node))
        {
            return NodeState.Succeeded;
        }

        _nodes[node].CountsAsFailed = true;
        NoteFailure(node);
        return NodeState.Failed;
    }

    private void WeighIfPending(int node, DateTimeOffset now)
    {
        if (_work[node].State == NodeState.Pending)
        {
            Weigh(node, now);
        }
    }

    /// <summary>Decides for a pending node whether it is ready, to be skipped, or has to go on waiting.</summary>
    private void Weigh(int node, DateTimeOffset now)
    {
        if (_graph.Outer(node) is >= 0 and var dag && !_nodes[dag].IsOpen)
        {
            // Dependencies that are restored have ended before that.
            return;
        }

        if (CannotRun(node, _nodes[node].Tally) != SkipCause.None)
        {
            _toSkip.Enqueue(node, PlaceInOrder(node));
        }
        else if (_nodes[node].Tally.Open == 0)
        {
            MakeReady(node, now);
        }
    }

    private int PlaceInOrder(int node)
    {
        while (_places.Count < _count)
        {
            int first = _places.Count;
            ReadOnlySpan<int> order = _graph.OrderFrom(first);
            CollectionsMarshal.SetCount(_places, first + order.Length);
            for (int i = 0; i < order.Length; i++)
            {
                _places[order[i]] = first + i;
            }
        }

        return _places[node];
    }

    private void Skip(int node, DateTimeOffset now)
    {
        ref NodeRecord record = ref _nodes[node];
        SkipCause cause = CannotRun(node, record.Tally);
        record.CountsAsFailed = cause == SkipCause.NotNeeded
            ? _nodes[_graph.FallbackFor(node)].CountsAsFailed
            : cause != SkipCause.NothingToCleanUp && record.Tally.Failed;
        Settle(node, NodeState.Skipped, now, cause: cause);
    }

    /// <summary>Why a pending node cannot run any more; <see cref="SkipCause.None"/> while it still can, or may now.</summary>
    private SkipCause CannotRun(int node, in DependencyTally tally)
    {
        if (_graph.FallbackFor(node) is >= 0 and var other && _work[other].State is >= NodeState.Succeeded and not NodeState.Failed)
        {
            return SkipCause.NotNeeded;
        }

        if (!_graph.CleanUpOf(node).IsEmpty)
        {
            return tally.Open == 0 && !HasSetUp(node) ? SkipCause.NothingToCleanUp : SkipCause.None;
        }

        // A rule says something of dependencies: where there are none, nothing stands in the way.
        return _graph.Upstream(node).IsEmpty ? SkipCause.None : TriggerRules.CannotHold(RuleOf(node), tally);
    }

    private TriggerRule RuleOf(int node) =>
        _graph.Has(node, NodeTraits.TriggerRule) ? _graph[node].TriggerRule : TriggerRule.AllSucceeded;

    /// <summary>
    /// Whether there is something for clean-up to do: a set-up, or a fallback for it, has started, in this run or in an earlier one.
    /// </summary>
    private bool HasSetUp(int cleanUp)
    {
        foreach (int setUp in _graph.CleanUpOf(cleanUp))
        {
            for (int node = setUp; node >= 0; node = _graph.Fallback(node))
            {
                if (HasBegun(node))
                {
                    return true;
                }

                // One whose dag came at its turn has begun itself.
                int last = node + (_graph.Has(node, NodeTraits.ExpandsAtTurn) ? 0 : _graph.CountInside(node));
                for (int inside = node + 1; inside <= last; inside++)
                {
                    if (HasBegun(inside))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether a node's own work has: of one with items that is theirs, and not that it was asked for them.</summary>
    private bool HasBegun(int node) => _restored.ContainsKey(node) || _restoredFailures.Contains(node)
        || (_graph.Has(node, NodeTraits.Mapped) && !_graph.IsDag(node) ? HasItemBegun(node) : _work[node].Attempts > 0);

    private void MakeReady(int unit, DateTimeOffset now, bool isStart = true)
    {
        SetState(unit, NodeState.Ready);
        _work[unit].Waits.BecomeReady(now);
        if (unit < WorkTable.FirstItemUnit && IsShutDag(unit) && _graph[unit].OpensAtOnce)
        {
            // It never holds a slot, and waits for none.
            _work[unit].Waits.Grant(now, fullTime: -1);
            SetState(unit, NodeState.Running);
            Open(unit, now);
            return;
        }

        _lanes.Add(unit, isStart);
    }

    private void Settle(
        int node, NodeState state, DateTimeOffset now, object? output = null, SkipCause cause = SkipCause.None, bool fromCheckpoint = false)
    {
        ref WorkRecord record = ref _work[node];
        SetState(node, state);
        record.EndTicks = now.UtcTicks;
        _settled.Push(node);
        if (_nodes[node].OpenDependents > 0)
        {
            record.Output = output;
        }

        record.SkipCause = cause;
        if (_graph.IsDag(node) && _graph.Has(node, NodeTraits.Mapped) && (fromCheckpoint || _nodes[node].IsOpen))
        {
            KeepDagsOfItems(node, fromCheckpoint, now);
        }

        ReleaseResults(node);
        foreach (int dependency in _graph.Upstream(node))
        {
            ReleaseOutput(dependency);
        }

        foreach (int other in _graph.AlsoAwaited(node))
        {
            if (_graph.FallbackFor(other) >= 0)
            {
                ReleaseOutput(other);
            }
        }

        if (_observers.IsEmpty)
        {
            return;
        }

        _observers.NodeFinished(new NodeResult
        {
            Index = node,
            Node = _graph[node],
            State = state,
            Output = output,
            Failure = record.Failure,
            Attempts = record.Attempts,
            Polls = record.Polls,
            StartTime = record.StartTime,
            EndTime = now,
            Items = _work.ItemsOf(node),
            Log = record.Log,
            WaitLog = record.Waits,
            FromCheckpoint = fromCheckpoint,
            Origin = fromCheckpoint ? _origins.GetValueOrDefault(node) : null,
            SkipCause = cause,
            SkippedBy = SkippedBy(node),
            SkipReason = record.SkipReason,
            StoppedAt = record.StoppedAt,
            CancelCause = record.CancelCause,
            CancelledBy = CancelledBy(node),
        });
    }

    private void ReleaseOutput(int dependency)
    {
        if (--_nodes[dependency].OpenDependents == 0)
        {
            _work[dependency].Output = null;
        }
    }

    private Node? SkippedBy(int node) => _work[node].SkipCause switch
    {
        SkipCause.DependencyFailed or SkipCause.DependencySkipped or SkipCause.DependencyCancelled => _graph[_nodes[node].Tally.BlockedBy],
        SkipCause.NotNeeded => _graph[_graph.FallbackFor(node)],
        SkipCause.DagNotStarted => _graph[_graph.Outer(node)],
        _ => null,
    };

    private Node? CancelledBy(int node) => _work[node].CancelCause == CancelCause.FailFast ? _graph[_firstFailed] : null;

    /// <summary>Where a node stands, and its attempts so far.</summary>
    private NodeHistory HistoryOf(int node, NodeAttempt? running)
    {
        ref WorkRecord record = ref _work[node];
        DateTimeOffset? start = running is not null && !record.AskedCondition ? running.BeginTime : record.StartTime;
        DateTimeOffset? end = record.EndTime;
        return new NodeHistory(
            record.State,
            start,
            end,
            end is { } ended
                ? record.Log.Of(record.State, record.Attempts > 0, record.Failure, start, ended)
                : record.Log.With(running?.ToRecord()))
        {
            ReadyTime = record.Waits.ReadyTime,
            Waits = record.Waits.Of(end, running?.StartTime),
        };
    }

    private void SetState(int unit, NodeState state)
    {
        if (_work.ItemsAround(unit) is { } items)
        {
            items.SetState(unit - items.FirstUnit, state);
            return;
        }

        ref WorkRecord record = ref _work[unit];
        Debug.Assert(record.State < NodeState.Succeeded, "A final state never changes.");
        _inState[(int)record.State]--;
        _inState[(int)state]++;
        record.State = state;
    }

    /// <summary>How a node stands to others; how its own work does is in the <see cref="WorkTable"/>.</summary>
    private struct NodeRecord
    {
        public DependencyTally Tally;
        public int OpenDependents;

        /// <summary>Whether rules take it for failed: it failed, or was cut off, or skipped because something was.</summary>
        public bool CountsAsFailed;

        /// <summary>Of a node that stands for a dag, whether what is inside may start, or has ended.</summary>
        public bool IsOpen;
    }
}
