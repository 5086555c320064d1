namespace DagShell.Engine.Running;

/// <summary>The last starts of a pool, as many as its rate allows in its period.</summary>
/// <remarks>Belongs to <see cref="ReadyQueue"/>. Times are UTC ticks, and come in their order.</remarks>
internal sealed class RateWindow(PoolRate rate)
{
    private readonly List<long> _starts = [];

    /// <summary>The first of the starts that still count; those before are removed now and then.</summary>
    private int _first;

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

        return _starts.Count - _first < rate.Count;
    }

    /// <summary>When the next attempt may start, of a window that is not open.</summary>
    public long OpensAt() => _starts[^rate.Count] + rate.Period.Ticks;

    public void Add(long time) => _starts.Add(time);

    /// <summary>A start was none.</summary>
    public void Remove(long time)
    {
        int index = _starts.LastIndexOf(time);
        if (index >= _first)
        {
            _starts.RemoveAt(index);
        }
    }
}
