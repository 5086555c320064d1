using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Hosting;

/// <summary>A script that is under way in a session.</summary>
internal sealed class RunningScript : IDisposable
{
    private readonly PowerShell _shell;
    private readonly IAsyncResult _invocation;

    public RunningScript(Runspace runspace, string script)
    {
        _shell = PowerShell.Create(runspace);
        _shell.AddScript(script);
        _invocation = _shell.BeginInvoke<PSObject, PSObject>(null, Output);
    }

    public PSDataCollection<PSObject> Output { get; } = [];

    public PSDataStreams Streams => _shell.Streams;

    public bool IsCompleted => _invocation.IsCompleted;

    public PSInvocationState State => _shell.InvocationStateInfo.State;

    /// <summary>Stops it as Ctrl+C does, and waits until it has ended.</summary>
    public void Stop() => _shell.Stop();

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>What it gave out.</returns>
    public ShellResult Wait()
    {
        Exception? thrown = null;
        Assert.True(_invocation.AsyncWaitHandle.WaitOne(Patience.Limit), "The script did not end.");
        try
        {
            _shell.EndInvoke(_invocation);
        }
        catch (RuntimeException exception)
        {
            thrown = exception;
        }

        return new ShellResult([.. Output], new ShellStreams(_shell.Streams), thrown);
    }

    public void Dispose() => _shell.Dispose();
}
