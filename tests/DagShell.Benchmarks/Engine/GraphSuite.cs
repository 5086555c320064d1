using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell.Benchmarks.Engine;

/// <summary>The engine alone: layered random graphs, planned and run with nodes that do nothing. Times are microseconds a node.</summary>
internal static class GraphSuite
{
    private const int NodesPerMeasurement = 200_000;

    /// <summary>How many nodes there are whose dags come at their turn; the first two are compared.</summary>
    private static readonly int[] LateDags = [1_000, 10_000];
    private static readonly string[] Steps = ["A", "B", "C", "D", "E"];

    private static readonly int[] Workers = [2, 8];
    private static readonly Dictionary<string, int> NoPools = [];

    public static void Run(BenchmarkOptions options)
    {
        int[] sizes = [10_000, 100_000, 1_000_000];
        int rounds = options.IsQuick ? 5 : 9;
        (double Retained, double Allocated)[] bytes = [.. sizes.Select(BytesPerNode)];
        List<Contender> contenders = [];
        foreach (int size in sizes)
        {
            // Of small graphs several, so that a measurement is long enough, and none finds its nodes in the caches because it
            // has just been planned.
            Node[][] graphs =
                [.. Enumerable.Range(0, Math.Max(1, NodesPerMeasurement / size)).Select(seed => LayeredGraph.Create(size, seed))];
            contenders.Add(new Contender($"plan {size}", () => Mean(graphs, size, nodes => Timed(() => Plan(nodes)))));
            DagPlan[] plans = Array.ConvertAll(graphs, Plan);
            foreach (int workers in Workers)
            {
                contenders.Add(new Contender($"run {size} {workers}", () => Mean(plans, size, plan => RunOnce(plan, workers))));
            }
        }

        DagPlan mapped = Plan([new Node("mapped") { IsMapped = true }]);
        object?[] items = new object?[sizes[^1]];
        foreach (int workers in Workers)
        {
            contenders.Add(new Contender($"items {workers}", () => RunOnce(mapped, workers, items) / items.Length));
        }

        foreach (int count in LateDags)
        {
            DagPlan late = Plan(
                [.. Enumerable.Range(0, count).Select(number => new Node($"late {number}") { IsDag = true, ExpandsAtTurn = true })]);
            contenders.Add(new Contender($"late {count}", () => RunOnce(late, Workers[0]) / count));
        }

        Rounds measured = Rounds.Measure(rounds, warmUps: 2, contenders);
        Table table = new("nodes", "plan, µs a node", "plan, s", "bytes a node kept", "allocated by planning", "run on 2, µs a node",
            "run on 8, µs a node",
            "plan / at 10,000", "run on 2 / at 10,000", "run on 8 / at 10,000");
        for (int i = 0; i < sizes.Length; i++)
        {
            int size = sizes[i];
            double plan = measured.Median($"plan {size}");
            table.Add(
                size.ToString("N0", CultureInfo.InvariantCulture),
                Figures.Short(plan),
                Figures.Short(plan * size / 1e6),
                Figures.Short(bytes[i].Retained),
                Figures.Short(bytes[i].Allocated),
                Figures.Short(measured.Median($"run {size} 2")),
                Figures.Short(measured.Median($"run {size} 8")),
                Figures.Times(measured.Ratio($"plan {size}", $"plan {sizes[0]}")),
                Figures.Times(measured.Ratio($"run {size} 2", $"run {sizes[0]} 2")),
                Figures.Times(measured.Ratio($"run {size} 8", $"run {sizes[0]} 8")));
        }

        table.Print();
        foreach (int workers in Workers)
        {
            Console.WriteLine(
                $"Of one node {items.Length:N0} items on {workers}: {Figures.Short(measured.Median($"items {workers}"))} µs an item, "
                + $"{Figures.Times(measured.Ratio($"items {workers}", $"run {sizes[^1]} {workers}"))} of what as many nodes take to run.");
        }

        foreach (int count in LateDags)
        {
            Console.WriteLine(
                $"{count:N0} nodes that each turn out to be five steps: {Figures.Short(measured.Median($"late {count}"))} µs each on "
                + $"{Workers[0]}, {Figures.Times(measured.Ratio($"late {count}", $"late {LateDags[0]}"))} of what they take "
                + $"when there are {LateDags[0]:N0}.");
        }

        Console.WriteLine($"Medians of {rounds} rounds. Bytes: nodes, graph and plan, without the names.");
    }

    private static DagPlan Plan(Node[] nodes) => DagPlan.Create(DagGraph.Create(nodes, [], NoPools));

    private static double Timed(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Mean<T>(T[] graphs, int size, Func<T, double> measure)
    {
        // What earlier measurements left behind is not this one's to collect.
        GC.Collect();
        return graphs.Sum(measure) / graphs.Length / size;
    }

    private static double RunOnce(DagPlan plan, int workers, object?[]? items = null)
    {
        using NoOpRunner runner = new(workers) { Items = items ?? [], DagOf = FiveSteps };
        long start = Stopwatch.GetTimestamp();
        Scheduler scheduler = new(plan, runner, new RunOptions { ThrottleLimit = workers });
        scheduler.Start();
        scheduler.Completion.Wait();
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return scheduler.Completion.Result == RunStatus.Succeeded ? time : throw new InvalidOperationException("The run failed.");
    }

    private static DagGraph FiveSteps(Node dag) => DagGraph.Create(
        [.. Steps.Select((step, number) => new Node(step) { DependsOn = number == 0 ? [] : [Steps[number - 1]] }.InsideOf(dag))],
        [],
        NoPools);

    private static (double Retained, double Allocated) BytesPerNode(int size)
    {
        long before = Memory.Retained();
        Node[] nodes = LayeredGraph.Create(size, seed: 0);
        long names = LayeredGraph.NameBytes(nodes);
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        DagPlan plan = Plan(nodes);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        nodes = [];
        long retained = Memory.Retained() - before - names;
        GC.KeepAlive(plan);
        return ((double)retained / size, (double)allocated / size);
    }
}
