using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Shell;

namespace DagShell.Benchmarks.Load;

/// <summary>What nodes take in memory, and what runs leave behind.</summary>
internal static class LoadSuite
{
    public static void Run(BenchmarkOptions options)
    {
        using BuiltModule module = new();
        using Session session = new(module);
        RunMemory memory = new(session);
        Console.WriteLine(
            $"{RunMemory.Nodes.ToString("N0", CultureInfo.InvariantCulture)} nodes that give out an integer each; "
            + $"{BuiltModule.Describe()}.");
        Console.WriteLine();
        Table bytes = new("", "bytes a node");
        bytes.Add("nodes, as New-DagNode gives them out", Figures.Short(memory.OfNodes));
        bytes.Add("their results, kept", Figures.Short(memory.OfResults));
        bytes.Add("the highest while they run, above both", Figures.Short(memory.PeakAbove));
        bytes.Print();

        Table left = new("after", "bytes", "threads", "handles", "runspaces");
        foreach (Leftovers after in Leftovers.Of(session, runs: 10))
        {
            left.Add(
                after.Name,
                after.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                after.Threads.ToString(CultureInfo.InvariantCulture),
                after.Handles.ToString(CultureInfo.InvariantCulture),
                after.Runspaces.ToString(CultureInfo.InvariantCulture));
        }

        left.Print();
    }
}
