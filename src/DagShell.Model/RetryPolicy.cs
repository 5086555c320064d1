namespace DagShell;

/// <summary>
/// How often and how soon a failed attempt is repeated. Compared by value: nodes with equal policies share one
/// resilience pipeline.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The longest delay that can be asked for: Polly's limit, one day.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>Attempts after the first one, 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>The delay before the first retry, zero to <see cref="LongestDelay"/>.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How the delay grows.</summary>
    public RetryBackoff Backoff { get; init; } = RetryBackoff.Constant;

    /// <summary>The delay never grows beyond this, whatever the backoff; <see langword="null"/> for no bound but <see cref="LongestDelay"/>.</summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>Whether delays are spread at random, so that nodes that failed together do not come back together.</summary>
    public bool Jitter { get; init; }
}
