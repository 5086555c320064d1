using System.Collections.Concurrent;
using System.Diagnostics;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>The system's clock, so many times as fast: its timers go off on the thread pool, in real disorder.</summary>
internal sealed class FastClock(int speed) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly long _start = Stopwatch.GetTimestamp();

    // A timer that nobody holds may not go off.
    private readonly ConcurrentBag<ITimer> _timers = [];

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() => (Stopwatch.GetTimestamp() - _start) * speed;

    public override DateTimeOffset GetUtcNow() => Epoch + GetElapsedTime(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = System.CreateTimer(callback, state, Scaled(dueTime), Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        return new ScaledTimer(this, timer);
    }

    private TimeSpan Scaled(TimeSpan dueTime) => dueTime < TimeSpan.Zero ? dueTime : dueTime / speed;

    private sealed class ScaledTimer(FastClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Scaled(dueTime), Timeout.InfiniteTimeSpan);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
