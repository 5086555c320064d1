using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Benchmarks.Shell;

/// <summary>Open runspaces, each with a thread of its own, and nothing else: what PowerShell itself needs for a script in each.</summary>
internal sealed class BareRunspaces : IDisposable
{
    private readonly Runspace[] _runspaces;

    public BareRunspaces(int count)
    {
        _runspaces = new Runspace[count];
        for (int i = 0; i < count; i++)
        {
            _runspaces[i] = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
            _runspaces[i].ThreadOptions = PSThreadOptions.ReuseThread;
            _runspaces[i].Open();
        }
    }

    /// <summary>Runs a script so many times, in whichever runspace is free.</summary>
    public void Run(string script, int times)
    {
        int left = times;
        Thread[] threads = Array.ConvertAll(_runspaces, runspace => new Thread(() =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using PowerShell shell = PowerShell.Create(runspace);
                shell.AddScript(script).Invoke();
            }
        }));
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
    }

    public void Dispose() => Array.ForEach(_runspaces, static runspace => runspace.Dispose());
}
