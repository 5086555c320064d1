using System.Diagnostics.CodeAnalysis;
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
    Justification = "The token sources own no handle and no timer, and an attempt that was given up may still look at its token after the run.")]
public sealed class Scheduler
{
    /// <summary>
    /// The name of the <see cref="System.Diagnostics.ActivitySource"/> of a run's spans: one for the run, under what is current
    /// where its scheduler is made; one for each node; one for each attempt, <see cref="NodeAttempt.Activity"/>.
    /// </summary>
    public const string ActivitySourceName = "DagShell";

    /// <summary>How long an attempt that was asked to stop may take to do so before it is given up: 2 s (design, section 3).</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    /// <summary>How long a node waits between two polls of preconditions that do not hold: 1 s.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>The scheduler whose dispatch loop runs on this thread; attempts that end inside it are served by that loop, not by recursion.</summary>
    [ThreadStatic]
    private static Scheduler? t_dispatching;

    private readonly object _lock = new();
    private readonly RunState _state;
    private readonly INodeRunner _runner;
    private readonly RunOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly AttemptPipelines _pipelines;
    private readonly SlotTable _slots = new();
    private readonly RunTrace? _trace;

    /// <summary>Nodes whose work has succeeded and whose record is not kept yet. They are still Running, and hold no slot.</summary>
    private readonly Dictionary<int, AttemptOutcome> _unrecorded = [];
    private readonly Dictionary<int, SlotRequest> _slotRequests = [];
    private readonly CancellationTokenSource _ordinaryWaits = new();
    private readonly CancellationTokenSource _cleanUpWaits = new();
    private readonly CancellationTokenSource _graceWaits = new();
    private readonly TaskCompletionSource<RunStatus> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startTime;
    private readonly long _startTimestamp;

    /// <summary>Cancelled to stop what runs; replaced then, because clean-up still runs after the run's timeout.</summary>
    private CancellationTokenSource _stop = new();
    private ITimer? _runTimer;

    /// <summary>Makes a scheduler for one run.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="runner">Does the nodes' work.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="observer">Is told of every change, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The throttle limit is less than 1.</exception>
    /// <exception cref="ArgumentException">A node is to be restored and not all that it depends on.</exception>
    public Scheduler(DagPlan plan, INodeRunner runner, RunOptions options, IRunObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ThrottleLimit, 1, nameof(options));
        if (options.Restored.Keys.Any(node => plan.Graph.Upstream(node).ToArray().Any(dependency => !options.Restored.ContainsKey(dependency))))
        {
            throw new ArgumentException("All that a restored node depends on must be restored too.", nameof(options));
        }

