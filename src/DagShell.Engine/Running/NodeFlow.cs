using DagShell.Engine.Graph;
using Polly;
using Polly.Timeout;

namespace DagShell.Engine.Running;

/// <summary>
/// The way of one node, or item, that has a retry policy, a timeout or polled preconditions: retry around (slot around (timeout
/// around the attempt)). It begins with the grant of its first slot and asks for a new slot for each further
/// attempt or poll, so a node that waits holds none.
/// </summary>
/// <remarks>Runs on whichever thread ended what it waited for; one at a time. Everything shared is asked of the scheduler.</remarks>
internal sealed class NodeFlow : IRetriedWork
{
    private readonly IFlowOwner _owner;
    private readonly AttemptPipelines _pipelines;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationToken _waitToken;
    private readonly Node _node;
    private readonly int _unit;
    private NodeAttempt? _granted;
    private NodeAttempt? _last;
    private AttemptOutcome? _failed;

    /// <summary>What the answer to an inquiry was, where that skipped the node.</summary>
    private AttemptOutcome? _skipped;

    /// <summary>How long to wait, as the answer to the last inquiry said.</summary>
    private TimeSpan? _delayOfAnswer;

    public NodeFlow(IFlowOwner owner, AttemptPipelines pipelines, TimeProvider timeProvider, NodeAttempt first, CancellationToken waitToken)
    {
        _owner = owner;
        _pipelines = pipelines;
        _timeProvider = timeProvider;
        _waitToken = waitToken;
        _node = first.Node;
        _unit = first.Unit;
        _granted = first;
    }

    /// <summary>Takes the node to its end, and tells the scheduler.</summary>
    public async Task RunAsync()
    {
        AttemptOutcome outcome;
        try
        {
            Outcome<AttemptOutcome> ended = await _pipelines.RetryAsync(_node.Retry, this, _waitToken).ConfigureAwait(false);
            if (_granted is not null)
            {
                // The run was cut short after the grant and before the retry policy began. What has its slot runs, once.
                ended = await AttemptAsync().ConfigureAwait(false);
            }

            outcome = _skipped ?? ended.Result ?? ended.Exception switch
            {
                // The wait for a retry was cut short. If that came before the node was Waiting, it has simply failed.
                OperationCanceledException => _failed ?? AttemptOutcome.Stopped,
                { } exception => Unexpected(exception),
                null => AttemptOutcome.Stopped,
            };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nothing may leave a node without an end: the run would wait for it for ever.
            outcome = Unexpected(exception);
        }

        // A policy that could not even begin has left the slot unused.
        _granted?.Complete(outcome);
        _owner.Finish(_unit, outcome);
    }

