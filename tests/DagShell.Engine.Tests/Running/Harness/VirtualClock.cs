using Microsoft.Extensions.Time.Testing;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>
/// A fake clock that knows when its next timer is due and goes there in one step, so that whatever happens then sees that
/// very time. Driven by one thread; others may ask what time it is.
/// </summary>
internal sealed class VirtualClock : FakeTimeProvider
{
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _due = new();

    // A fake timer that nobody holds does not go off.
    private readonly List<ITimer> _timers = [];
    private long _ticks;

    public VirtualClock() => _ticks = Start.Ticks;

    public TimeSpan Elapsed => GetUtcNow() - Start;

    /// <summary>How many timers are still to go off: neither disposed of nor set to never.</summary>
    public int PendingTimers { get; private set; }

    // To ask the base would make its timers go off on the asking thread, and not on the one that sets the time.
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        NoteDue(dueTime);
        NotedTimer noted = new(this, dueTime);
        ITimer timer = base.CreateTimer(
            state =>
            {
                noted.IsPending = false;
                callback(state);
            },
            state,
            dueTime,
            period);
        _timers.Add(timer);
        noted.Timer = timer;
        return noted;
    }

    /// <summary>Goes to the next time a timer is, or was, due.</summary>
    /// <returns><see langword="false"/> if there is none: nothing will ever happen any more.</returns>
    public bool TryAdvance() => TryAdvance(DateTimeOffset.MaxValue);

    /// <summary>Goes from timer to timer up to a time after the start, and ends there.</summary>
    public void AdvanceTo(TimeSpan elapsed)
    {
        DateTimeOffset time = Start + elapsed;
        while (TryAdvance(time))
        {
        }

        GoTo(time);
    }

    private bool TryAdvance(DateTimeOffset limit)
    {
        if (!_due.TryPeek(out DateTimeOffset next, out _) || next > limit)
        {
            return false;
        }

        _due.Dequeue();
        GoTo(next);
        return true;
    }

    private void GoTo(DateTimeOffset time)
    {
        Volatile.Write(ref _ticks, time.Ticks);
        SetUtcNow(time);
    }

    private void NoteDue(TimeSpan dueTime)
    {
        if (dueTime >= TimeSpan.Zero)
        {
            DateTimeOffset due = GetUtcNow() + dueTime;
            _due.Enqueue(due, due);
        }
    }

    private sealed class NotedTimer : ITimer
    {
        private readonly VirtualClock _clock;
        private bool _isPending;

        public NotedTimer(VirtualClock clock, TimeSpan dueTime)
        {
            _clock = clock;
            IsPending = dueTime >= TimeSpan.Zero;
        }

        public ITimer? Timer { get; set; }

        public bool IsPending
        {
            set
            {
                _clock.PendingTimers += (value ? 1 : 0) - (_isPending ? 1 : 0);
                _isPending = value;
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _clock.NoteDue(dueTime);
            IsPending = dueTime >= TimeSpan.Zero;
            return Timer!.Change(dueTime, period);
        }

        public void Dispose()
        {
            IsPending = false;
            Timer!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            IsPending = false;
            return Timer!.DisposeAsync();
        }
    }
}
