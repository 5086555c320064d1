using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>What comes back from a session, counted as it comes: what gives without end is to be stopped.</summary>
/// <remarks>Filled by the session, one object after the other; taken when that has ended.</remarks>
internal sealed class ReceivedOutput
{
    private readonly List<object?> _taken = [];
    private readonly long _most;
    private readonly Action<object?>? _taking;
    private long _size;

    /// <summary>Waits for what comes.</summary>
    /// <param name="most">How much is too much.</param>
    /// <param name="taking">Told of each object as it comes; null where nobody wants to know.</param>
    public ReceivedOutput(long most, Action<object?>? taking)
    {
        _taking = taking;
        _most = most;
    }

    /// <summary>Whether it was more than an attempt may give.</summary>
    public bool IsTooMuch { get; private set; }

    /// <summary>Takes an object.</summary>
    /// <returns>Whether it has become too much by that.</returns>
    public bool Take(PSObject item)
    {
        if (IsTooMuch)
        {
            return false;
        }

        _taken.Add(item);
        _taking?.Invoke(item);
        _size += DataSize.Of(item, _most);
        if (_size > _most)
        {
            IsTooMuch = true;
            _taken.Clear();
        }

        return IsTooMuch;
    }

    /// <summary>All of it.</summary>
    public object?[] ToArray() => [.. _taken];
}
