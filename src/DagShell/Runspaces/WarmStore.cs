namespace DagShell.Runspaces;

/// <summary>Keeps what took long to open, for a while and not too many, each for who needs one of its kind.</summary>
/// <typeparam name="T">What is kept: runspaces.</typeparam>
/// <remarks>
/// The lock is held for a moment, never while something closes. What is kept belongs to the store from <see cref="TryKeep"/> to
/// <see cref="Take"/>.
/// </remarks>
internal sealed class WarmStore<T> : IDisposable
    where T : class, IDisposable
{
    /// <summary>How many are kept at most, a session.</summary>
    public const int Most = 32;

    /// <summary>How long one is kept that no run asks for.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(60);

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <summary>The one that was kept last is at the end.</summary>
    private readonly List<(T Item, IRunspaceKind Kind, long Since)> _kept = [];
    private bool _isClosed;

    /// <summary>Makes a store that is empty.</summary>
    /// <param name="time">Tells how long each is kept.</param>
    public WarmStore(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => CloseIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hands out one that was opened for runs of the same kind; null if there is none.</summary>
    /// <param name="kind">What it must have been opened for.</param>
    public T? Take(IRunspaceKind kind)
    {
        lock (_lock)
        {
            int found = _kept.FindLastIndex(kept => kept.Kind.IsLike(kind));
            if (found < 0)
            {
                return null;
            }

            T item = _kept[found].Item;
            _kept.RemoveAt(found);
            return item;
        }
    }

    /// <summary>Keeps one in which nothing runs and that is as it was when it had been opened.</summary>
    /// <param name="item">What to keep.</param>
    /// <param name="kind">What it was opened for.</param>
    /// <returns>Whether it is kept; if not, it is the caller's to close.</returns>
    public bool TryKeep(T item, IRunspaceKind kind)
    {
        lock (_lock)
        {
            if (_isClosed || _kept.Count >= Most)
            {
                return false;
            }

            _kept.Add((item, kind, _time.GetTimestamp()));
            if (_kept.Count == 1)
            {
                _timer.Change(LongestIdle, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    /// <summary>Closes all. Others may be kept later.</summary>
    public void Clear() => Close(static _ => true);

    /// <summary>Closes all, and keeps none any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        Clear();
        _timer.Dispose();
    }

    private void CloseIdle()
    {
        Close(kept => _time.GetElapsedTime(kept) >= LongestIdle);
        lock (_lock)
        {
            if (_kept.Count > 0)
            {
                // The first has waited longest.
                TimeSpan left = LongestIdle - _time.GetElapsedTime(_kept[0].Since);
                _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Close(Predicate<long> isDue)
    {
        List<T> closing;
        lock (_lock)
        {
            closing = _kept.FindAll(kept => isDue(kept.Since)).ConvertAll(static kept => kept.Item);
            _kept.RemoveAll(kept => closing.Contains(kept.Item));
        }

        closing.ForEach(static item => item.Dispose());
    }
}
