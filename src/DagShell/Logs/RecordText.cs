using System.Management.Automation;
using DagShell.Hosts;

namespace DagShell.Logs;

/// <summary>What a record of a stream says, as text.</summary>
internal static class RecordText
{
    /// <summary>The stream and the text of a record; null of one that says nothing, such as progress.</summary>
    public static (DagLogSource Stream, string Text)? Of(object record) => record switch
    {
        WarningRecord warning => (DagLogSource.Warning, warning.Message),
        VerboseRecord verbose => (DagLogSource.Verbose, verbose.Message),
        DebugRecord debug => (DagLogSource.Debug, debug.Message),
        ShownInformation shown => Of(shown.Record),
        InformationRecord { MessageData: HostInformationMessage message } => (DagLogSource.Host, message.Message ?? string.Empty),
        InformationRecord information => (DagLogSource.Information, information.ToString()),
        OutputLine output => (DagLogSource.Output, output.Text),
        ErrorRecord error when NativeError.LineOf(error) is { } line => (DagLogSource.StandardError, line),
        ErrorRecord error => (DagLogSource.Error, ErrorText.Of(error)),
        _ => null,
    };
}
