using System.Globalization;
using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// Nodes that do next to nothing and wait for nothing: what a node costs. Times are microseconds a node, from Invoke-Dag's start to its
/// end.
/// </summary>
internal static class NodesSuite
{
    private const int ItemLimit = 2;

    private static readonly int[] ThrottleLimits = [1, 2, 8];

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 3 : 11;
        int nodeCount = options.IsQuick ? 500 : 2_000;

        // ForEach-Object -Parallel takes a millisecond and more for each, of a thousand as of a hundred.
        int parallelItems = options.IsQuick ? 100 : nodeCount;
        using BuiltModule module = new();
        using Session session = new(module);
        string own = Scripts.Lines(nodeCount, static i => $"New-DagNode n{i} {{ 1 }}");
        session.Run($"$shared = {{ 1 }}; $sharedNodes = foreach ($i in 1..{nodeCount}) {{ New-DagNode n$i $shared }}");
        List<Contender> contenders =
        [
            new("loop", () => session.Time($"foreach ($i in 1..{nodeCount}) {{ & {{ 1 }} }}") / nodeCount),
        ];
        foreach (int limit in ThrottleLimits)
        {
            contenders.Add(new Contender($"own {limit}", () =>
            {
                // Parsed anew: script blocks that were run before are known, and compiled in part.
                var nodes = session.Run(own);
                return session.Time($"$nodes | Invoke-Dag -ThrottleLimit {limit}", ("nodes", nodes)) / nodeCount;
            }));
            contenders.Add(new Contender($"shared {limit}", () =>
                session.Time($"$sharedNodes | Invoke-Dag -ThrottleLimit {limit}") / nodeCount));
            contenders.Add(new Contender(
                $"parallel {limit}",
                () => session.Time($"1..{parallelItems} | ForEach-Object -Parallel {{ 1 }} -ThrottleLimit {limit}") / parallelItems));
        }

        // A node of many items against as many nodes with one script block.
        int itemCount = options.IsQuick ? 10_000 : 100_000;
        session.Run($"$manyNodes = foreach ($i in 1..{itemCount}) {{ New-DagNode n$i $shared }}; $many = 1..{itemCount}");
        contenders.Add(new Contender("many nodes", () =>
            session.Time($"$manyNodes | Invoke-Dag -ThrottleLimit {ItemLimit}") / itemCount));
        contenders.Add(new Contender("many items", () =>
            session.Time($"New-DagNode m -ForEach $many {{ $_ }} | Invoke-Dag -ThrottleLimit {ItemLimit}") / itemCount));

        Rounds measured = Rounds.Measure(rounds, warmUps: 1, contenders);
        Console.WriteLine(
            $"{nodeCount} nodes, {parallelItems} items of ForEach-Object -Parallel; {BuiltModule.Describe()}. Microseconds a node, "
                + $"medians of {rounds} rounds.");
        Console.WriteLine();
        Table table = new(
            "throttle limit", "own script blocks", "shared script block", "ForEach-Object -Parallel", "& { } in a loop",
            "-Parallel / own", "-Parallel / shared", "own / loop", "shared / loop");
        foreach (int limit in ThrottleLimits)
        {
            table.Add(
                limit.ToString(CultureInfo.InvariantCulture),
                Figures.Short(measured.Median($"own {limit}")),
                Figures.Short(measured.Median($"shared {limit}")),
                Figures.Short(measured.Median($"parallel {limit}")),
                Figures.Short(measured.Median("loop")),
                Figures.Times(measured.Ratio($"parallel {limit}", $"own {limit}")),
                Figures.Times(measured.Ratio($"parallel {limit}", $"shared {limit}")),
                Figures.Times(measured.Ratio($"own {limit}", "loop")),
                Figures.Times(measured.Ratio($"shared {limit}", "loop")));
        }

        table.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Of one node {itemCount:N0} items of {{ $_ }}: {Figures.Short(measured.Median("many items"))} µs an item, ")
            + $"{Figures.Times(measured.Ratio("many items", "many nodes"))} of what as many nodes with a shared script block take.");
    }
}
