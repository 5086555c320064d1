using System.Management.Automation;
using System.Reflection;

namespace DagShell.Sessions;

/// <summary>The input of a pipeline in a session, as PowerShell sends it there.</summary>
/// <remarks>
/// Where a connection breaks while the input is open, PowerShell (7.6) closes it and with that tries to send its end, on the connection
/// that is gone. What that throws keeps it from saying that the pipeline has failed, and the session with it: both would be waited for
/// without end.
/// </remarks>
internal static class PipelineInput
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly PropertyInfo? Remote = typeof(PowerShell).GetProperty("RemotePowerShell", Members);
    private static readonly FieldInfo? Stream = Remote?.PropertyType.GetField("inputstream", Members);
    private static readonly FieldInfo? DataReady = Stream?.FieldType.GetField("DataReady", Members);
    private static readonly PropertyInfo? IsOpen = Stream?.FieldType.GetProperty("IsOpen", Members);

    /// <summary>Has the end of a pipeline's input fail without a word, if it does.</summary>
    /// <param name="pipeline">The pipeline, which has begun, with its input open.</param>
    /// <returns>Whether that could be; if not, PowerShell has changed, and the input must not stay open.</returns>
    public static bool TryGuard(PowerShell pipeline)
    {
        if (Remote?.GetValue(pipeline) is not { } remote || Stream?.GetValue(remote) is not { } stream
            || DataReady?.FieldType != typeof(EventHandler) || DataReady.GetValue(stream) is not EventHandler send
            || IsOpen?.PropertyType != typeof(bool))
        {
            return false;
        }

        int isOver = 0;
        DataReady.SetValue(stream, (EventHandler)Send);
        return true;

        void Send(object? sender, EventArgs ready)
        {
            if ((bool)IsOpen!.GetValue(stream)!)
            {
                send(sender, ready);
            }
            else if (Interlocked.Exchange(ref isOver, 1) == 0)
            {
                try
                {
                    send(sender, ready);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // The pipeline fails by what broke the connection.
                }
            }
        }
    }
}
