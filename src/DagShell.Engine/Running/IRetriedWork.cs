using Polly;

namespace DagShell.Engine.Running;

/// <summary>What a retry policy is put around.</summary>
internal interface IRetriedWork
{
    /// <summary>One attempt as the retry policy counts them.</summary>
    ValueTask<Outcome<AttemptOutcome>> AttemptAsync();

    /// <summary>Whether another attempt may follow one that failed.</summary>
    /// <param name="failure">What the attempt failed with.</param>
    /// <param name="attempt">Which attempt it was, from 0.</param>
    ValueTask<bool> MayRetryAsync(NodeFailure failure, int attempt);

    /// <summary>How long to wait after an attempt that failed, where its runner said so; null for as long as the policy says.</summary>
    TimeSpan? RetryDelayAfter(AttemptOutcome failed);

    /// <summary>The retry policy is about to wait.</summary>
    void WaitForRetry(NodeFailure failure, TimeSpan delay);
}
