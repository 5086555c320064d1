namespace DagShell.Engine.Running;

/// <summary>The last starts of a pool, as many as its rate allows in its period, and those that have their slot and are to begin.</summary>
/// <remarks>Belongs to <see cref="ReadyQueue"/>. Times are UTC ticks, and come in their order.</remarks>
internal sealed class RateWindow(PoolRate rate)
{
    private readonly List<long> _starts = [];

    /// <summary>The first of the starts that still count; those before are removed now and then.</summary>
    private int _first;

    /// <summary>Attempts that may begin at any moment from now on.</summary>
    private int _pending;

    /// <summary>Whether another attempt may start.</summary>
    public bool IsOpen(long now)
    {
        while (_first < _starts.Count && _starts[_first] <= now - rate.Period.Ticks)
        {
            _first++;
        }

        if (_first > 64 && _first * 2 > _starts.Count)
        {
            _starts.RemoveRange(0, _first);
            _first = 0;
        }

        return _starts.Count - _first + _pending < rate.Count;
    }

    /// <summary>When the next attempt may start, of a window that is not open; null if first others must begin.</summary>
    public long? OpensAt() => _pending < rate.Count ? _starts[^(rate.Count - _pending)] + rate.Period.Ticks : null;

    /// <summary>An attempt has its slot.</summary>
    public void Add() => _pending++;

    /// <summary>An attempt that has its slot begins.</summary>
    public void Begin(long time)
    {
        _pending--;
        _starts.Add(time);
    }

    /// <summary>An attempt was no start.</summary>
    /// <param name="time">When it had begun; 0 if it had not.</param>
    public void Remove(long time)
    {
        if (time == 0)
        {
            _pending--;
            return;
        }

        int index = _starts.LastIndexOf(time);
        if (index >= _first)
        {
            _starts.RemoveAt(index);
        }
    }
}
