using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Engine.Running;

/// <summary>
/// Runs a plan: gives each ready node its slot, retries, waits, times out, and cuts the run short when asked.
/// </summary>
/// <remarks>
/// It has no thread of its own. All state is in a <see cref="RunState"/> behind one lock, which is held for the moment of
/// a change and never while a node's work, a cancellation or a timer callback runs. Whichever thread ends an attempt
/// decides what starts next and starts it, so a dependent begins without a change of threads.
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification =
        "The token sources own no handle and no timer, and an attempt that was given up may still look at its token after the run.")]
public sealed class Scheduler : IAttemptOwner, IFlowOwner
{
    /// <summary>
    /// The scheduler whose dispatch loop runs on this thread; attempts that end inside it are served by that loop, not by recursion.
    /// </summary>
    [ThreadStatic]
    private static Scheduler? t_dispatching;

    /// <summary>Whether something ended, or became ready, inside that loop, which has to look again.</summary>
    [ThreadStatic]
    private static bool t_looksAgain;

    private readonly object _lock = new();
    private readonly RunState _state;
    private readonly INodeRunner _runner;
    private readonly RunOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ObserverList _observers;
    private readonly Dictionary<int, SlotRequest> _slotRequests = [];
    private readonly CancellationTokenSource _ordinaryWaits = new();
    private readonly CancellationTokenSource _cleanUpWaits = new();
    private readonly CancellationTokenSource _graceWaits = new();
    private readonly TaskCompletionSource<RunStatus> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IReadOnlyList<NodeSuccess>> _recorded;
    private readonly DateTimeOffset _startTime;
    private readonly long _startTimestamp;

    /// <summary>Null until a node needs them; under the lock.</summary>
    private AttemptPipelines? _pipelines;

    /// <summary>Cancelled to stop ordinary nodes, and later clean-up, which goes on after a stop and after the run's timeout.</summary>
    private readonly CancellationTokenSource _ordinaryStop = new();
    private readonly CancellationTokenSource _cleanUpStop = new();
    private ITimer? _runTimer;

    /// <summary>When the time for clean-up is over; under the lock.</summary>
    private ITimer? _cleanUpTimer;
    private DateTimeOffset? _cleanUpEnd;
    private ITimer? _rateTimer;

    /// <summary>When the next node that waits for its pool's rate is looked at again; under the lock.</summary>
    private DateTimeOffset? _rateTime;
    private int _hasEnded;

    /// <summary>When the last interrupt came, in UTC ticks; 0 for never.</summary>
    private long _interruptTicks;
    private volatile bool _wasAskedToStop;