        Plan = plan;
        _runner = runner;
        _options = options;
        _timeProvider = options.TimeProvider;
        _pipelines = new AttemptPipelines(options.TimeProvider, options.Randomizer);
        _startTime = _timeProvider.GetUtcNow();
        _startTimestamp = _timeProvider.GetTimestamp();
        _trace = RunTrace.Begin(plan.Graph, options, observer, Now);
        _state = new RunState(plan, options, _trace ?? observer);
    }

    /// <summary>What is run.</summary>
    public DagPlan Plan { get; }

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

    /// <summary>The attempts under way, now, by slot.</summary>
    /// <returns>A list of the caller's own.</returns>
    public IReadOnlyList<NodeAttempt> RunningAttempts()
    {
        lock (_lock)
        {
            return _slots.Running();
        }
    }

    /// <summary>Where every node stands, now, by index.</summary>
    /// <returns>A copy, which does not change any more.</returns>
    public NodeHistory[] Histories()
    {
        lock (_lock)
        {
            Dictionary<int, NodeAttempt> running = _slots.Running()
                .Where(attempt => !attempt.IsInquiry)
                .ToDictionary(attempt => attempt.Index);
            var histories = new NodeHistory[Plan.Graph.Count];
            for (int node = 0; node < histories.Length; node++)
            {
                histories[node] = _state.HistoryOf(node, running.GetValueOrDefault(node));
            }

            return histories;
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
                static state => ((Scheduler)state!).CutShort(Restriction.CleanUpOnly), this, Timers.TimeoutFor(timeout), Timeout.InfiniteTimeSpan);
        }

        _options.Journal?.Lost.UnsafeRegister(static state => ((Scheduler)state!).OnJournalLost(), this);
        Advance();
    }

    /// <summary>
    /// Stops the run: nothing starts any more, what runs is asked to stop and given up after <see cref="GracePeriod"/>.
    /// Returns without waiting for that. Does nothing to a run that has ended.
    /// </summary>
    public void Stop() => CutShort(Restriction.Nothing);

    internal object? OutputOf(int node) => _state.OutputOf(node);

    /// <summary>An attempt ended, or was abandoned.</summary>
    internal void OnCompleted(NodeAttempt attempt, AttemptOutcome outcome)
    {
        NodeSuccess? success = null;
        lock (_lock)
        {
            DateTimeOffset now = Now();
            _slots.Free(attempt);
            _state.ReleaseSlot(attempt, outcome, now);
            _trace?.AttemptEnded(attempt, now);
            if (attempt.Completion is null)
            {
                success = FinishOrRecord(attempt.Index, outcome, now);
            }
        }

        attempt.Completion?.SetResult(outcome);
        Record(success);
        Advance();
    }

    /// <summary>A flow has come to its end.</summary>
    internal void Finish(int node, AttemptOutcome outcome)
    {
        NodeSuccess? success;
        lock (_lock)
        {
            if (!_state.IsRunning(node))
            {
                // It was cancelled while it waited, and all that this called for has been done.
                return;
            }

            success = FinishOrRecord(node, outcome, Now());
        }

        Record(success);
        Advance();
    }

    internal bool MayStart(int node)
    {
        lock (_lock)
        {
            return _state.MayStart(node);
        }
    }

    internal bool TryWait(int node, NodeFailure failure, TimeSpan delay)
    {
        lock (_lock)
        {
            return _state.TryWait(node, failure, delay);
        }
    }

    /// <summary>Queues a node for a further slot: one that waited, or one that timed out and whose runner is to be asked about that.</summary>
    /// <param name="node">Its index.</param>
    /// <param name="waitToken">Cancelled when the run is cut short.</param>
    /// <param name="inquireAbout">What to ask the runner about; null for an attempt.</param>
    /// <returns>The attempt the slot was granted to; null if the run was cut short first.</returns>
    internal async ValueTask<NodeAttempt?> RequestSlotAsync(int node, CancellationToken waitToken, NodeFailure? inquireAbout = null)
    {
        var request = new SlotRequest(isInquiry: inquireAbout is not null);
        lock (_lock)
        {
            if (inquireAbout is null ? !_state.TryRequeue(node) : !_state.TryInquire(node, inquireAbout))
            {
                return null;
            }

            _slotRequests.Add(node, request);
        }

        // When the run is cut short the node is cancelled under the lock first and the token after it. An attempt that was
        // granted before that is in the slot table, and goes on.
        using CancellationTokenRegistration cut = waitToken.UnsafeRegister(
            static state => ((SlotRequest)state!).TrySetResult(null), request);
        Advance();
        NodeAttempt? attempt = await request.Task.ConfigureAwait(false);
        lock (_lock)
        {
            _slotRequests.Remove(node);
            return attempt ?? _slots.AttemptOf(node);
        }
    }

    /// <summary>Hands an attempt to the runner.</summary>
    internal void StartOnRunner(NodeAttempt attempt)
    {
        _trace?.Start(attempt);
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
    internal async Task AbandonAfterGraceAsync(IReadOnlyList<NodeAttempt> attempts)
    {
        try
        {
            await Task.Delay(GracePeriod, _timeProvider, _graceWaits.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
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

    /// <summary>Ends a node, unless the journal is to keep its success first: then gives what it is to keep.</summary>
    private NodeSuccess? FinishOrRecord(int node, AttemptOutcome outcome, DateTimeOffset now)
    {
        if (_options.Journal is null || outcome.Kind != AttemptOutcomeKind.Succeeded || !_state.IsRunning(node))
        {
            _state.Finish(node, outcome, now);
            return null;
        }

        _unrecorded.Add(node, outcome);
        return _state.SuccessOf(node, outcome.Output, now);
    }

    private void Record(NodeSuccess? success)
    {
        if (success is not null)
        {
            _options.Journal!.Record(success, () => OnRecorded(success.Index));
        }
    }

    /// <summary>The journal has kept a success, or is lost and never will. Either way the work was done, and the node has succeeded.</summary>
    private void OnRecorded(int node)
    {
        lock (_lock)
        {
            if (_unrecorded.Remove(node, out AttemptOutcome? outcome))
            {
                _state.Finish(node, outcome, Now());
            }
        }

        Advance();
    }

    /// <summary>Without a journal nothing starts any more but clean-up. What runs is left to run.</summary>
    private void OnJournalLost()
    {
        lock (_lock)
        {
            if (_state.IsFinished)
            {
                return;
            }

            _state.HasLostJournal = true;
            _state.CutShort(Restriction.CleanUpOnly, Now());
        }

        Advance();
    }

    /// <summary>A run that is stopped does not wait for a disk that hangs any longer than for a node that does.</summary>
    private async Task GiveUpRecordsAfterGraceAsync()
    {
        try
        {
            await Task.Delay(GracePeriod, _timeProvider, _graceWaits.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        List<int> unrecorded;
        lock (_lock)
        {
            unrecorded = [.. _unrecorded.Keys];
            _state.HasLostJournal |= unrecorded.Count > 0;
        }

        unrecorded.ForEach(OnRecorded);
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

        OnCompleted(attempt, AttemptOutcome.Abandoned);
    }

    /// <summary>Fail-fast comes from inside the state; this is for the run's timeout and for a stop.</summary>
    private void CutShort(Restriction restriction)
    {
        List<NodeAttempt> running;
        CancellationTokenSource stop;
        lock (_lock)
        {
            if (_state.IsFinished)
            {
                return;
            }

            _state.WasStopped = true;
            _state.CutShort(restriction, Now());
            running = _slots.Running();
            stop = _stop;
            _stop = new CancellationTokenSource();
        }

        if (running.Count > 0)
        {
            _ = AbandonAfterGraceAsync(running);
        }

        if (restriction == Restriction.Nothing && _options.Journal is not null)
        {
            _ = GiveUpRecordsAfterGraceAsync();
        }

        stop.Cancel();
        Advance();
    }

    /// <summary>Does, after every change and outside the lock, what the change calls for.</summary>
    private void Advance()
    {
        CancelWaits();
        Dispatch();
        _trace?.Flush();
        End();
    }

    private void CancelWaits()
    {
        Restriction restriction;
        lock (_lock)
        {
            restriction = _state.Restriction;
        }

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
            return;
        }

        Scheduler? outer = t_dispatching;
        t_dispatching = this;
        try
        {
            while (TryGrant(out NodeAttempt? attempt, out NodeFlow? newFlow, out SlotRequest? request))
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
        finally
        {
            t_dispatching = outer;
        }
    }

    /// <summary>Grants the next slot: to a node without policies, to the new flow of one that has some, or to a flow's further request.</summary>
    private bool TryGrant(
        [NotNullWhen(true)] out NodeAttempt? attempt, out NodeFlow? newFlow, out SlotRequest? request)
    {
        lock (_lock)
        {
            attempt = null;
            newFlow = null;
            request = null;
            DateTimeOffset now = Now();
            if (!_state.TryGrant(now, out int index))
            {
                return false;
            }

            var node = Plan.Graph[index];
            bool hasFlow = node.Retry is not null || node.Timeout is not null || node.PreconditionTimeout is not null;
            bool isNew = !hasFlow || !_slotRequests.Remove(index, out request);
            bool isInquiry = request is { IsInquiry: true };
            int number = isInquiry ? _state.NextAttempt(index) - 1 : _state.NextAttempt(index);
            attempt = new NodeAttempt(this, index, node, number, _state.AsksCondition(index), _state.LastFailure(index))
            {
                IsInquiry = isInquiry,
                StartTime = now,
                StopToken = _stop.Token,
                Completion = hasFlow ? new TaskCompletionSource<AttemptOutcome>() : null,
            };
            _slots.Take(attempt);
            _state.Announce(attempt);
            if (hasFlow && isNew)
            {
                var waits = TriggerRules.OutlivesRun(node.TriggerRule) ? _cleanUpWaits : _ordinaryWaits;
                newFlow = new NodeFlow(this, _pipelines, _timeProvider, attempt, waits.Token);
            }

            return true;
        }
    }

    private void End()
    {
        RunStatus status;
        lock (_lock)
        {
            status = _state.Status;
        }

        if (status != RunStatus.Running)
        {
            // More than once, if need be: a run that is stopped while it is being started may end before it has its timer.
            _runTimer?.Dispose();
            _graceWaits.Cancel();
            _trace?.End(status);
            _completion.TrySetResult(status);
        }
    }

    private DateTimeOffset Now() => _startTime + _timeProvider.GetElapsedTime(_startTimestamp);

    /// <summary>A flow that waits for a slot, for an attempt or for an inquiry.</summary>
    private sealed class SlotRequest(bool isInquiry) : TaskCompletionSource<NodeAttempt?>
    {
        public bool IsInquiry { get; } = isInquiry;
    }
}
