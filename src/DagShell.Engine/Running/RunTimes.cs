namespace DagShell.Engine.Running;

/// <summary>The times that hold in every run.</summary>
public static class RunTimes
{
    /// <summary>
    /// How long an attempt that was asked to stop may take to do so before it is given up: 2 s (docs/design.md, section 4).
    /// </summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    /// <summary>Shorter waits are the scheduler's own work, and nothing that anybody waited for: 1 ms.</summary>
    public static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a node waits between two polls of preconditions that do not hold, unless it says something else: 1 s.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long clean-up may take after a run was stopped, unless something else is said: 10 s.</summary>
    public static readonly TimeSpan CleanUpAfterStop = TimeSpan.FromSeconds(10);

    /// <summary>How long clean-up may take after the timeout of a run, unless something else is said: 5 min.</summary>
    public static readonly TimeSpan CleanUpAfterTimeout = TimeSpan.FromMinutes(5);

    /// <summary>How long after an interrupt a stop may come that follows from it: 2 s, which a run may take to stop as well.</summary>
    public static readonly TimeSpan InterruptTime = GracePeriod;

    /// <summary>A time that is kept as UTC ticks, 0 for none: a third of what a nullable one takes.</summary>
    internal static DateTimeOffset? OfTicks(long utcTicks) => utcTicks == 0 ? null : new DateTimeOffset(utcTicks, TimeSpan.Zero);
}