    /// <summary>Makes a scheduler for one run.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="runner">Does the nodes' work.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="observers">Are told of every change, after the journal; a <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">A node is to be restored and not all that it depends on.</exception>
    public Scheduler(DagPlan plan, INodeRunner runner, RunOptions options, params IRunObserver?[] observers)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observers);
        bool IsRestored(int node) => options.Restored.ContainsKey(node) || options.RestoredFailures.Contains(node);
        if (!options.Restored.Keys.All(node => plan.Graph.Upstream(node).ToArray().All(IsRestored)))
        {
            throw new ArgumentException("All that a restored node depends on must be restored too.", nameof(options));
        }

        if (options.RestoredFailures.Any(node => plan.Graph.Fallback(node) is not (>= 0 and var fallback)
            || !(options.Restored.ContainsKey(fallback) || options.RestoredFailures.Contains(fallback))))
        {
            throw new ArgumentException("A failure is restored only with the fallback that stands for it.", nameof(options));
        }

        Plan = plan;
        _runner = runner;
        _options = options;
        _timeProvider = options.TimeProvider;
        _recorded = OnRecorded;
        _startTime = _timeProvider.GetUtcNow();
        _startTimestamp = _timeProvider.GetTimestamp();
        _observers = new ObserverList([options.Journal, .. observers]);
        _state = new RunState(plan, options, _observers);
    }

    /// <summary>What was planned before the run.</summary>
    public DagPlan Plan { get; }

    /// <summary>
    /// What is run, as far as it is known now: what was planned, and behind that the dags that nodes were found to stand for at their turn.
    /// </summary>
    public DagGraph Graph => _state.Graph;

    /// <summary>Completed when every node is in a final state, with how the run ended. Never faulted or cancelled.</summary>
    public Task<RunStatus> Completion => _completion.Task;

    /// <summary>How many nodes are in which state, now.</summary>
    public RunCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _state.Counts;
            }
        }
    }

    /// <summary>How many items are in which state, now, of every node that has some and was asked for them.</summary>
    /// <returns>A list of the caller's own, by node.</returns>
    public IReadOnlyList<(int Node, ItemCounts Counts)> ItemCounts()
    {
        lock (_lock)
        {
            return [.. _state.ItemCounts()];
        }
    }

    /// <summary>The attempts under way, now, by slot.</summary>
    /// <returns>A list of the caller's own.</returns>
    public IReadOnlyList<NodeAttempt> RunningAttempts()
    {
        lock (_lock)
        {
            return _state.Running();
        }
    }

    /// <summary>Where every node stands, now, by index.</summary>
    /// <returns>A copy, which does not change any more.</returns>
    public NodeHistory[] Histories()
    {
        lock (_lock)
        {
            return _state.Histories();
        }
    }

    /// <summary>Starts the run; call it once. Nodes may start, and even end, before it returns.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _state.Start(Now());
        }

        if (_options.Timeout is { } timeout)
        {
            _runTimer = _timeProvider.CreateTimer(
                static state => ((Scheduler)state!).TimeOut(), this, Timers.TimeoutFor(timeout), Timeout.InfiniteTimeSpan);
        }

        _options.Journal?.Lost.UnsafeRegister(static state => ((Scheduler)state!).OnJournalLost(), this);
        Advance();
    }

    /// <summary>
    /// Stops the run: nothing starts any more but clean-up, for <see cref="RunOptions.CleanUpTimeout"/> at most; all else that runs is
    /// asked to stop and given up after <see cref="RunTimes.GracePeriod"/>. Returns without waiting for that. Does nothing to a run that
    /// has ended, or was stopped.
    /// </summary>
    public void Stop()
    {
        _wasAskedToStop = true;
        CutShort(CancelCause.Stopped, _options.CleanUpTimeout ?? RunTimes.CleanUpAfterStop);
    }

    /// <summary>Stops the run and its clean-up: nothing starts any more, and all that runs is asked to stop.</summary>
    public void StopCleanUp()
    {
        Stop();
        EndCleanUp(CancelCause.Stopped);
    }

    /// <summary>Whether the run's timeout was over before the run ended.</summary>
    public bool HasTimedOut
    {
        get
        {
            lock (_lock)
            {
                return _state.HasTimedOut;
            }
        }
    }

    /// <summary>Whether clean-up is under way, or left to do.</summary>
    public bool HasCleanUpLeft
    {
        get
        {
            lock (_lock)
            {
                return _state.HasCleanUpLeft();
            }
        }
    }

    /// <summary>
    /// Notes that an interrupt, such as Ctrl+C at a terminal, reached this process. The programs that attempts started get it at the same
    /// moment, and may end of it before the host has come to <see cref="Stop"/>. So for <see cref="RunTimes.InterruptTime"/> what an
    /// attempt that is under way ends with is held: when the stop comes it was stopped, and only otherwise was its end its own.
    /// </summary>
    /// <remarks>For any thread; cheap, and without effect on a run that has ended.</remarks>
    public void NoteInterrupt() => Volatile.Write(ref _interruptTicks, Now().UtcTicks);

    /// <summary>There are more places: nodes that wait for one start at once.</summary>
    /// <param name="group">Their group.</param>
    /// <param name="count">How many.</param>
    public void AddPlaces(PlaceGroup group, int count) => ChangePlaces(group, places => places + count);

    /// <summary>
    /// A place is gone. What runs there goes on, or is ended by its runner: so a runner whose place breaks says this first, and then how
    /// the attempt in it ended.
    /// </summary>
    /// <param name="group">Its group.</param>
    public void LosePlace(PlaceGroup group) => ChangePlaces(group, static places => places - 1);

    /// <summary>
    /// No place is left, and none will come: the runner is handed all nodes of the group as if each had one, and fails them, with
    /// <see cref="FailureKind.NoSession"/>.
    /// </summary>
    /// <param name="group">The group.</param>
    public void EndPlaces(PlaceGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        lock (_lock)
        {
            _state.Lanes.EndPlaces(group);
        }

        Advance();
    }

    /// <summary>Takes back a place in which nothing runs, so that it may be closed.</summary>
    /// <param name="group">Its group.</param>
    /// <returns><see langword="false"/> if all places of the group are in use.</returns>
    public bool TryTakePlace(PlaceGroup group)
    {
        lock (_lock)
        {
            return _state.Lanes.TryTakePlace(group);
        }
    }

    /// <summary>How many nodes of a group are ready and wait for a place, now.</summary>
    /// <param name="group">The group.</param>
    /// <returns>How many.</returns>
    public int NodesWithoutPlace(PlaceGroup group)
    {
        lock (_lock)
        {
            return _state.Lanes.NodesWithoutPlace(group);
        }
    }

    /// <summary>Whether any ready node or item of a group waits for a place.</summary>
    /// <param name="group">The group.</param>
    /// <returns><see langword="true"/> if <see cref="NodesWithoutPlace"/> is more than 0, which takes longer to say.</returns>
    public bool HasNodesWithoutPlace(PlaceGroup group)
    {
        lock (_lock)
        {
            return _state.Lanes.HasNodesWithoutPlace(group);
        }
    }

    private void ChangePlaces(PlaceGroup group, Func<int, int> change)
    {
        ArgumentNullException.ThrowIfNull(group);
        lock (_lock)
        {
            _state.Lanes.ChangePlaces(group, change);
        }

        Advance();
    }

    DagGraph IAttemptOwner.Graph => Graph;

    DateTimeOffset IAttemptOwner.Now => Now();

    object? IAttemptOwner.OutputOf(int node) => OutputOf(node);

    /// <summary>What a node gave back; kept until its last dependent is in a final state.</summary>
    internal object? OutputOf(int node)
    {
        lock (_lock)
        {
            return _state.OutputOf(node);
        }
    }

    DependencyEnd IAttemptOwner.EndOf(int node)
    {
        lock (_lock)
        {
            return _state.EndOf(node);
        }
    }

    void IAttemptOwner.OnBegun(int slot)
    {
        if (_options.PoolRates.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            _state.Lanes.Begin(slot, Now());
        }

        WaitForRates();
    }

    void IAttemptOwner.OnEnded(int slot, AttemptOutcome outcome)
    {
        if (outcome.Doubt == TimeSpan.Zero && Volatile.Read(ref _interruptTicks) == 0)
        {
            EndAttempt(slot, outcome);
            return;
        }

        NodeAttempt attempt;
        lock (_lock)
        {
            attempt = _state.AttemptIn(slot);
        }

        DateTimeOffset end = Now();
        if (DoubtAbout(attempt, outcome, end) > TimeSpan.Zero)
        {
            _ = HoldAsync(attempt, outcome, end);
        }
        else
        {
            EndAttempt(slot, outcome);
        }
    }

    private void EndAttempt(int slot, AttemptOutcome outcome)
    {
        NodeAttempt attempt;
        lock (_lock)
        {
            DateTimeOffset now = Now();
            attempt = _state.ReleaseSlot(slot, outcome, now);
            if (attempt.Completion is null)
            {
                _state.TryFinish(attempt.Unit, outcome, now);
            }
        }

        attempt.Completion?.SetResult(outcome);
        Advance();
    }

    void IFlowOwner.Finish(int unit, AttemptOutcome outcome)
    {
        lock (_lock)
        {
            if (!_state.TryFinish(unit, outcome, Now()))
            {
                // Its flow comes late, and on another thread, where nothing more is to be started.
                return;
            }
        }

        Advance();
    }

    bool IFlowOwner.MayStart(int unit)
    {
        lock (_lock)
        {
            return _state.MayStart(unit);
        }
    }

    bool IFlowOwner.TryWait(int unit, NodeFailure failure, TimeSpan delay)
    {
        lock (_lock)
        {
            return _state.TryWait(unit, failure, delay, Now());
        }
    }

    ValueTask<NodeAttempt?> IFlowOwner.RequestSlotAsync(int unit, bool hasWaited, CancellationToken waitToken) =>
        RequestSlotAsync(
            unit,
            isInquiry: false,
            () => hasWaited ? _state.TryRequeue(unit, Now()) : _state.TryStartAgain(unit, Now()),
            waitToken);

    ValueTask<NodeAttempt?> IFlowOwner.RequestInquiryAsync(int unit, NodeFailure failure, CancellationToken waitToken) =>
        RequestSlotAsync(unit, isInquiry: true, () => _state.TryInquire(unit, failure, Now()), waitToken);

    /// <param name="unit">The node or item.</param>
    /// <param name="isInquiry">Whether for a question, not for an attempt.</param>
    /// <param name="tryQueue">Puts it into the queue; under the lock.</param>
    /// <param name="waitToken">Cancelled when the run is cut short.</param>
    private async ValueTask<NodeAttempt?> RequestSlotAsync(int unit, bool isInquiry, Func<bool> tryQueue, CancellationToken waitToken)
    {
        var request = new SlotRequest(isInquiry);
        lock (_lock)
        {
            if (!tryQueue())
            {
                return null;
            }

            _slotRequests.Add(unit, request);
        }

        // When the run is cut short the node is cancelled under the lock first and the token after it. An attempt that was
        // granted before that is in the slot table, and goes on.
        using CancellationTokenRegistration cut = waitToken.UnsafeRegister(
            static state => ((SlotRequest)state!).TrySetResult(null), request);
        Advance();
        NodeAttempt? attempt = await request.Task.ConfigureAwait(false);
        lock (_lock)
        {
            _slotRequests.Remove(unit);
            return attempt ?? _state.AttemptOf(unit);
        }
    }

    void IFlowOwner.StartOnRunner(NodeAttempt attempt) => StartOnRunner(attempt);

    void IFlowOwner.AbandonAfterGrace(NodeAttempt attempt) => _ = AbandonAfterGraceAsync([attempt]);

    private void StartOnRunner(NodeAttempt attempt)
    {
        _observers.CatchUp();
        try
        {
            _runner.Start(attempt);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A runner that cannot even start the attempt, for want of a thread or a runspace, fails that node alone.
            attempt.Complete(AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, exception.Message, exception)));
        }
    }

    /// <summary>Gives the attempts up that have not ended when the grace period is over.</summary>
    private async Task AbandonAfterGraceAsync(IReadOnlyList<NodeAttempt> attempts)
    {
        if (!await WaitGracePeriodAsync().ConfigureAwait(false))
        {
            return;
        }

        foreach (NodeAttempt attempt in attempts)
        {
            if (attempt.TryEnd())
            {
                Abandon(attempt);
            }
        }
    }

    /// <summary>Holds the end of an attempt, which keeps its slot, until it is clear whether a stop explains it.</summary>
    private async Task HoldAsync(NodeAttempt attempt, AttemptOutcome outcome, DateTimeOffset end)
    {
        // An interrupt that is noted meanwhile makes it longer.
        while (!attempt.RunStopToken.IsCancellationRequested && DoubtAbout(attempt, outcome, end) is { Ticks: > 0 } doubt)
        {
            // Not Task.Delay, which takes a cancellation to another thread: that may be late for the end of the run.
            var over = new TaskCompletionSource();
            using CancellationTokenRegistration stop = attempt.RunStopToken.UnsafeRegister(SetOver, over);
            using ITimer timer = _timeProvider.CreateTimer(SetOver, over, Timers.RoundUp(doubt), Timeout.InfiniteTimeSpan);
            await over.Task.ConfigureAwait(false);
        }

        // The run's timeout cancels the token as well; what had ended before it ended by itself.
        bool wasStopped = attempt.RunStopToken.IsCancellationRequested && _wasAskedToStop;
        EndAttempt(attempt.Slot, wasStopped ? AttemptOutcome.Stopped : outcome);
    }

    private static void SetOver(object? over) => ((TaskCompletionSource)over!).TrySetResult();

    /// <summary>For how long from now a stop may come that explains how an attempt ended.</summary>
    private TimeSpan DoubtAbout(NodeAttempt attempt, AttemptOutcome outcome, DateTimeOffset end)
    {
        if (outcome.Kind is AttemptOutcomeKind.Stopped or AttemptOutcomeKind.Abandoned)
        {
            return TimeSpan.Zero;
        }

        DateTimeOffset now = Now();
        TimeSpan ofOutcome = outcome.Doubt - (now - end);
        long interruptTicks = Volatile.Read(ref _interruptTicks);
        TimeSpan ofInterrupt = interruptTicks >= attempt.StartTime.UtcTicks && interruptTicks != 0
            ? RunTimes.InterruptTime - TimeSpan.FromTicks(now.UtcTicks - interruptTicks)
            : TimeSpan.Zero;
        return ofOutcome > ofInterrupt ? ofOutcome : ofInterrupt;
    }

    /// <returns><see langword="false"/> if the run ended first.</returns>
    private async Task<bool> WaitGracePeriodAsync()
    {
        try
        {
            await Task.Delay(RunTimes.GracePeriod, _timeProvider, _graceWaits.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Has the journal keep what has succeeded.</summary>
    private void RecordSuccesses()
    {
        while (TryTakeUnrecorded() is { } success)
        {
            _options.Journal!.Record(success, _recorded);
        }
    }

    private NodeSuccess? TryTakeUnrecorded()
    {
        if (_options.Journal is null)
        {
            return null;
        }

        lock (_lock)
        {
            return _state.TryTakeUnrecorded(out NodeSuccess? success) ? success : null;
        }
    }

    private void OnRecorded(IReadOnlyList<NodeSuccess> successes)
    {
        lock (_lock)
        {
            DateTimeOffset now = Now();
            for (int i = 0; i < successes.Count; i++)
            {
                _state.Recorded(successes[i].Unit, now);
            }
        }

        Advance();
    }

    /// <summary>Without a journal nothing starts any more but clean-up. What runs is left to run.</summary>
    private void OnJournalLost()
    {
        lock (_lock)
        {
            _state.LoseJournal(Now());
        }

        Advance();
    }

    /// <summary>A run that is stopped does not wait for a disk that hangs any longer than for a node that does.</summary>
    private async Task GiveUpRecordsAfterGraceAsync(bool ofCleanUp)
    {
        if (!await WaitGracePeriodAsync().ConfigureAwait(false))
        {
            return;
        }

        lock (_lock)
        {
            _state.GiveUpRecords(Now(), ofCleanUp);
        }

        Advance();
    }

    private void Abandon(NodeAttempt attempt)
    {
        try
        {
            _runner.Abandon(attempt);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Its slot is free all the same, and so are those of the others that are to be given up.
        }

        ((IAttemptOwner)this).OnEnded(attempt.Slot, AttemptOutcome.Abandoned);
    }

    private void TimeOut() => CutShort(CancelCause.RunTimedOut, _options.CleanUpTimeout ?? RunTimes.CleanUpAfterTimeout);

    /// <summary>
    /// Stops all but clean-up, and bounds that. Fail-fast comes from inside the state; this is for the run's timeout and for a stop, of
    /// which the second to come bounds clean-up again, and changes nothing else.
    /// </summary>
    private void CutShort(CancelCause cause, TimeSpan cleanUpTime)
    {
        if (!HasTimeForCleanUp(cleanUpTime))
        {
            EndCleanUp(cause);
            return;
        }

        List<NodeAttempt> running;
        lock (_lock)
        {
            bool isFirst = !_ordinaryStop.IsCancellationRequested;
            if ((!isFirst && cause == CancelCause.RunTimedOut) || !_state.TryStop(Restriction.CleanUpOnly, cause, Now()))
            {
                return;
            }

            running = isFirst ? _state.Running().FindAll(attempt => !Graph.IsCleanUp(attempt.Index)) : [];
            BoundCleanUp(cleanUpTime);
        }

        End(running, _ordinaryStop, isEnd: cause == CancelCause.Stopped);
    }

    private bool HasTimeForCleanUp(TimeSpan time)
    {
        lock (_lock)
        {
            // Where nothing has begun there is nothing to clean up.
            return time > TimeSpan.Zero && _state.HasStarted;
        }
    }

    /// <summary>Sets when the time for clean-up is over, unless it is sooner already. Under the lock.</summary>
    private void BoundCleanUp(TimeSpan time)
    {
        DateTimeOffset end = Now() + time;
        if (_cleanUpEnd <= end || !_state.HasCleanUpLeft())
        {
            return;
        }

        _cleanUpEnd = end;
        _cleanUpTimer?.Dispose();
        _cleanUpTimer = _timeProvider.CreateTimer(
            static state =>
                ((Scheduler)state!).EndCleanUp(CancelCause.CleanUpTimedOut), this, Timers.TimeoutFor(time), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops clean-up as well: nothing starts any more.</summary>
    private void EndCleanUp(CancelCause cause)
    {
        List<NodeAttempt> running;
        lock (_lock)
        {
            if (_state.Restriction == Restriction.Nothing)
            {
                _state.NoteStop(cause);
                return;
            }

            if (!_state.TryStop(Restriction.Nothing, cause, Now()))
            {
                return;
            }

            running = _state.Running();
        }

        End(running, _ordinaryStop, isEnd: false);
        End([], _cleanUpStop, isEnd: true);
    }

    private void End(List<NodeAttempt> running, CancellationTokenSource stop, bool isEnd)
    {
        if (running.Count > 0)
        {
            _ = AbandonAfterGraceAsync(running);
        }

        if (isEnd && _options.Journal is not null)
        {
            _ = GiveUpRecordsAfterGraceAsync(ofCleanUp: stop == _cleanUpStop);
        }

        stop.Cancel();
        Advance();
    }

    /// <summary>Does, after every change and outside the lock, what the change calls for.</summary>
    private void Advance()
    {
        RecordSuccesses();
        CancelWaits();
        Dispatch();
        _observers.CatchUp();
        EndRun();
    }

    private void CancelWaits()
    {
        // Who changes it comes by here too.
        Restriction restriction = _state.Restriction;
        if (restriction >= Restriction.CleanUpOnly && !_ordinaryWaits.IsCancellationRequested)
        {
            _ordinaryWaits.Cancel();
        }

        if (restriction == Restriction.Nothing && !_cleanUpWaits.IsCancellationRequested)
        {
            _cleanUpWaits.Cancel();
        }
    }

    private void Dispatch()
    {
        if (t_dispatching == this)
        {
            t_looksAgain = true;
            return;
        }

        Scheduler? outer = t_dispatching;
        bool outerLooksAgain = t_looksAgain;
        t_dispatching = this;
        try
        {
            do
            {
                bool mayBeMore = true;
                while ((mayBeMore || t_looksAgain)
                    && TryGrant(out NodeAttempt? attempt, out NodeFlow? newFlow, out SlotRequest? request, out mayBeMore))
                {
                    if (newFlow is not null)
                    {
                        _ = newFlow.RunAsync();
                    }
                    else if (request is not null)
                    {
                        request.TrySetResult(attempt);
                    }
                    else
                    {
                        StartOnRunner(attempt);
                    }
                }
            }
            while (TellOfWantedPlaces());
            WaitForRates();
        }
        finally
        {
            t_dispatching = outer;
            t_looksAgain = outerLooksAgain;
        }
    }

    /// <summary>Looks again when the rate of a pool lets a node start.</summary>
    private void WaitForRates()
    {
        if (_options.PoolRates.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            DateTimeOffset now = Now();
            DateTimeOffset? next = _state.Lanes.NextStart(now);
            if (next == _rateTime)
            {
                return;
            }

            _rateTime = next;
            _rateTimer ??= _timeProvider.CreateTimer(
                static state => ((Scheduler)state!).OnRateTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _rateTimer.Change(next is { } time ? DelayUntil(time, now) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        static TimeSpan DelayUntil(DateTimeOffset time, DateTimeOffset now) =>
            time > now ? Timers.TimeoutFor(Timers.RoundUp(time - now)) : TimeSpan.Zero;
    }

    private void OnRateTime()
    {
        lock (_lock)
        {
            _rateTime = null;
            _state.Lanes.LookAgain();
        }

        Advance();
    }

    /// <summary>Tells groups that nodes found no free place.</summary>
    /// <returns>Whether there was something to tell; who was told may have opened places.</returns>
    private bool TellOfWantedPlaces()
    {
        if (_options.Places is null && _options.PoolPlaces.Count == 0)
        {
            return false;
        }

        IReadOnlyList<PlaceGroup> groups;
        lock (_lock)
        {
            groups = _state.Lanes.TakeWanting();
        }

        foreach (PlaceGroup group in groups)
        {
            group.PlaceWanted!();
        }

        return groups.Count > 0;
    }

    /// <summary>
    /// Grants the next slot: to a node or item without policies, to the new flow of one that has some, or to a flow's further request.
    /// </summary>
    /// <param name="attempt">The attempt that has the slot.</param>
    /// <param name="newFlow">The flow, if it is a new one.</param>
    /// <param name="request">The request.</param>
    /// <param name="mayBeMore">Whether there may be another slot, and a node for it, as things are now.</param>
    private bool TryGrant(
        [NotNullWhen(true)] out NodeAttempt? attempt, out NodeFlow? newFlow, out SlotRequest? request, out bool mayBeMore)
    {
        t_looksAgain = false;
        lock (_lock)
        {
            attempt = null;
            newFlow = null;
            request = null;
            mayBeMore = false;
            DateTimeOffset now = Now();
            if (_state.AwaitsJournal || !_state.TryGrant(now, out int unit))
            {
                return false;
            }

            int index = _state.NodeOf(unit);
            NodeTraits traits = Graph.TraitsOf(index);
            bool hasFlow = traits.HasFlag(NodeTraits.Policy);
            bool isCleanUp = traits.HasFlag(NodeTraits.CleanUp);
            CancellationTokenSource stop = isCleanUp ? _cleanUpStop : _ordinaryStop;
            bool isNew = !hasFlow || !_slotRequests.Remove(unit, out request);
            bool isInquiry = request is { IsInquiry: true };
            int number = isInquiry ? _state.NextAttempt(unit) - 1 : _state.NextAttempt(unit);
            attempt = new NodeAttempt(this, index, number, _state.AsksCondition(unit), _state.LastFailure(unit))
            {
                Unit = unit,
                Items = _state.ItemsAround(unit),
                IsInquiry = isInquiry,
                StartTime = now,
                StopToken = stop.Token,
                RunStopToken = stop.Token,
                Completion = hasFlow ? new TaskCompletionSource<AttemptOutcome>() : null,
            };
            _state.Begin(attempt);
            if (hasFlow && isNew)
            {
                CancellationTokenSource waits = isCleanUp ? _cleanUpWaits : _ordinaryWaits;
                newFlow = NewFlow(attempt, waits.Token);
            }

            mayBeMore = _state.Lanes.MayGiveMore(now);
            return true;
        }
    }

    /// <remarks>Not a part of <see cref="TryGrant"/>: Polly is loaded when this is compiled, and most runs need none.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private NodeFlow NewFlow(NodeAttempt first, CancellationToken waitToken)
    {
        _pipelines ??= new AttemptPipelines(_timeProvider, _options.Randomizer);
        return new NodeFlow(this, _pipelines, _timeProvider, first, waitToken);
    }

    private void EndRun()
    {
        // Who ends the last node sees that it is the last: all others have ended theirs under the lock before.
        if (!_state.IsFinished)
        {
            return;
        }

        RunStatus status;
        lock (_lock)
        {
            status = _state.Status;
        }

        if (status != RunStatus.Running)
        {
            // More than once, if need be: a run that is stopped while it is being started may end before it has its timer.
            _runTimer?.Dispose();
            lock (_lock)
            {
                _cleanUpTimer?.Dispose();
                _rateTimer?.Dispose();
            }

            _graceWaits.Cancel();
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                _observers.RunEnded(status, Now());
                _completion.SetResult(status);
            }
        }
    }

    private DateTimeOffset Now() => _startTime + _timeProvider.GetElapsedTime(_startTimestamp);

    /// <summary>A flow that waits for a slot, for an attempt or for an inquiry.</summary>
    private sealed class SlotRequest(bool isInquiry) : TaskCompletionSource<NodeAttempt?>
    {
        public bool IsInquiry { get; } = isInquiry;
    }
}
