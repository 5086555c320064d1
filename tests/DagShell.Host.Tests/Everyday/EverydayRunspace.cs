using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Host.Hosting;

namespace DagShell.Host.Tests.Everyday;

/// <summary>A runspace as a node has it: the engine alone, and the everyday module to be found by the names of its commands.</summary>
public sealed class EverydayRunspace : IDisposable
{
    private readonly Runspace _runspace;

    public EverydayRunspace()
    {
        ModuleFolders.PutOnPath();
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        ModuleFolders.PutOnPath();
    }

    /// <summary>What the script emits, each object as text. An unhandled error is thrown.</summary>
    public string[] Run(string script)
    {
        using PowerShell shell = Create(script);
        string[] output = [.. shell.Invoke().Select(value => value?.ToString() ?? "<null>")];
        Assert.Empty(shell.Streams.Error);
        return output;
    }

    public PowerShell Create(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);

        // In a scope of its own: one test leaves nothing to the next one.
        return shell.AddScript(script, useLocalScope: true);
    }

    public void Dispose() => _runspace.Dispose();
}
