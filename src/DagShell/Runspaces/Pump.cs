using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Runspaces;

/// <summary>
/// A pipeline in which nodes' scripts are called, one after the other: starting a pipeline for each costs more than most
/// scripts do.
/// </summary>
/// <remarks>
/// <see cref="Run"/> belongs to the thread of the runspace; <see cref="RequestStop"/> may come from any thread meanwhile.
/// The values of <c>$using:</c> are handed to the pipeline as PowerShell itself does, by a parameter named <c>--%</c>. A script
/// looks for them up the scopes, so every script block that is called inside the pump, from its original tree with its
/// original file and lines, finds what stands in <see cref="UsingValues"/> at that moment.
/// </remarks>
internal sealed class Pump : IDisposable
{
    // Arguments have no names, so that none becomes a variable that a script might take for its own.
    private const string InOwnRunspace = "& $args[0] $args[1]";

    // In the caller's session PowerShell would show what nodes write at once, and untagged; so everything is merged into the
    // output and handed to the sink from there.
    private const string InCallersSession = "& $args[0] $args[1] *>&1 | & $args[2] $args[3]";

    private readonly PowerShell _shell;
    private readonly bool _isTraced;
    private Task? _stopping;

    private Pump(PowerShell shell, string script, Action<PSCmdlet> body, bool isLocal = true, bool isTraced = false)
    {
        _isTraced = isTraced;
        _shell = shell;
        _shell.AddScript(script, useLocalScope: isLocal)
            .AddArgument(PumpCommand.Info)
            .AddArgument(body)
            .AddParameter("--%", UsingValues);
    }

    /// <summary>What <c>$using:</c> expressions find: the values of the node that is running.</summary>
    public Hashtable UsingValues { get; } = [];

    /// <summary>What scripts wrote to the pipeline's output; a caller that expects some takes it out.</summary>
    public PumpOutput Output { get; } = [];

    /// <summary>Makes a pump for a runspace of its own.</summary>
    /// <param name="runspace">The runspace; the calling thread is its thread.</param>
    /// <param name="body">What to do inside.</param>
    /// <param name="write">Takes the errors that are written; the runspace's host is shown all else.</param>
    /// <param name="isLocal">Whether it has a scope of its own; if not, what is set in it stays in the session.</param>
    public static Pump InRunspace(Runspace runspace, Action<PSCmdlet> body, Action<object> write, bool isLocal = true)
    {
        PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        NodeStreams.ForwardErrors(shell, write);
        return new Pump(shell, InOwnRunspace, body, isLocal);
    }

    /// <summary>Makes a pump for the session whose pipeline is running on the calling thread.</summary>
    /// <param name="body">What to do inside.</param>
    /// <param name="write">Takes what is written to the streams other than output.</param>
    public static Pump InCurrentSession(Action<PSCmdlet> body, Action<object> write)
    {
        PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var pump = new Pump(shell, InCallersSession, body, isTraced: true);
        shell.AddArgument(ReceiveOutputCommand.Info).AddArgument(ReceiveOutputCommand.Into(pump.Output, write));
        return pump;
    }

    /// <summary>Runs the body in the session, to its end.</summary>
    /// <returns>What went wrong with the session itself; null if nothing did, or the pump was stopped.</returns>
    public string? Run()
    {
        try
        {
            _shell.Invoke(input: null, Output, _isTraced ? CallerHistory.NewSettings() : null);
            return null;
        }
        catch (PipelineStoppedException)
        {
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.Message;
        }
        finally
        {
            Interlocked.Exchange(ref _stopping, null)?.Wait();
            if (_isTraced)
            {
                CallerHistory.Forget(InCallersSession);
            }
        }
    }

    /// <summary>Has the pipeline stopped, without waiting for that; <see cref="Run"/> waits, on its own thread.</summary>
    /// <remarks>
    /// Not by BeginStop: its thread is a foreground one, which keeps the process for as long as code goes on that cannot be stopped.
    /// </remarks>
    public void RequestStop() =>
        _stopping = Task.Factory.StartNew(_shell.Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _shell.Dispose();
}
