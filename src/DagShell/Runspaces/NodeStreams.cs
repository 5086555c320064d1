using System.Management.Automation;
using DagShell.Hosts;

namespace DagShell.Runspaces;

/// <summary>The streams of a pipeline in which nodes run.</summary>
internal static class NodeStreams
{
    /// <summary>
    /// Hands on the errors that a pipeline writes, as they are written. What else it writes its host has been shown, and what was
    /// sent to <c>$null</c> comes here too: it is dropped.
    /// </summary>
    public static void ForwardErrors(PowerShell pipeline, Action<object> write)
    {
        Forward(pipeline.Streams.Error, write);
        Drop(pipeline.Streams.Warning);
        MuteModules(pipeline.Streams.Verbose);
        Drop(pipeline.Streams.Debug);
        Drop(pipeline.Streams.Information);
        Drop(pipeline.Streams.Progress);
    }

    /// <summary>Hands on all that a pipeline in another process writes to its streams, as it comes.</summary>
    public static void ForwardAll(PowerShell pipeline, Action<object> write)
    {
        Forward(pipeline.Streams.Error, write);
        Forward(pipeline.Streams.Warning, write);
        Forward(pipeline.Streams.Verbose, write);
        Forward(pipeline.Streams.Debug, write);
        Forward(pipeline.Streams.Information, write);
        Forward(pipeline.Streams.Progress, write);
    }

    /// <summary>Whether an object is a record of a stream other than output, as a merging redirection puts it there.</summary>
    public static bool IsRecord(object item) =>
        item is ErrorRecord or WarningRecord or VerboseRecord or DebugRecord or InformationRecord;

    /// <summary>
    /// Whether a verbose record is what Import-Module says of each command that it imports, where nobody asked it to: because the run shows
    /// what its nodes do.
    /// </summary>
    public static bool IsOfModules(object item) =>
        item is VerboseRecord { InvocationInfo: { MyCommand.Name: "Import-Module" or "Remove-Module" } invocation }
        && !invocation.BoundParameters.ContainsKey("Verbose");

    private static void MuteModules(PSDataCollection<VerboseRecord> stream) =>
        stream.DataAdded += (_, _) =>
        {
            if (stream.ReadAll().LastOrDefault(IsOfModules) is { } record)
            {
                NodeUserInterface.Mute(record.Message);
            }
        };

    private static void Forward<T>(PSDataCollection<T> stream, Action<object> write)
        where T : notnull
    {
        stream.DataAdded += (_, _) =>
        {
            foreach (T record in stream.ReadAll())
            {
                write(record);
            }
        };
    }

    private static void Drop<T>(PSDataCollection<T> stream) =>
        stream.DataAdded += static (sender, _) => ((PSDataCollection<T>)sender!).Clear();
}
