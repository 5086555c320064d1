using System.Diagnostics;
using System.Globalization;
using System.Management.Automation.Runspaces;
using System.Reflection;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Shell;

namespace DagShell.Benchmarks.Load;

/// <summary>What is there when a run is over.</summary>
/// <param name="Name">Which run.</param>
/// <param name="Bytes">Bytes in use.</param>
/// <param name="Threads">Threads of the process.</param>
/// <param name="Handles">Files, sockets and the like that the process has open.</param>
/// <param name="Runspaces">Runspaces of the process.</param>
internal sealed record Leftovers(string Name, long Bytes, int Threads, int Handles, int Runspaces)
{
    private const string Script = """
        $nodes = foreach ($i in 1..500) { New-DagNode "n$i" { 1 } }
        $nodes + (New-DagNode Retried { if ($DagNode.Attempt -eq 1) { throw 'x' } } -RetryCount 1 -RetryDelay 1ms) +
            (New-DagNode Slow { while ($true) { } } -Timeout 50ms) | Invoke-Dag -ThrottleLimit 8 -ErrorAction Ignore | Out-Null
        $nodes = $null
        """;

    /// <summary>Runs the same several times in one session, and looks after the first and the last.</summary>
    public static IEnumerable<Leftovers> Of(Session session, int runs)
    {
        for (int run = 1; run <= runs; run++)
        {
            session.Run(Script);
            if (run == 1 || run == runs)
            {
                yield return Now($"run {run.ToString(CultureInfo.InvariantCulture)}");
            }
        }
    }

    private static Leftovers Now(string name)
    {
        long bytes = Memory.Retained();
        using var process = Process.GetCurrentProcess();
        return new Leftovers(name, bytes, process.Threads.Count, process.HandleCount, CountRunspaces());
    }

    /// <summary>What Get-Runspace would list; the engine package has no such command.</summary>
    private static int CountRunspaces()
    {
        PropertyInfo? list = typeof(Runspace).GetProperty("RunspaceList", BindingFlags.Static | BindingFlags.NonPublic);
        return ((IReadOnlyCollection<Runspace>)list!.GetValue(null)!).Count;
    }
}
