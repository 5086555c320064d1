namespace DagShell.Logs;

/// <summary>The last lines that each attempt of a node said.</summary>
/// <remarks>Any thread may call it.</remarks>
internal sealed class NodeLines
{
    private readonly SortedList<int, AttemptLines> _attempts = [];

    /// <summary>Whether there are lines of attempts before the last one.</summary>
    public bool HasEarlier
    {
        get
        {
            lock (_attempts)
            {
                return _attempts.Count > 1;
            }
        }
    }

    /// <summary>Whether attempts of several items are under one number.</summary>
    public bool HasItems { get; set; }

    /// <summary>What its last attempt said; of a node with items, which end in any order, what all did. A copy.</summary>
    public DagLogLine[] OfLastAttempt()
    {
        lock (_attempts)
        {
            return HasItems ? [.. _attempts.Values.SelectMany(lines => lines.ToArray()).OrderBy(line => line.Time)]
                : _attempts.Count == 0 ? []
                : _attempts.Values[^1].ToArray();
        }
    }

    /// <summary>The lines of an attempt.</summary>
    public AttemptLines Of(int attempt)
    {
        lock (_attempts)
        {
            if (!_attempts.TryGetValue(attempt, out AttemptLines? lines))
            {
                _attempts.Add(attempt, lines = new AttemptLines(attempt));
            }

            return lines;
        }
    }

    /// <summary>Drops the lines of the first attempt that has any.</summary>
    /// <returns>How many characters they had.</returns>
    public int DropEarliest()
    {
        lock (_attempts)
        {
            int characters = _attempts.Values[0].Characters;
            _attempts.RemoveAt(0);
            return characters;
        }
    }

    /// <summary>Drops all lines.</summary>
    /// <returns>How many characters they had.</returns>
    public int DropAll()
    {
        lock (_attempts)
        {
            int characters = _attempts.Values.Sum(lines => lines.Characters);
            _attempts.Clear();
            return characters;
        }
    }

    /// <summary>All lines, attempt by attempt. A copy.</summary>
    public DagLogLine[] ToArray()
    {
        lock (_attempts)
        {
            return [.. _attempts.Values.SelectMany(lines => lines.ToArray())];
        }
    }
}
