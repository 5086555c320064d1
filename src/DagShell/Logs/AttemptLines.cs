using System.Text;

namespace DagShell.Logs;

/// <summary>The last lines that one attempt said.</summary>
/// <remarks>Written on the node's thread, and on those of other runspaces that it uses; read by any.</remarks>
internal sealed class AttemptLines
{
    public const int MostLines = 200;

    public const int MostCharacters = 64 * 1024;

    private readonly int _attempt;
    private readonly Queue<(DagLogLine Line, ProgramCall? Call)> _lines = new();
    private readonly StringBuilder _open = new();
    private readonly object _lock = new();
    private DateTime _openTime;
    private DagLogSource _openStream;

    /// <summary>Makes it.</summary>
    /// <param name="attempt">The number of the attempt.</param>
    public AttemptLines(int attempt) => _attempt = attempt;

    /// <summary>How many characters the lines have.</summary>
    public int Characters { get; private set; }

    /// <summary>Adds a text.</summary>
    /// <param name="stream">Where it was said.</param>
    /// <param name="text">What.</param>
    /// <param name="goesOn">Whether its last line goes on in the next text, as after Write-Host -NoNewline.</param>
    /// <param name="call">The program that wrote it to its standard error, if one did.</param>
    /// <param name="written">Is told each line that is whole.</param>
    /// <returns>By how many characters the lines have grown; less than zero where older ones went.</returns>
    public int Add(DagLogSource stream, string text, bool goesOn, ProgramCall? call, Action<DagLogLine>? written)
    {
        DateTime now = DateTime.Now;
        lock (_lock)
        {
            int before = Characters;
            if (_open.Length > 0 && _openStream != stream)
            {
                Close(written);
            }

            string? last = null;
            foreach (string line in PlainText.LinesOf(text))
            {
                if (last is not null)
                {
                    Put(stream, last, now, call, written);
                }

                last = line;
            }

            if (!goesOn)
            {
                Put(stream, last!, now, call, written);
            }
            else if (_open.Length + last!.Length <= MostCharacters)
            {
                _openTime = _open.Length == 0 ? now : _openTime;
                _openStream = stream;
                _open.Append(last);
            }

            return Characters - before;
        }
    }

    /// <summary>Ends the line that was to go on.</summary>
    public void Close(Action<DagLogLine>? written)
    {
        lock (_lock)
        {
            if (_open.Length > 0)
            {
                Put(_openStream, string.Empty, _openTime, null, written);
            }
        }
    }

    /// <summary>The lines. A copy.</summary>
    public DagLogLine[] ToArray()
    {
        lock (_lock)
        {
            return [.. _lines.Select(line => line.Line)];
        }
    }

    /// <summary>The last lines that came from a program: of its standard error, and what was put out meanwhile.</summary>
    /// <param name="calls">The calls that may be the program's; none if that is not known.</param>
    /// <param name="mostLines">How many lines at most.</param>
    /// <param name="mostCharacters">Of how many characters together.</param>
    public string[] WrittenBy(ProgramCall[] calls, int mostLines, int mostCharacters)
    {
        List<string> found = [];
        lock (_lock)
        {
            foreach (var (line, other) in _lines.Reverse())
            {
                bool isOfAnother = other is not null && calls.Length > 0 && !calls.Contains(other);
                mostCharacters -= line.Text.Length;
                if (isOfAnother || mostCharacters < 0 || found.Count == mostLines)
                {
                    break;
                }

                if (line.Stream is DagLogSource.StandardError or DagLogSource.Output && line.Text.Trim().Length > 0)
                {
                    found.Add(line.Text.TrimEnd());
                }
            }
        }

        found.Reverse();
        return [.. found];
    }

    private void Put(DagLogSource stream, string text, DateTime time, ProgramCall? call, Action<DagLogLine>? written)
    {
        if (_open.Length > 0)
        {
            (text, time) = (_open.Append(text).ToString(), _openTime);
            _open.Clear();
        }

        if (text.Length > MostCharacters)
        {
            text = string.Concat("…", text.AsSpan(text.Length - MostCharacters + 1));
        }

        var line = new DagLogLine(time, _attempt, stream, text);
        _lines.Enqueue((line, call));
        Characters += text.Length;
        while (_lines.Count > MostLines || Characters > MostCharacters)
        {
            Characters -= _lines.Dequeue().Line.Text.Length;
        }

        written?.Invoke(line);
    }
}
