using System.Collections.Concurrent;
using System.Management.Automation;
using DagShell.Engine.Running;
using DagShell.Hosts;
using DagShell.Secrets;

namespace DagShell.Logs;

/// <summary>
/// What the nodes of a run said: the last lines of each attempt. Of all of them together only so much is kept; then the lines of nodes that
/// ended well go first, and those of failed nodes last.
/// </summary>
/// <remarks>Lines come from any thread. A node that says nothing costs nothing.</remarks>
internal sealed class RunLog : IRunObserver
{
    private const long MostCharacters = 64L * 1024 * 1024;

    private const int MostProgramLines = 20;

    private const int MostProgramCharacters = 4_000;

    private readonly LogFile? _file;
    private readonly Action<NodeAttempt, object>? _shown;
    private readonly SecretMask _secrets;
    private readonly ConcurrentDictionary<int, NodeLines> _nodes = new();
    private readonly object _lock = new();

    /// <summary>Nodes that ended, in their order: those whose lines go first, and those that failed. Under the lock.</summary>
    private readonly Queue<NodeLines> _endedWell = new();
    private readonly Queue<NodeLines> _failed = new();
    private long _characters;

    /// <summary>Makes a log.</summary>
    /// <param name="file">Gets all lines; null for none.</param>
    /// <param name="secrets">What no line may show.</param>
    /// <param name="shown">Takes the strings that nodes put out, as they do; null where nobody wants to see them.</param>
    public RunLog(LogFile? file, SecretMask secrets, Action<NodeAttempt, object>? shown = null)
    {
        _shown = shown;
        _file = file;
        _secrets = secrets;
    }

    /// <summary>Adds what a record says; one of progress says nothing.</summary>
    public void Add(NodeAttempt attempt, object record)
    {
        if (RecordText.Of(record) is not var (stream, text))
        {
            return;
        }

        ProgramCall? call = stream == DagLogSource.StandardError ? ProgramCall.Of((ErrorRecord)record) : null;
        bool goesOn = record is InformationRecord { MessageData: HostInformationMessage { NoNewLine: true } } && !text.EndsWith('\n');
        Add(attempt, stream, text, goesOn, call);
    }

    /// <summary>Adds what a node puts out, if that is a string, or a line that a program wrote to its standard error.</summary>
    public void AddOutput(NodeAttempt attempt, object? item)
    {
        switch (item is PSObject wrapped ? wrapped.BaseObject : item)
        {
            case string text:
                Add(attempt, DagLogSource.Output, text, goesOn: false, call: null);
                _shown?.Invoke(attempt, new OutputLine(_secrets.Of(text)));
                break;
            case ErrorRecord error:
                Add(attempt, error);
                break;
        }
    }

    /// <summary>The last lines that a program wrote which then failed.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="calls">Where it may have been called.</param>
    public string[] WrittenByProgram(NodeAttempt attempt, ProgramCall[] calls) =>
        _nodes.TryGetValue(attempt.Index, out NodeLines? lines)
            ? lines.Of(attempt.Number).WrittenBy(calls, MostProgramLines, MostProgramCharacters)
            : [];

    /// <summary>The attempt has ended: no more lines come from it.</summary>
    public void EndAttempt(NodeAttempt attempt)
    {
        if (_nodes.TryGetValue(attempt.Index, out NodeLines? lines))
        {
            lines.Of(attempt.Number).Close(ToFile(attempt));
        }
    }

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt)
    {
        // If it says nothing, nothing is what the last attempt said.
        if (attempt.Items is null && _nodes.TryGetValue(attempt.Index, out NodeLines? lines))
        {
            lines.Of(attempt.Number);
        }
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result)
    {
        if (_nodes.TryGetValue(result.Index, out NodeLines? lines))
        {
            lock (_lock)
            {
                (result.State == NodeState.Failed ? _failed : _endedWell).Enqueue(lines);
            }
        }
    }

    /// <summary>What a node said, attempt by attempt.</summary>
    public DagLogLine[] Of(int node) => _nodes.TryGetValue(node, out NodeLines? lines) ? lines.ToArray() : [];

    /// <summary>What the last attempt of a node said, or the last lines of all its items.</summary>
    public DagLogLine[] OfLastAttempt(int node) => _nodes.TryGetValue(node, out NodeLines? lines)
        ? [.. lines.OfLastAttempt().TakeLast(AttemptLines.MostLines)]
        : [];

    private void Add(NodeAttempt attempt, DagLogSource stream, string text, bool goesOn, ProgramCall? call)
    {
        if (attempt.IsCompleted)
        {
            // It was given up, and its node has ended.
            return;
        }

        NodeLines lines = _nodes.GetOrAdd(attempt.Index, static _ => new NodeLines());
        lines.HasItems |= attempt.Items is not null;
        int growth = lines.Of(attempt.Number).Add(stream, _secrets.Of(text), goesOn, call, ToFile(attempt));
        if (Interlocked.Add(ref _characters, growth) > MostCharacters)
        {
            MakeRoom(lines);
        }
    }

    private Action<DagLogLine>? ToFile(NodeAttempt attempt) => _file is null ? null : line => _file.Write(attempt.Name, line);

    private void MakeRoom(NodeLines current)
    {
        lock (_lock)
        {
            while (Interlocked.Read(ref _characters) > MostCharacters)
            {
                if (_endedWell.TryDequeue(out NodeLines? gone) || current.HasEarlier || _failed.TryDequeue(out gone))
                {
                    Interlocked.Add(ref _characters, -(gone?.DropAll() ?? current.DropEarliest()));
                }
                else
                {
                    return;
                }
            }
        }
    }
}
