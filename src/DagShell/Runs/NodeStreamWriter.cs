using System.Management.Automation;
using DagShell.Hosts;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>Writes what nodes wrote to their streams to the caller's, tagged with the node's name.</summary>
/// <remarks>Belongs to the thread of Invoke-Dag.</remarks>
internal sealed class NodeStreamWriter
{
    private readonly IRunOutput _output;
    private readonly bool _stopsOnError;
    private readonly bool _isGrouped;

    /// <summary>The node, or item, whose Write-Host -NoNewline left the console in the middle of a line.</summary>
    private (DagNode Node, string Name)? _midLine;

    /// <summary>Makes a writer.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="stopsOnError">Whether the caller wants errors to end commands.</param>
    /// <param name="isGrouped">
    /// Whether all that a node says stands under its name: then text for the host has no tag, so that commands to a CI system work.
    /// </param>
    public NodeStreamWriter(IRunOutput output, bool stopsOnError, bool isGrouped)
    {
        _isGrouped = isGrouped;
        _output = output;
        _stopsOnError = stopsOnError;
    }

    public void Write(RunEvent.RecordWritten record)
    {
        var node = DagNode.Of(record.Attempt.Node);
        string name = record.Attempt.Name;
        EndLine(record.Record is ShownInformation or InformationRecord or OutputLine ? name : null);
        switch (record.Record)
        {
            case WarningRecord warning:
                _output.WriteRecord(node, new WarningRecord(Tagged(name, warning.Message)), isShown: true);
                break;
            case VerboseRecord verbose:
                _output.WriteRecord(node, new VerboseRecord(Tagged(name, verbose.Message)), isShown: true);
                break;
            case DebugRecord debug:
                _output.WriteRecord(node, new DebugRecord(Tagged(name, debug.Message)), isShown: true);
                break;
            case ShownInformation shown:
                _output.WriteRecord(node, Tagged(node, name, shown.Record), isShown: true);
                break;
            case InformationRecord information:
                _output.WriteRecord(node, Tagged(node, name, information), isShown: false);
                break;
            case OutputLine output:
                _output.WriteRecord(node, Tagged(node, name, HostRecord.Of(output.Text)), isShown: false);
                break;
            case ErrorRecord error when NativeError.LineOf(error) is { } line:
                _output.WriteRecord(node, Tagged(node, name, HostRecord.Of(line)), isShown: false);
                break;
            case ErrorRecord error when _stopsOnError:
                // The node chose to go on after this error; the caller's Stop is for the run, at its end.
                _output.WriteWarning(node, Tagged(name, ErrorText.Of(error)));
                break;
            case ErrorRecord error:
                error.ErrorDetails = new ErrorDetails(Tagged(name, ErrorText.Of(error)));
                ErrorPosition.PointInto(error, node.ScriptBlock.Ast);
                ErrorPosition.Keep(error);
                _output.WriteError(node, error);
                break;
        }
    }

    /// <summary>A text with the node's name in front of each line that begins in it.</summary>
    private string TaggedLines(string name, string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool isContinued = i == 0 && _midLine?.Name == name;
            bool isEnd = i > 0 && i == lines.Length - 1 && lines[i].Length == 0;
            lines[i] = isContinued || isEnd ? lines[i] : Tagged(name, lines[i]);
        }

        return string.Join('\n', lines);
    }

    private static string Tagged(string node, string message) => $"[{node}] {message}";

    /// <summary>Ends the line that a node has begun, if one has: what two write never shares one.</summary>
    /// <param name="next">The name of what writes next; null if it is the run itself.</param>
    public void EndLine(string? next)
    {
        if (_midLine is { } begun && begun.Name != next)
        {
            _midLine = null;
            InformationRecord end = HostRecord.Of(string.Empty);
            _output.WriteRecord(begun.Node, Copy(end, begun.Name, end.MessageData), isShown: false);
        }
    }

    /// <summary>
    /// The same record, its object and tags untouched, with the node's name as source and among the tags; Write-Host's text gets it in
    /// front, once a line, and any other gets it where it is shown.
    /// </summary>
    private InformationRecord Tagged(DagNode node, string name, InformationRecord record)
    {
        object data = record.MessageData;
        if (data is HostInformationMessage message)
        {
            bool hasTag = !_isGrouped || name != node.Name;
            string text = hasTag ? TaggedLines(name, message.Message ?? string.Empty) : message.Message ?? string.Empty;
            _midLine = message.NoNewLine == true && !text.EndsWith('\n') ? (node, name) : null;
            data = new HostInformationMessage
            {
                Message = text,
                NoNewLine = message.NoNewLine,
                ForegroundColor = message.ForegroundColor,
                BackgroundColor = message.BackgroundColor,
            };
        }

        return Copy(record, name, data);
    }

    private static InformationRecord Copy(InformationRecord record, string node, object data)
    {
        InformationRecord tagged = data is HostInformationMessage
            ? new InformationRecord(data, node)
            : new NodeInformationRecord(data, node, Tagged(node, data?.ToString() ?? string.Empty));
        tagged.TimeGenerated = record.TimeGenerated;
        tagged.ManagedThreadId = record.ManagedThreadId;
        tagged.NativeThreadId = record.NativeThreadId;
        tagged.Tags.AddRange(record.Tags);
        tagged.Tags.Add(node);
        return tagged;
    }
}
