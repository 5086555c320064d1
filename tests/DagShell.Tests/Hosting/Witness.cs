using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Hosting;

/// <summary>Remembers the threads and runspaces that nodes ran in, to see whether anything of them is left.</summary>
public sealed class Witness
{
    private readonly ConcurrentDictionary<Thread, Runspace> _seen = new();

    /// <summary>The runspaces that nodes ran in.</summary>
    public int Count => _seen.Values.Distinct().Count();

    /// <summary>Called by a node: notes where it runs.</summary>
    public void SignIn() => _seen[Thread.CurrentThread] = Runspace.DefaultRunspace;

    /// <summary>Waits until every thread has ended and every runspace is closed, or left to the next run of its session.</summary>
    internal void SeeAllGone()
    {
        Assert.NotEmpty(_seen);
        foreach (var (thread, runspace) in _seen)
        {
            Assert.True(thread.Join(Patience.Limit), "A thread that ran nodes goes on.");
            Assert.True(IsClosed(runspace) || IsLeft(runspace), $"The runspace is {runspace.RunspaceStateInfo.State}.");
        }
    }

    /// <summary>Waits until every runspace is closed.</summary>
    /// <summary>After a minute those that nobody uses close by themselves.</summary>
    internal void SeeAllClosed() =>
        Patience.Until(() => _seen.Values.All(IsClosed), "all runspaces to be closed", TimeSpan.FromSeconds(30));

    private static bool IsClosed(Runspace runspace) => runspace.RunspaceStateInfo.State == RunspaceState.Closed;

    private static bool IsLeft(Runspace runspace) => runspace is
    {
        RunspaceStateInfo.State: RunspaceState.Opened, RunspaceAvailability: RunspaceAvailability.Available, Name: "DagShell",
    };
}
