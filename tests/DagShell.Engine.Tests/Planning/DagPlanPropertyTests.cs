using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Tests.Graph;
using Xunit;

namespace DagShell.Engine.Tests.Planning;

/// <summary>The plan of random dags against the plainest way to compute the same.</summary>
public sealed class DagPlanPropertyTests
{
    [Fact]
    public void Levels_are_right() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        DagPlan plan = DagPlan.Create(graph);

        // Level by level: all whose dependencies are in levels before.
        int[] expected = new int[graph.Count];
        Array.Fill(expected, -1);
        int level = 0;
        for (; expected.Contains(-1); level++)
        {
            List<int> next =
            [
                .. AllNodes(graph)
                    .Where(node => expected[node] < 0 && Upstream(graph, node).All(dependency => expected[dependency] >= 0)),
            ];
            next.ForEach(node => expected[node] = level);
        }

        Assert.Equal(expected, AllNodes(graph).Select(plan.Level));
        Assert.Equal(level, plan.LevelCount);
    });

    [Fact]
    public void Remaining_paths_are_right() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        DagPlan plan = DagPlan.Create(graph);
        Dictionary<int, TimeSpan> known = [];

        Assert.All(AllNodes(graph), node => Assert.Equal(Remaining(graph, node, known), plan.RemainingPath(node)));
    });

    [Fact]
    public void Start_ranks_are_the_total_order() => RandomDag.Acyclic(60).Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        DagPlan plan = DagPlan.Create(graph);

        Assert.Equal(
            AllNodes(graph).OrderByDescending(node => graph[node].Priority).ThenByDescending(plan.RemainingPath).ThenBy(node => node),
            AllNodes(graph).OrderBy(plan.StartRank));
        Assert.Equal(AllNodes(graph), AllNodes(graph).Select(plan.StartRank).Order());
    });

    [Fact]
    public void The_order_is_that_of_one_worker() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        DagPlan plan = DagPlan.Create(graph);
        List<int> started = [];
        while (started.Count < graph.Count)
        {
            started.Add(AllNodes(graph)
                .Where(node => !started.Contains(node) && Upstream(graph, node).All(started.Contains))
                .MinBy(plan.StartRank));
        }

        Assert.Equal(started, plan.Order.ToArray());
    });

    [Fact]
    public void The_critical_path_is_a_path_from_root_to_leaf_and_none_is_longer() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        DagPlan plan = DagPlan.Create(graph);
        int[] path = plan.CriticalPath.ToArray();

        Assert.Empty(Upstream(graph, path[0]));
        Assert.Empty(graph.Downstream(path[^1]).ToArray());
        Assert.All(path.Zip(path.Skip(1)), step => Assert.Contains(step.First, Upstream(graph, step.Second)));
        Assert.Equal(AllNodes(graph).Max(plan.RemainingPath), plan.CriticalPathLength);
        Assert.Equal(path.Sum(node => Duration(graph, node).Ticks), plan.CriticalPathLength.Ticks);
        Assert.Equal(path.Order(), AllNodes(graph).Where(plan.IsCritical));
    });

    private static IEnumerable<int> AllNodes(DagGraph graph) => Enumerable.Range(0, graph.Count);

    private static int[] Upstream(DagGraph graph, int node) => graph.Upstream(node).ToArray();

    private static TimeSpan Duration(DagGraph graph, int node) => graph[node].EstimatedDuration ?? TimeSpan.FromSeconds(1);

    private static TimeSpan Remaining(DagGraph graph, int node, Dictionary<int, TimeSpan> known)
    {
        if (!known.TryGetValue(node, out TimeSpan remaining))
        {
            remaining = Duration(graph, node)
                + graph.Downstream(node).ToArray().Select(dependent => Remaining(graph, dependent, known)).DefaultIfEmpty().Max();
            known[node] = remaining;
        }

        return remaining;
    }
}
