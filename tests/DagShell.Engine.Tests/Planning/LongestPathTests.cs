using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Tests.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Planning;

public sealed class LongestPathTests
{
    [Fact]
    public void It_is_the_path_whose_nodes_take_longest()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B", "A"), Node("C", "A"), Node("D", "B", "C"));

        LongestPath path = new(graph, [1, 5, 7, 2]);

        Assert.Equal(["A", "C", "D"], graph.Names(path.Nodes));
        Assert.Equal(10, path.Ticks);
        Assert.Equal([9, 8, 8], path.WithoutEach());
    }

    [Fact]
    public void Of_paths_as_long_the_one_that_was_defined_first_is_taken()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B", "A"), Node("C", "A"));

        Assert.Equal(["A", "B"], graph.Names(new LongestPath(graph, [1, 2, 2]).Nodes));
    }

    [Fact]
    public void It_ends_where_only_nodes_follow_that_took_no_time()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B", "A"), Node("C", "B"));

        Assert.Equal(["A", "B"], graph.Names(new LongestPath(graph, [0, 2, 0]).Nodes));
        Assert.Equal(["A"], graph.Names(new LongestPath(graph, [0, 0, 0]).Nodes));
    }

    [Fact]
    public void An_edge_that_does_not_count_is_not_taken()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B", "A"), Node("C", "B"));

        LongestPath path = new(graph, [5, 1, 3], (from, _) => from != 0);

        Assert.Equal(["A"], graph.Names(path.Nodes));
        Assert.Equal([4], path.WithoutEach());
    }

    [Fact]
    public void A_long_chain_needs_no_recursion()
    {
        DagGraph graph = GraphOf(Chain(200_000));
        long[] ticks = new long[graph.Count];
        Array.Fill(ticks, 1);

        LongestPath path = new(graph, ticks);

        Assert.Equal(200_000, path.Ticks);
        Assert.All(path.WithoutEach().Take(1_000), (without, place) => Assert.Equal(199_999 - place, without));
    }

    [Fact]
    public void What_goes_past_each_of_its_nodes_is_what_is_left_without_that_node() =>
        Gen.Select(RandomDag.Acyclic(), Gen.Long[0, 9].Array[24]).Sample(
            (dag, ticks) =>
            {
                DagGraph graph = dag.ToGraph();
                LongestPath path = new(graph, ticks[..graph.Count]);

                Assert.Equal(path.Ticks, path.Nodes.Sum(node => ticks[node]));
                Assert.Equal(path.Ticks, Longest(graph, ticks, without: -1));
                Assert.Equal(path.Nodes.Select(node => Longest(graph, ticks, node)), path.WithoutEach());
            },
            iter: 2_000);

    // In the plainest way. A node that is left out breaks all paths through it.
    private static long Longest(DagGraph graph, long[] ticks, int without)
    {
        long[] ending = new long[graph.Count];
        foreach (int node in graph.TopologicalOrder)
        {
            if (node != without)
            {
                foreach (int dependency in graph.Upstream(node))
                {
                    ending[node] = Math.Max(ending[node], ending[dependency]);
                }

                ending[node] += ticks[node];
            }
        }

        return ending.Max();
    }
}
