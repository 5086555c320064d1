using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Columns;

/// <summary>What a run's times are counted in: as fine as it takes to tell its nodes apart, and no finer.</summary>
/// <param name="Start">The run's start.</param>
/// <param name="End">The run's end, or now.</param>
/// <param name="Ticks">How many ticks a unit has.</param>
internal readonly record struct TimeUnit(DateTimeOffset Start, DateTimeOffset End, long Ticks)
{
    /// <summary>The unit for a run: a microsecond, or the next power of ten of it with which the run has no more units than this.</summary>
    public static TimeUnit For(RunHistory run, long mostUnits)
    {
        long ticks = TimeSpan.TicksPerMicrosecond;
        while (run.Makespan.Ticks / ticks > mostUnits)
        {
            ticks *= 10;
        }

        return new TimeUnit(run.StartTime, run.EndTime, ticks);
    }

    /// <summary>A time, from the start of the run on; -1 for none.</summary>
    public long Of(DateTimeOffset? time) => time is { } known ? Math.Max(0, (Clamp(known) - Start).Ticks / Ticks) : -1;

    /// <summary>How long it is from one time to another, or to the run's end.</summary>
    public long LengthOf(DateTimeOffset start, DateTimeOffset? end) => Math.Max(0, Of(end ?? End) - Of(start));

    /// <summary>How long a time is.</summary>
    public long LengthOf(TimeSpan time) => Math.Max(0, time.Ticks / Ticks);

    private DateTimeOffset Clamp(DateTimeOffset time) => time > End ? End : time;
}
