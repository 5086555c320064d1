using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>What comes back from a session, counted as it comes: what gives without end is stopped.</summary>
/// <remarks>Filled by the session, on a thread of its own, one object after the other; taken when that has ended.</remarks>
internal sealed class ReceivedOutput
{
    private readonly PSDataCollection<PSObject> _output;
    private readonly List<object?> _taken = [];
    private readonly long _most;
    private readonly Action _stop;
    private readonly Action<object?>? _taking;
    private long _size;

    /// <summary>Watches what comes.</summary>
    /// <param name="output">Where it comes.</param>
    /// <param name="most">How much is too much.</param>
    /// <param name="stop">Has the script stopped that gives it, without waiting.</param>
    /// <param name="taking">Told of each object as it comes; null where nobody wants to know.</param>
    public ReceivedOutput(PSDataCollection<PSObject> output, long most, Action stop, Action<object?>? taking)
    {
        _taking = taking;
        _output = output;
        _most = most;
        _stop = stop;
        output.DataAdded += (_, _) => Take();
    }

    /// <summary>Whether it was more than an attempt may give.</summary>
    public bool IsTooMuch { get; private set; }

    /// <summary>All of it.</summary>
    public object?[] TakeAll()
    {
        Take();
        return [.. _taken];
    }

    private void Take()
    {
        lock (_taken)
        {
            foreach (PSObject item in _output.ReadAll())
            {
                if (IsTooMuch)
                {
                    continue;
                }

                _taken.Add(item);
                _taking?.Invoke(item);
                _size += DataSize.Of(item, _most);
                if (_size > _most)
                {
                    IsTooMuch = true;
                    _taken.Clear();
                    _stop();
                }
            }
        }
    }
}
