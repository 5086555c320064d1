using CsCheck;
using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Graph;

public sealed class UpstreamClosureTests
{
    private static readonly Node[] Nodes =
    [
        Node("report", "load"),
        Node("load", "clean", "fetch"),
        Node("audit"),
        Node("fetch"),
        Node("clean", "fetch"),
        Node("tidy", "load"),
    ];

    [Fact]
    public void It_has_the_targets_and_all_they_depend_on_in_their_order()
    {
        DagGraph graph = GraphOf(Nodes);

        DagGraph closure = graph.UpstreamClosure([graph.IndexOf("load"), graph.IndexOf("audit")]);

        Assert.Equal(["load", "audit", "fetch", "clean"], Enumerable.Range(0, closure.Count).Select(i => closure[i].Name));
        Assert.Equal(["clean", "fetch"], closure.Names(closure.Upstream(0)));
        Assert.Equal(["load", "clean"], closure.Names(closure.Downstream(closure.IndexOf("FETCH"))));
        Assert.Equal([], closure.Downstream(0).ToArray());
        Assert.Equal(3, closure.EdgeCount);
        Assert.False(closure.TryGetIndex("report", out _));
    }

    [Fact]
    public void It_keeps_the_pool_limits()
    {
        DagGraph graph = DagGraph.Create(Nodes, [], new Dictionary<string, int> { ["sql"] = 2 });

        Assert.Equal(2, graph.UpstreamClosure([3]).PoolLimits["sql"]);
    }

    [Fact]
    public void Where_every_node_is_needed_it_is_the_graph_itself()
    {
        DagGraph graph = GraphOf(Nodes);

        Assert.Same(graph, graph.UpstreamClosure([0, 2, 5]));
    }

    [Fact]
    public void A_target_may_be_given_twice_and_with_its_own_dependency()
    {
        DagGraph graph = GraphOf(Nodes);

        Assert.Equal(2, graph.UpstreamClosure([4, 3, 4]).Count);
    }

    [Fact]
    public void Without_a_target_or_with_one_that_is_not_there_it_throws()
    {
        DagGraph graph = GraphOf(Nodes);

        Assert.Throws<ArgumentException>("targets", () => graph.UpstreamClosure([]));
        Assert.Throws<ArgumentOutOfRangeException>("targets", () => graph.UpstreamClosure([6]));
        Assert.Throws<ArgumentOutOfRangeException>("targets", () => graph.UpstreamClosure([-1]));
        Assert.Throws<ArgumentNullException>("targets", () => graph.UpstreamClosure(null!));
    }

    [Fact]
    public void In_random_dags_it_is_the_graph_made_of_the_nodes_that_are_reached() =>
        Gen.Select(RandomDag.Acyclic(), Gen.Int[0, 99].Array[1, 3]).Sample((dag, picks) =>
        {
            DagGraph graph = dag.ToGraph();
            int[] targets = [.. picks.Select(pick => pick % graph.Count)];
            SortedSet<int> reached = [.. targets];
            while (reached.Count < reached.Concat(reached.SelectMany(node => graph.Upstream(node).ToArray())).Distinct().Count())
            {
                reached.UnionWith([.. reached.SelectMany(node => graph.Upstream(node).ToArray())]);
            }

            DagGraph closure = graph.UpstreamClosure(targets);

            HashSet<string> names = [.. reached.Select(node => graph[node].Name)];
            DagGraph expected = DagGraph.Create(
                [.. reached.Select(node => graph[node])],
                [.. dag.Edges.Where(edge => names.Contains(edge.To.ToLowerInvariant()))],
                dag.PoolLimits);
            Assert.Equal(expected.Count, closure.Count);
            Assert.Equal(expected.EdgeCount, closure.EdgeCount);
            for (int node = 0; node < expected.Count; node++)
            {
                Assert.Same(expected[node], closure[node]);
                Assert.Equal(node, closure.IndexOf(expected[node].Name));
                Assert.Equal(expected.Upstream(node).ToArray(), closure.Upstream(node).ToArray());
                Assert.Equal(expected.Downstream(node).ToArray(), closure.Downstream(node).ToArray());
            }

            int[] order = closure.TopologicalOrder.ToArray();
            Assert.Equal(Enumerable.Range(0, closure.Count), order.Order());
            Assert.All(order, node => Assert.All(
                closure.Upstream(node).ToArray(),
                dependency => Assert.True(Array.IndexOf(order, dependency) < Array.IndexOf(order, node))));
        });
}
