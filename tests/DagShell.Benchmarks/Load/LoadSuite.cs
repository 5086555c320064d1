using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Shell;

namespace DagShell.Benchmarks.Load;

/// <summary>
/// What a user waits for at first, each time in a process of its own: the import of the module, and the first statement of the
/// first node. Then what nodes take in memory, and what runs leave behind.
/// </summary>
internal static class LoadSuite
{
    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 7 : 21;
        using BuiltModule module = new();
        Rounds measured = Rounds.Measure(rounds, warmUps: 1,
        [
            new Contender("bare", () => StartOfSession.InProcess(module: null).FirstStatement),
            new Contender("bare import", () => StartOfSession.InProcess(typeof(NewBareNodeCommand).Assembly.Location).Import),
            new Contender("import", () => StartOfSession.InProcess(module.Manifest).Import),
            new Contender("node", () => StartOfSession.InProcess(module.Manifest).FirstNode),
            new Contender("parallel", () => StartOfSession.InProcess(module: null).FirstParallel),
        ]);
        Console.WriteLine($"Milliseconds in a new process, medians of {rounds} rounds.");
        Console.WriteLine();
        Table times = new("", "ms", "lowest");
        times.Add("a bare session, to the end of its first statement", Figures.Short(measured.Median("bare")), Figures.Short(measured.Lowest("bare")));
        times.Add("Import-Module DagShell, after that", Figures.Short(measured.Median("import")), Figures.Short(measured.Lowest("import")));
        times.Add("the same of a module of two bare cmdlets", Figures.Short(measured.Median("bare import")), Figures.Short(measured.Lowest("bare import")));
        times.Add("from Invoke-Dag's start to the first statement of its first node", Figures.Short(measured.Median("node")), Figures.Short(measured.Lowest("node")));
        times.Add("the same of ForEach-Object -Parallel", Figures.Short(measured.Median("parallel")), Figures.Short(measured.Lowest("parallel")));
        times.Print();

        using Session session = new(module);
        RunMemory memory = new(session);
        Console.WriteLine($"{RunMemory.Nodes.ToString("N0", CultureInfo.InvariantCulture)} nodes that give out an integer each; {BuiltModule.Describe()}.");
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
