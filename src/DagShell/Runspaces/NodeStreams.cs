using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>Hands on what a pipeline writes to its streams, as it is written, and keeps none of it.</summary>
internal static class NodeStreams
{
    public static void Forward(PowerShell pipeline, Action<object> write)
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
}
