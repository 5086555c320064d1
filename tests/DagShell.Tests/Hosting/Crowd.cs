namespace DagShell.Tests.Hosting;

/// <summary>Counts how many nodes are in a place at once.</summary>
public sealed class Crowd(int companions)
{
    private readonly object _lock = new();
    private int _inside;
    private int _waiting;
    private int _round;

    /// <summary>The most that were inside at once.</summary>
    public int Peak { get; private set; }

    /// <summary>Goes in, and waits there for as many others as make up the company.</summary>
    /// <exception cref="TimeoutException">They did not come.</exception>
    public void Meet()
    {
        lock (_lock)
        {
            Peak = Math.Max(Peak, ++_inside);
            if (++_waiting == companions)
            {
                _waiting = 0;
                _round++;
                Monitor.PulseAll(_lock);
                return;
            }

            int mine = _round;
            while (_round == mine)
            {
                if (!Monitor.Wait(_lock, Patience.Limit))
                {
                    throw new TimeoutException($"Only {_waiting} of {companions} came.");
                }
            }
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inside--;
        }
    }
}
