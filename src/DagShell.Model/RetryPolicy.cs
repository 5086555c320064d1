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
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public required int Count
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    /// <summary>The delay before the first retry, zero to <see cref="LongestDelay"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than that.</exception>
    public TimeSpan Delay
    {
        get;
        init => field = WithinBounds(value);
    }

    /// <summary>How the delay grows.</summary>
    public RetryBackoff Backoff { get; init; } = RetryBackoff.Constant;

    /// <summary>
    /// The delay never grows beyond this, whatever the backoff; <see langword="null"/> for no bound but <see cref="LongestDelay"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than that.</exception>
    public TimeSpan? MaxDelay
    {
        get;
        init => field = value is { } bound ? WithinBounds(bound) : null;
    }

    /// <summary>Whether delays are spread at random, so that nodes that failed together do not come back together.</summary>
    public bool Jitter { get; init; }

    /// <summary>The policy in words.</summary>
    /// <returns>Such as <c>3 retries, after 2 s, Exponential, at most 1 min, with jitter</c>.</returns>
    public override string ToString() => string.Join(
        ", ",
        new[]
        {
            Count == 1 ? "1 retry" : $"{Count} retries",
            Delay == TimeSpan.Zero ? "at once" : $"after {DurationText.Of(Delay)}",
            Backoff == RetryBackoff.Constant || Delay == TimeSpan.Zero ? null : Backoff.ToString(),
            MaxDelay is { } most ? $"at most {DurationText.Of(most)}" : null,
            Jitter ? "with jitter" : null,
        }.OfType<string>());

    private static TimeSpan WithinBounds(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestDelay);
        return value;
    }
}
