using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>Pipelines in sessions, which can be stopped without waiting for it.</summary>
internal static class PipelineStop
{
    /// <summary>Runs a pipeline to its end.</summary>
    /// <exception cref="RuntimeException">It failed, was stopped, or the session was lost.</exception>
    public static async Task RunAsync(
        PowerShell shell, SessionHost host, PSDataCollection<PSObject> input, PSDataCollection<PSObject> output, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        IAsyncResult begun = shell.BeginInvoke(
            input,
            output,
            host.Settings,
            null,
            null);
        using (stop.UnsafeRegister(static stopped => Request((PowerShell)stopped!), shell))
        {
            try
            {
                await Task.Factory.FromAsync(begun, shell.EndInvoke).ConfigureAwait(false);
            }
            finally
            {
                host.EndCall();
            }
        }
    }

    /// <summary>Has what is under way stopped, without waiting for it.</summary>
    public static void Request(PowerShell shell)
    {
        try
        {
            shell.BeginStop(null, null);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or RuntimeException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
