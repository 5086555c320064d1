using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>What it costs that dags come at the turn of their nodes.</summary>
public sealed class LateDagCostTests
{
    [Fact]
    public void A_dag_that_comes_costs_what_it_has_and_not_what_is_there_already()
    {
        Run(100);
        double few = Run(250);
        double many = Run(2_000);

        // Whoever copies what is there allocates eight times as much for each of eight times as many.
        Assert.InRange(many / few, 0.3, 2);
    }

    [Fact]
    public void A_graph_to_which_two_others_were_added_knows_one_of_them_each_time()
    {
        Node first = LateDag("D");
        Node second = LateDag("E");
        var start = DagGraph.Create([first, second, Node("F", "D")], [], new Dictionary<string, int>());
        DagGraph one = start.With(0, Nested([Node("X"), Node("Y", "X")], outer: first));
        DagGraph other = start.With(1, Nested([CleanUp("Z"), Node("V", "Z"), Node("W")], outer: second));
        DagGraph both = one.With(1, Nested([Node("Z")], outer: second));

        Assert.Equal([3, 5, 6, 6], new[] { start, one, other, both }.Select(graph => graph.Count));
        Assert.Equal(["D/X", "D/Y"], one.Inside(0).Select(node => one[node].Name));
        Assert.Empty(one.Inside(1));
        Assert.Empty(start.Inside(0));
        Assert.Equal(["E/Z", "E/V", "E/W"], other.Inside(1).Select(node => other[node].Name));
        Assert.Equal((0, 3, 3), (other.CountInside(0), other.CountInside(1), other.Inside(1).First()));
        Assert.False(other.TryGetIndex("D/X", out _));
        Assert.False(one.TryGetIndex("E/Z", out _));
        Assert.True(both.TryGetIndex("E/Z", out int last));
        Assert.Equal((5, 1, "E/Z"), (last, both.Outer(last), both[last].Name));
        Assert.Equal([3], both.Upstream(4).ToArray());
        Assert.Equal([4], other.Downstream(3).ToArray());
        Assert.Equal([true, true, false], Enumerable.Range(3, 3).Select(other.IsCleanUp));
        Assert.Equal(3, other.EdgeCount + one.EdgeCount - start.EdgeCount);
        Assert.Equal(Enumerable.Range(0, 6), both.TopologicalOrder.ToArray().Order());
        Assert.Equal(["D", "D/X", "D/Y", "E", "E/Z", "F"], InOrder(both));
    }

    [Fact]
    public void A_pool_has_the_lowest_of_all_limits_that_came()
    {
        Node dag = LateDag("D");
        var start = DagGraph.Create([dag], [], new Dictionary<string, int> { ["p"] = 3, ["q"] = 1 });

        DagGraph lower = start.With(0, DagGraph.Create([Node("D/X")], [], new Dictionary<string, int> { ["P"] = 2, ["q"] = 4, ["r"] = 5 }));
        DagGraph same = start.With(0, DagGraph.Create([Node("D/X")], [], new Dictionary<string, int> { ["P"] = 3 }));

        Assert.Equal([("p", 2), ("q", 1), ("r", 5)], lower.PoolLimits.Select(pool => (pool.Key.ToLowerInvariant(), pool.Value)).Order());
        Assert.Same(start.PoolLimits, same.PoolLimits);
    }

    private static IEnumerable<string> InOrder(DagGraph graph)
    {
        DagGraph inOrder = graph.InOrder(out _);
        return Enumerable.Range(0, inOrder.Count).Select(node => inOrder[node].Name);
    }

    /// <summary>Runs so many nodes that each turn out to be five steps.</summary>
    /// <returns>How many bytes were allocated for each.</returns>
    private static double Run(int count)
    {
        Node[] dags = [.. Enumerable.Range(0, count).Select(number => LateDag($"D{number}"))];
        TestRun run = new(dags, throttleLimit: 4);
        foreach (Node dag in dags)
        {
            run.Script(
                dag.Name, Step.Expand(dag, [Node("A"), Node("B", "A"), Node("C", "B"), Node("D", "C"), Node("E", "D")]));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        run.ToEnd();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(count * 6, run.Counts.Succeeded);
        return (double)allocated / count;
    }
}
