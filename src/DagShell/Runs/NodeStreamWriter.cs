using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>Writes what nodes wrote to their streams to the caller's, tagged with the node's name.</summary>
/// <remarks>Belongs to the thread of Invoke-Dag.</remarks>
internal sealed class NodeStreamWriter
{
    private readonly IRunOutput _output;
    private readonly bool _stopsOnError;

    /// <summary>The node whose Write-Host -NoNewline left the console in the middle of a line.</summary>
    private DagNode? _midLine;

    public NodeStreamWriter(IRunOutput output, bool stopsOnError)
    {
        _output = output;
        _stopsOnError = stopsOnError;
    }

    public void Write(RunEvent.RecordWritten record)
    {
        var node = DagNode.Of(record.Attempt.Node);
        EndLineOfOther(node);
        switch (record.Record)
        {
            case WarningRecord warning:
                _output.WriteWarning(node, Tagged(node.Name, warning.Message));
                break;
            case VerboseRecord verbose:
                _output.WriteVerbose(node, Tagged(node.Name, verbose.Message));
                break;
            case DebugRecord debug:
                _output.WriteDebug(node, Tagged(node.Name, debug.Message));
                break;
            case InformationRecord information:
                _output.WriteInformation(node, Tagged(node, information));
                break;
            case ErrorRecord error when _stopsOnError:
                // The node chose to go on after this error; the caller's Stop is for the run, at its end.
                _output.WriteWarning(node, Tagged(node.Name, error.ToString()));
                break;
            case ErrorRecord error:
                error.ErrorDetails = new ErrorDetails(Tagged(node.Name, error.ErrorDetails?.Message ?? error.Exception.Message));
                ErrorPosition.PointInto(error, node.ScriptBlock.Ast);
                ErrorPosition.Keep(error);
                _output.WriteError(node, error);
                break;
        }
    }

    private static string Tagged(string node, string message) => $"[{node}] {message}";

    /// <summary>Ends the line that another node has begun: what two nodes write never shares one.</summary>
    private void EndLineOfOther(DagNode node)
    {
        if (_midLine is { } other && other != node)
        {
            _midLine = null;
            _output.WriteInformation(other, Copy(
                new InformationRecord(null, other.Name), other.Name, new HostInformationMessage { Message = string.Empty }));
        }
    }

    /// <summary>
    /// The same record, its object and tags untouched, with the node's name as source and among the tags; Write-Host's text gets it in
    /// front, once a line, and any other gets it where it is shown.
    /// </summary>
    private InformationRecord Tagged(DagNode node, InformationRecord record)
    {
        object data = record.MessageData;
        if (data is HostInformationMessage message)
        {
            bool isNewLine = _midLine != node;
            _midLine = message.NoNewLine == true ? node : null;
            if (isNewLine)
            {
                data = new HostInformationMessage
                {
                    Message = Tagged(node.Name, message.Message),
                    NoNewLine = message.NoNewLine,
                    ForegroundColor = message.ForegroundColor,
                    BackgroundColor = message.BackgroundColor,
                };
            }
        }

        return Copy(record, node.Name, data);
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
