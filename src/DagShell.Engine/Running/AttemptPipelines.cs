using System.Collections.Concurrent;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DagShell.Engine.Running;

/// <summary>
/// The Polly pipelines of a run: one for each different retry policy and each different timeout, however many nodes share it.
/// </summary>
internal sealed class AttemptPipelines
{
    private static readonly ResiliencePropertyKey<IRetriedWork> WorkKey = new("DagShell.Work");

    private readonly ConcurrentDictionary<RetryPolicy, ResiliencePipeline<AttemptOutcome>> _retries = new();
    private readonly ConcurrentDictionary<TimeSpan, ResiliencePipeline<AttemptOutcome>> _timeouts = new();
    private readonly TimeProvider _timeProvider;
    private readonly Func<double>? _randomizer;

    public AttemptPipelines(TimeProvider timeProvider, Func<double>? randomizer)
    {
        _timeProvider = timeProvider;
        _randomizer = randomizer;
    }

    /// <summary>Runs attempts under a retry policy, once if there is none.</summary>
    public async ValueTask<Outcome<AttemptOutcome>> RetryAsync(RetryPolicy? policy, IRetriedWork work, CancellationToken waitToken)
    {
        if (policy is null)
        {
            return await work.AttemptAsync().ConfigureAwait(false);
        }

        ResilienceContext context = ResilienceContextPool.Shared.Get(waitToken);
        context.Properties.Set(WorkKey, work);
        try
        {
            return await RetryOf(policy)
                .ExecuteOutcomeAsync(static (_, work) => work.AttemptAsync(), context, work)
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>
    /// Runs a callback whose token is cancelled when the time is over; the outcome is then a <see cref="TimeoutRejectedException"/>,
    /// provided that the callback ended with an <see cref="OperationCanceledException"/>.
    /// </summary>
    public async ValueTask<Outcome<AttemptOutcome>> TimeoutAsync<TState>(
        TimeSpan timeout,
        Func<TState, CancellationToken, ValueTask<Outcome<AttemptOutcome>>> callback,
        TState state,
        CancellationToken stopToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(stopToken);
        try
        {
            return await TimeoutOf(timeout)
                .ExecuteOutcomeAsync(
                    static (context, call) => call.callback(call.state, context.CancellationToken), context, (callback, state))
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    internal ResiliencePipeline<AttemptOutcome> RetryOf(RetryPolicy policy) => _retries.GetOrAdd(policy, BuildRetry);

    internal ResiliencePipeline<AttemptOutcome> TimeoutOf(TimeSpan timeout) => _timeouts.GetOrAdd(timeout, BuildTimeout);

    private ResiliencePipeline<AttemptOutcome> BuildRetry(RetryPolicy policy)
    {
        var options = new RetryStrategyOptions<AttemptOutcome>
        {
            MaxRetryAttempts = policy.Count,
            Delay = policy.Delay,
            MaxDelay = policy.MaxDelay ?? RetryPolicy.LongestDelay,
            UseJitter = policy.Jitter,
            BackoffType = policy.Backoff switch
            {
                RetryBackoff.Linear => DelayBackoffType.Linear,
                RetryBackoff.Exponential => DelayBackoffType.Exponential,
                _ => DelayBackoffType.Constant,
            },
            ShouldHandle = static args =>
                args.Outcome.Result?.Failure is { CanRetry: true, Kind: not FailureKind.PreconditionNotMet } failure
                    ? WorkOf(args.Context).MayRetryAsync(failure, args.AttemptNumber)
                    : new ValueTask<bool>(false),
            DelayGenerator = args =>
            {
                TimeSpan? delay = WorkOf(args.Context).RetryDelayAfter(args.Outcome.Result!);
                TimeSpan longest = policy.MaxDelay ?? RetryPolicy.LongestDelay;
                return new ValueTask<TimeSpan?>(delay > longest ? longest : delay);
            },
            OnRetry = static args =>
            {
                WorkOf(args.Context).WaitForRetry(args.Outcome.Result!.Failure!, args.RetryDelay);
                return default;
            },
        };
        if (_randomizer is not null)
        {
            options.Randomizer = _randomizer;
        }

        return new ResiliencePipelineBuilder<AttemptOutcome> { TimeProvider = _timeProvider }.AddRetry(options).Build();
    }

    private ResiliencePipeline<AttemptOutcome> BuildTimeout(TimeSpan timeout) =>
        new ResiliencePipelineBuilder<AttemptOutcome> { TimeProvider = _timeProvider }
            .AddTimeout(new TimeoutStrategyOptions
            {
                // A generator, because the plain property takes neither less than 10 ms nor more than a day.
                TimeoutGenerator = _ => new ValueTask<TimeSpan>(Timers.TimeoutFor(timeout)),
            })
            .Build();

    private static IRetriedWork WorkOf(ResilienceContext context) => context.Properties.GetValue(WorkKey, null!);
}
