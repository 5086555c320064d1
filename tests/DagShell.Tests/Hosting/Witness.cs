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

    /// <summary>Waits until every thread has ended and every runspace is closed.</summary>
    internal void SeeAllGone()
    {
        Assert.NotEmpty(_seen);
        foreach (var (thread, runspace) in _seen)
        {
            Assert.True(thread.Join(Patience.Limit), "A thread that ran nodes goes on.");
            Assert.Equal(RunspaceState.Closed, runspace.RunspaceStateInfo.State);
        }
    }

    /// <summary>Waits until as many runspaces as given are left open.</summary>
    internal void SeeLeft(int count) =>
        Patience.Until(
            () => _seen.Values.Distinct().Count(runspace => runspace.RunspaceStateInfo.State != RunspaceState.Closed) == count,
            $"{count} runspaces of {Count} stay open");
}
