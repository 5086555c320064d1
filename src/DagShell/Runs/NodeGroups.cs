using DagShell.CI;
using DagShell.Logs;

namespace DagShell.Runs;

/// <summary>
/// Holds what nodes say until they end, so that a CI system shows it in a group a node, and tells it of the nodes that failed.
/// </summary>
/// <remarks>Belongs to the thread of Invoke-Dag.</remarks>
internal sealed class NodeGroups
{
    /// <summary>A node that says more than this has several groups: so that one that says much is seen to be at work.</summary>
    private const int MostHeld = 1_000;

    /// <summary>Runners take a bare carriage return for the end of a line as well, and what comes after it for a command.</summary>
    private static readonly char[] LineEnds = ['\r', '\n'];

    private readonly CICommands _commands;
    private readonly IRunOutput _output;
    private readonly NodeStreamWriter _streams;
    private readonly Dictionary<int, Queue<RunEvent.RecordWritten>> _held = [];

    /// <summary>Makes it.</summary>
    /// <param name="commands">Those of the CI system.</param>
    /// <param name="output">Where lines are written to.</param>
    /// <param name="streams">Writes what nodes wrote.</param>
    public NodeGroups(CICommands commands, IRunOutput output, NodeStreamWriter streams)
    {
        _commands = commands;
        _output = output;
        _streams = streams;
    }

    /// <summary>Holds what a node wrote.</summary>
    /// <param name="record">What.</param>
    /// <param name="wasStopped">Whether the pipeline takes nothing any more.</param>
    public void Hold(RunEvent.RecordWritten record, bool wasStopped = false)
    {
        if (!_held.TryGetValue(record.Attempt.Index, out Queue<RunEvent.RecordWritten>? held))
        {
            _held.Add(record.Attempt.Index, held = []);
        }

        held.Enqueue(record);
        if (held.Count >= MostHeld && !wasStopped)
        {
            Write(record.Attempt.Index, Messages.GroupGoesOn(record.Attempt.Node.Name));
        }
    }

    /// <summary>Writes what a node said that has ended, and how it ended.</summary>
    public void End(DagNodeResult result)
    {
        if (_held.ContainsKey(result.Index) || (result.Attempts > 0 && !result.FromCheckpoint))
        {
            Write(result.Index, TitleOf(result));
        }
        else
        {
            _output.WriteLines([TitleOf(result)]);
        }
    }

    /// <summary>Writes what is still held: what a node that was given up said after its end, or the end of its session.</summary>
    public void EndAll()
    {
        foreach (int node in _held.Keys.Order().ToArray())
        {
            Write(node, Messages.GroupGoesOn(_held[node].Peek().Attempt.Node.Name));
        }
    }

    /// <summary>Tells of a node that failed, where its user's line is known.</summary>
    public void Annotate(DagNodeResult result)
    {
        (string? file, int line) = FailurePlace.Of(result);
        _output.WriteLines([_commands.Annotate(new CIAnnotation(
            result.FailsRun, Messages.NodeFailedTitle(result.Name), result.Failure!.Message, file, line))]);
    }

    /// <summary>Tells of what the run as a whole failed by.</summary>
    public void Annotate(string message) =>
        _output.WriteLines([_commands.Annotate(new CIAnnotation(IsError: true, Messages.RunCutShort, message, null, 0))]);

    /// <summary>Says past the pipeline, after a stop, what is still held of a node that has ended.</summary>
    public void EndAfterStop(DagNodeResult result) => WriteAfterStop(result.Index, TitleOf(result));

    /// <summary>Says past the pipeline, after a stop, what is still held.</summary>
    public void EndAfterStop()
    {
        foreach (int node in _held.Keys.Order().ToArray())
        {
            WriteAfterStop(node, Messages.GroupGoesOn(_held[node].Peek().Attempt.Node.Name));
        }
    }

    /// <summary>How a node ended, in a line; of what it failed with the annotation has the rest.</summary>
    private static string TitleOf(DagNodeResult result) =>
        CICommands.Told(EndText.Of(result).Split(LineEnds)[0].TrimEnd());

    private void Write(int node, string title)
    {
        _output.WriteLines([_commands.BeginGroup(title)]);
        if (_held.TryGetValue(node, out Queue<RunEvent.RecordWritten>? held))
        {
            // One after the other: what the pipeline refuses is said after the stop.
            while (held.TryPeek(out RunEvent.RecordWritten? record))
            {
                _streams.Write(record);
                held.Dequeue();
            }

            _held.Remove(node);
            _streams.EndLine(next: null);
        }

        _output.WriteLines([_commands.EndGroup]);
    }

    private void WriteAfterStop(int node, string title)
    {
        if (!_held.Remove(node, out Queue<RunEvent.RecordWritten>? held))
        {
            return;
        }

        _output.WriteLineAfterStop(_commands.BeginGroup(title));
        foreach (string line in held.Select(record => RecordText.Of(record.Record)?.Text).OfType<string>().SelectMany(PlainText.LinesOf))
        {
            _output.WriteLineAfterStop(line);
        }

        _output.WriteLineAfterStop(_commands.EndGroup);
    }
}