    /// <inheritdoc/>
    /// <remarks>Polls the preconditions, each poll in a slot of its own, then runs.</remarks>
    public async ValueTask<Outcome<AttemptOutcome>> AttemptAsync()
    {
        long? firstPoll = null;
        bool hasWaited = true;
        while (true)
        {
            NodeAttempt? attempt = _granted ?? await _owner.RequestSlotAsync(_unit, hasWaited, _waitToken).ConfigureAwait(false);
            _granted = null;
            if (attempt is null)
            {
                // Cancelled while it waited; or, cut short at the moment its attempt failed, simply failed.
                return Outcome.FromResult(hasWaited && _failed is not null ? _failed : AttemptOutcome.Stopped);
            }

            firstPoll ??= _timeProvider.GetTimestamp();
            AttemptOutcome outcome = await RunAttemptAsync(attempt).ConfigureAwait(false);
            hasWaited = outcome.Kind != AttemptOutcomeKind.Lost;
            if (!hasWaited)
            {
                continue;
            }

            if (outcome.Failure is not { Kind: FailureKind.PreconditionNotMet } failure || _node.PreconditionTimeout is not { } limit)
            {
                return Outcome.FromResult(outcome);
            }

            TimeSpan left = limit - _timeProvider.GetElapsedTime(firstPoll.Value);
            if (left <= TimeSpan.Zero)
            {
                return Outcome.FromResult(outcome);
            }

            TimeSpan interval = _node.PreconditionInterval ?? RunTimes.PollInterval;
            TimeSpan delay = left < interval ? Timers.RoundUp(left) : interval;
            if (!_owner.TryWait(_unit, failure, delay))
            {
                return Outcome.FromResult(AttemptOutcome.Stopped);
            }

            try
            {
                await Task.Delay(delay, _timeProvider, _waitToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Outcome.FromResult(AttemptOutcome.Stopped);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Asks the run; and the node's runner, where that has not been able to say so.</remarks>
    public async ValueTask<bool> MayRetryAsync(NodeFailure failure, int attempt)
    {
        _delayOfAnswer = null;
        bool mayStart = attempt < _node.Retry!.Count && _owner.MayStart(_unit);
        if (!mayStart || failure.Kind is not (FailureKind.AttemptTimedOut or FailureKind.SessionLost) || !_node.DecidesOnRetry)
        {
            return mayStart;
        }

        AttemptOutcome answer;
        do
        {
            NodeAttempt? inquiry = await _owner.RequestInquiryAsync(_unit, failure, _waitToken).ConfigureAwait(false);
            if (inquiry is null)
            {
                return false;
            }

            // What is asked about an attempt is a part of it.
            inquiry.Activity = _last?.Activity;
            answer = await RunAttemptAsync(inquiry).ConfigureAwait(false);
        }
        while (answer.Kind == AttemptOutcomeKind.Lost);
        _delayOfAnswer = answer.RetryDelay;
        _skipped = answer.Kind == AttemptOutcomeKind.Skipped ? answer : null;
        return answer.Kind == AttemptOutcomeKind.Succeeded && _owner.MayStart(_unit);
    }

    /// <inheritdoc/>
    public TimeSpan? RetryDelayAfter(AttemptOutcome failed) => failed.RetryDelay ?? _delayOfAnswer;

    /// <inheritdoc/>
    public void WaitForRetry(NodeFailure failure, TimeSpan delay)
    {
        _failed = AttemptOutcome.Failed(failure);
        _owner.TryWait(_unit, failure, delay);
    }

    private static AttemptOutcome Unexpected(Exception exception) =>
        AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, exception.Message, exception, canRetry: false));

    private async ValueTask<AttemptOutcome> RunAttemptAsync(NodeAttempt attempt)
    {
        _last = attempt;
        if (_node.Timeout is not { } timeout)
        {
            _owner.StartOnRunner(attempt);
            return await attempt.Completion!.Task.ConfigureAwait(false);
        }

        Outcome<AttemptOutcome> ended;
        try
        {
            ended = await _pipelines.TimeoutAsync(timeout, RunUntilAsync, attempt, attempt.StopToken).ConfigureAwait(false);
        }
        finally
        {
            // Nothing new for an attempt that was started. If the run was cut short before that, this gives its slot back.
            attempt.Complete(AttemptOutcome.Stopped);
        }

        return ended.Exception switch
        {
            null => ended.Result!,
            TimeoutRejectedException => AttemptOutcome.Failed(NodeFailure.TimedOut(
                attempt.Name,
                timeout,
                wasAbandoned: attempt.Completion!.Task.Result.Kind == AttemptOutcomeKind.Abandoned,
                stop: (attempt.StopPosition, attempt.StoppedAt))),
            OperationCanceledException => AttemptOutcome.Stopped,
            { } exception => Unexpected(exception),
        };
    }

    private async ValueTask<Outcome<AttemptOutcome>> RunUntilAsync(NodeAttempt attempt, CancellationToken stopToken)
    {
        attempt.StopToken = stopToken;
        using CancellationTokenRegistration watch = stopToken.UnsafeRegister(
            static state =>
            {
                var (owner, attempt) = ((IFlowOwner, NodeAttempt))state!;
                owner.AbandonAfterGrace(attempt);
            },
            (_owner, attempt));
        _owner.StartOnRunner(attempt);
        AttemptOutcome outcome = await attempt.Completion!.Task.ConfigureAwait(false);
        return outcome.Kind is AttemptOutcomeKind.Stopped or AttemptOutcomeKind.Abandoned
            ? Outcome.FromException<AttemptOutcome>(new OperationCanceledException(stopToken))
            : Outcome.FromResult(outcome);
    }
}
