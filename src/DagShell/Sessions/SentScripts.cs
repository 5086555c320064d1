using System.Collections;

namespace DagShell.Sessions;

/// <summary>Which scripts a session has been sent: each is sent once, and after that called by its number.</summary>
/// <remarks>Belongs to whoever has the session.</remarks>
internal sealed class SentScripts
{
    /// <summary>A session that has more forgets them all.</summary>
    private const int Most = 256;

    private readonly Dictionary<object, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<Hashtable> _new = [];
    private bool _isSent;
    private int _next = 1;

    /// <summary>Whether the session is to forget what it has been sent before.</summary>
    public bool Forgets { get; private set; }

    /// <summary>Begins a call. What an earlier one was to bring that was not sent comes with this one.</summary>
    public void Begin()
    {
        if (_isSent)
        {
            _new.Clear();
            Forgets = false;
            _isSent = false;
        }

        if (_numbers.Count > Most)
        {
            _new.Clear();
            _numbers.Clear();
            Forgets = true;
        }
    }

    /// <summary>The call is sent.</summary>
    public void End() => _isSent = true;

    /// <summary>The number of a script.</summary>
    /// <param name="key">What stands for it.</param>
    /// <param name="text">Its text, asked for if the session has not been sent it.</param>
    public int NumberOf(object key, Func<Hashtable> text)
    {
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _next++;
            _numbers.Add(key, number);
            Hashtable script = text();
            script["Id"] = number;
            _new.Add(script);
        }

        return number;
    }

    /// <summary>The scripts that are to be sent with the call.</summary>
    public Hashtable[] TakeNew() => [.. _new];
}
