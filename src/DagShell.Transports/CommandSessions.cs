using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using DagShell.Transports.Texts;

namespace DagShell.Transports;

/// <summary>Opens sessions over the standard input and output of a command.</summary>
public static class CommandSessions
{
    private static readonly Lazy<TypeTable> Types = new(TypeTable.LoadDefaultTypeFiles);

    /// <summary>
    /// Opens one session, which takes as long as the command takes to answer. The module calls it by its name, since it is compiled for
    /// older shells than this assembly.
    /// </summary>
    /// <param name="host">Where what the session shows on its host is shown.</param>
    /// <param name="filePath">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it is started.</param>
    /// <param name="connectingTimeout">How long the session may take to open.</param>
    /// <param name="stop">Cancelled when nobody waits for it any more.</param>
    /// <returns>The session, open.</returns>
    /// <exception cref="RuntimeException">It could not be opened; the message says why, in the command's own words.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<Runspace> OpenAsync(
        PSHost host, string filePath, string[] arguments, string folder, TimeSpan connectingTimeout, CancellationToken stop)
    {
        CommandConnection connection = new(new CommandLine(filePath, arguments, folder), connectingTimeout);
        Runspace runspace = RunspaceFactory.CreateRunspace(connection, host, Types.Value);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        runspace.StateChanged += (_, changed) =>
        {
            if (changed.RunspaceStateInfo.State == RunspaceState.Opened)
            {
                opened.TrySetResult();
            }
            else if (changed.RunspaceStateInfo.State is RunspaceState.Broken or RunspaceState.Closed)
            {
                opened.TrySetException(new RuntimeException(changed.RunspaceStateInfo.Reason?.Message ?? SessionText.Closed));
            }
        };
        try
        {
            runspace.OpenAsync();
            await opened.Task.WaitAsync(connectingTimeout, stop).ConfigureAwait(false);
            return runspace;
        }
        catch (Exception exception)
        {
            string errors = connection.Transport?.Errors ?? string.Empty;
            _ = Task.Run(runspace.Dispose, CancellationToken.None);
            if (exception is TimeoutException)
            {
                throw new RuntimeException(SessionText.NoAnswer(connectingTimeout, errors));
            }

            throw;
        }
    }

    /// <summary>Makes of an open runspace what PowerShell's own commands take.</summary>
    /// <param name="runspace">The runspace.</param>
    /// <param name="cmdlet">The command that gives it out; the session is among those of its session.</param>
    /// <returns>The session.</returns>
    public static PSSession ToSession(Runspace runspace, PSCmdlet cmdlet) => PSSession.Create(runspace, "Command", cmdlet);
}
