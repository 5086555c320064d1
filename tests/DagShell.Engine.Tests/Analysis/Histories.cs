using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Analysis;

/// <summary>Short ways to the histories of runs. Times are seconds since the start.</summary>
internal static class Histories
{
    public static readonly DateTimeOffset Start = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What the figures of a test's run are made from, as it stands.</summary>
    public static RunHistory History(this TestRun run, int throttleLimit = 5) => new()
    {
        Graph = run.Graph,
        ThrottleLimit = throttleLimit,
        Status = run.Status,
        StartTime = run.Clock.Start,
        EndTime = run.Clock.GetUtcNow(),
        Nodes = run.Scheduler.Histories(),
    };

    /// <summary>A run in which each node had one attempt, which began at once and took so many seconds.</summary>
    public static RunHistory OfDurations(DagGraph graph, IReadOnlyList<double> seconds, int throttleLimit = 5)
    {
        double[] end = new double[graph.Count];
        foreach (int node in graph.TopologicalOrder)
        {
            foreach (int dependency in graph.Upstream(node))
            {
                end[node] = Math.Max(end[node], end[dependency]);
            }

            end[node] += seconds[node];
        }

        return new RunHistory
        {
            Graph = graph,
            ThrottleLimit = throttleLimit,
            Status = RunStatus.Succeeded,
            StartTime = Start,
            EndTime = Start.AddSeconds(end.Max()),
            Nodes = [.. end.Select((at, node) => Once(at - seconds[node], at))],
        };
    }

    /// <summary>A node that succeeded at its first attempt.</summary>
    public static NodeHistory Once(double start, double end, int slot = 0) => new(
        NodeState.Succeeded,
        Start.AddSeconds(start),
        Start.AddSeconds(end),
        [new AttemptRecord(1, slot, Start.AddSeconds(start), Start.AddSeconds(end), AttemptOutcomeKind.Succeeded, null, null)]);
}
