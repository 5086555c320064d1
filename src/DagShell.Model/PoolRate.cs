namespace DagShell;

/// <summary>How many attempts of a pool may start in a time: never more than the count in any stretch of that length.</summary>
public sealed record PoolRate
{
    /// <summary>Makes a rate.</summary>
    /// <param name="count">How many attempts, 1 or more.</param>
    /// <param name="period">In how long, more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is less.</exception>
    public PoolRate(int count, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        Count = count;
        Period = period;
    }

    /// <summary>How many attempts.</summary>
    public int Count { get; }

    /// <summary>In how long.</summary>
    public TimeSpan Period { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        Period.Ticks % TimeSpan.TicksPerHour == 0 ? $"{Count}/{Period.Ticks / TimeSpan.TicksPerHour}h"
        : Period.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{Count}/{Period.Ticks / TimeSpan.TicksPerMinute}m"
        : Period.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{Count}/{Period.Ticks / TimeSpan.TicksPerSecond}s"
        : $"{Count}/{Math.Ceiling(Period.TotalMilliseconds)}ms";
}
