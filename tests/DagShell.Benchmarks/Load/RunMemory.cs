using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Shell;

namespace DagShell.Benchmarks.Load;

/// <summary>What a run of many nodes holds in memory, in bytes a node.</summary>
internal sealed class RunMemory
{
    public const int Nodes = 100_000;

    public RunMemory(Session session)
    {
        // Once before, so that nothing that is made only once counts.
        session.Run("New-DagNode A { 1 } | Invoke-Dag | Out-Null; $shared = { 7 }");
        long before = Memory.Retained();
        session.Run($"$nodes = for ($i = 0; $i -lt {Nodes}; $i++) {{ New-DagNode \"n$i\" $shared }}");
        long withNodes = Memory.Retained();

        // Sampled while the run goes on: each sample collects all garbage first, so it is what is in use.
        long highest = 0;
        using CancellationTokenSource ended = new();
        Thread sampler = new(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
            }
        });
        sampler.Start();
        session.Run("$results = $nodes | Invoke-Dag -ThrottleLimit 2");
        ended.Cancel();
        sampler.Join();
        long withResults = Memory.Retained();
        session.Run("$nodes = $results = $null");
        OfNodes = (withNodes - before) / (double)Nodes;
        OfResults = (withResults - withNodes) / (double)Nodes;
        PeakAbove = Math.Max(0, highest - withResults) / (double)Nodes;
    }

    /// <summary>The nodes alone.</summary>
    public double OfNodes { get; }

    /// <summary>Their results, and the run that they point to, when it is over.</summary>
    public double OfResults { get; }

    /// <summary>The most that was in use at any moment of the run, above nodes and results.</summary>
    public double PeakAbove { get; }
}
