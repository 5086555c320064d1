namespace DagShell.Engine.Running;

/// <summary>What timers can measure: whole milliseconds, up to 49 days.</summary>
internal static class Timers
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The time after which a timer is to go off: never, for one that no timer can wait for.</summary>
    public static TimeSpan TimeoutFor(TimeSpan time) => time <= Longest ? time : Timeout.InfiniteTimeSpan;

    /// <summary>A delay rounded up: rounded down, as timers do, it would be over a little too early.</summary>
    public static TimeSpan RoundUp(TimeSpan delay) => TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
}
