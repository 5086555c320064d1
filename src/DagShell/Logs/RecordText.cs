using System.Management.Automation;
using DagShell.Errors;
using DagShell.Hosts;

namespace DagShell.Logs;

/// <summary>What a record of a stream says, as text.</summary>
internal static class RecordText
{
    /// <summary>The stream and the text of a record; null of one that says nothing, such as progress.</summary>
    public static (DagLogStream Stream, string Text)? Of(object record) => record switch
    {
        WarningRecord warning => (DagLogStream.Warning, warning.Message),
        VerboseRecord verbose => (DagLogStream.Verbose, verbose.Message),
        DebugRecord debug => (DagLogStream.Debug, debug.Message),
        ShownInformation shown => Of(shown.Record),
        InformationRecord { MessageData: HostInformationMessage message } => (DagLogStream.Host, message.Message ?? string.Empty),
        InformationRecord information => (DagLogStream.Information, information.ToString()),
        ErrorRecord error when NativeError.LineOf(error) is { } line => (DagLogStream.StandardError, line),
        ErrorRecord error => (DagLogStream.Error, ErrorText.Of(error)),
        _ => null,
    };
}
