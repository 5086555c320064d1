using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Benchmarks.Traces;

/// <summary>Recorded workflows in virtual time: how near a run comes to what no schedule can beat.</summary>
internal static class TracesSuite
{
    private static readonly int[] Workers = [2, 4, 8, 16, 64];
    private static readonly double[] Errors = [0.1, 0.3];

    public static void Run(BenchmarkOptions options)
    {
        if (options.Traces is null)
        {
            throw new ArgumentException("This suite needs --traces <folder>, with WfFormat 1.5 files.");
        }

        IReadOnlyList<WorkflowTrace> traces = WorkflowTrace.ReadAll(options.Traces);
        Console.WriteLine(
            $"{traces.Count} traces, {traces.Sum(trace => trace.Graph.Count):N0} tasks. Makespan / max(critical path, work / workers): "
            + "mean, and in brackets the highest.");
        Console.WriteLine();
        Table table = new(
            "workers", "first come", "by level", "remaining path", "DagShell", "longest over first come", "longest over remaining path",
            "remaining path / tight bound", "DagShell / tight bound", "planning, µs a node");
        List<Result> all = [];
        foreach (int workers in Workers)
        {
            List<Result> results = [.. traces.Select(trace => Measure(trace, trace.Durations, workers))];
            double planning = PlanningTime(traces, workers, options.IsQuick ? 5 : 15);
            AddRow(table, workers.ToString(CultureInfo.InvariantCulture), results, Figures.Short(planning));
            all.AddRange(results);
        }

        AddRow(table, "all", all, "");
        foreach (double error in Errors)
        {
            List<Result> results =
                [.. traces.SelectMany(trace => Workers.Select(workers => Measure(trace, Disturbed(trace, error), workers)))];
            AddRow(table, string.Create(CultureInfo.InvariantCulture, $"all, estimates ±{error:P0}"), results, "");
        }

        table.Print();
        RealRun.Run(traces, options.IsQuick);
    }

    private static Result Measure(WorkflowTrace trace, IReadOnlyList<TimeSpan> durations, int workers)
    {
        DagGraph graph = trace.Graph;
        return new Result(
            LowerBounds.Simple(graph, durations, workers),
            LowerBounds.Tight(graph, durations, workers),
            Baselines.FirstComeFirstServed(graph, durations, workers).Ticks,
            Baselines.LevelByLevel(graph, durations, workers).Ticks,
            VirtualRun.Makespan(DagPlan.Create(graph), durations, workers).Ticks,
            VirtualRun.Makespan(DagPlan.Create(graph, workers), durations, workers).Ticks);
    }

    private static void AddRow(Table table, string name, List<Result> results, string planning) => table.Add(
        name,
        MeanAndMax(results, result => result.FirstCome / result.Bound),
        MeanAndMax(results, result => result.ByLevel / result.Bound),
        MeanAndMax(results, result => result.RemainingPath / result.Bound),
        MeanAndMax(results, result => result.DagShell / result.Bound),
        Figures.Ratio(results.Max(result => result.DagShell / result.FirstCome)),
        Figures.Ratio(results.Max(result => result.DagShell / result.RemainingPath)),
        MeanAndMax(results, result => result.RemainingPath / result.TightBound),
        MeanAndMax(results, result => result.DagShell / result.TightBound),
        planning);

    private static string MeanAndMax(List<Result> results, Func<Result, double> ratio) =>
        $"{Figures.Ratio(results.Average(ratio))} ({results.Max(ratio).ToString("N2", CultureInfo.InvariantCulture)})";

    /// <summary>
    /// What the durations are if the estimates are off: by a factor from 1 / e^(2 · error) to e^(2 · error), most often near 1.
    /// </summary>
    private static IReadOnlyList<TimeSpan> Disturbed(WorkflowTrace trace, double error)
    {
        Random random = new(trace.Graph.Count);
        return [.. trace.Durations.Select(duration => duration * Math.Exp(error * Normal(random)))];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>What looking for the order adds to planning, in microseconds a node: the median of rounds over all traces.</summary>
    private static double PlanningTime(IReadOnlyList<WorkflowTrace> traces, int workers, int count)
    {
        int nodes = traces.Sum(trace => trace.Graph.Count);
        Rounds rounds = Rounds.Measure(count, warmUps: 1,
        [
            new Contender("with", () => Time(() => traces.Sum(trace => DagPlan.Create(trace.Graph, workers).LevelCount))),
            new Contender("without", () => Time(() => traces.Sum(trace => DagPlan.Create(trace.Graph).LevelCount))),
        ]);
        return (rounds.Median("with") - rounds.Median("without")) / nodes;
    }

    private static double Time(Func<int> action)
    {
        long start = Stopwatch.GetTimestamp();
        _ = action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private sealed record Result(double Bound, double TightBound, double FirstCome, double ByLevel, double RemainingPath, double DagShell);
}
