using CsCheck;
using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Graph;

public sealed class DagGraphTests
{
    [Fact]
    public void Nodes_keep_the_order_of_definition()
    {
        DagGraph graph = GraphOf(Node("c", "a"), Node("a"), Node("b"));

        Assert.Equal(3, graph.Count);
        Assert.Equal(["c", "a", "b"], [graph[0].Name, graph[1].Name, graph[2].Name]);
        Assert.Equal(1, graph.EdgeCount);
    }

    [Fact]
    public void A_node_is_found_by_its_name_in_any_case()
    {
        DagGraph graph = GraphOf(Node("Extract"), Node("Load"));

        Assert.True(graph.TryGetIndex("LOAD", out int index));
        Assert.Equal(1, index);
        Assert.False(graph.TryGetIndex("Lo", out _));
        Assert.Throws<ArgumentNullException>("name", () => graph.TryGetIndex(null!, out _));
    }

    [Fact]
    public void Upstream_is_DependsOn_and_then_the_edges_in_their_order()
    {
        Node[] nodes = [Node("a"), Node("b"), Node("c"), Node("d"), Node("x", "c", "a")];
        Edge[] edges = [new("d", "x"), new("b", "d"), new("b", "x")];

        DagGraph graph = DagGraph.Create(nodes, edges, NoLimits);

        Assert.Equal(["c", "a", "d", "b"], graph.Names(graph.Upstream(4)));
        Assert.Equal(["b"], graph.Names(graph.Upstream(3)));
        Assert.Equal(5, graph.EdgeCount);
    }

    [Fact]
    public void A_dependency_given_twice_counts_once_where_it_stood_first()
    {
        Node[] nodes = [Node("a"), Node("b"), Node("x", "b", "A", "B", "a"), Node("y", "x")];
        Edge[] edges = [new("A", "X"), new("b", "y"), new("B", "Y")];

        DagGraph graph = DagGraph.Create(nodes, edges, NoLimits);

        Assert.Equal(["b", "a"], graph.Names(graph.Upstream(2)));
        Assert.Equal(["x", "b"], graph.Names(graph.Upstream(3)));
        Assert.Equal(["x", "y"], graph.Names(graph.Downstream(1)));
        Assert.Equal(4, graph.EdgeCount);
    }

    [Fact]
    public void Downstream_is_in_ascending_order()
    {
        DagGraph graph = GraphOf(Node("c", "a"), Node("b", "a"), Node("a"), Node("d", "b", "a"));

        Assert.Equal([0, 1, 3], graph.Downstream(2).ToArray());
        Assert.Equal([3], graph.Downstream(1).ToArray());
        Assert.Equal([], graph.Downstream(3).ToArray());
    }

    [Fact]
    public void Every_node_comes_after_its_dependencies_in_topological_order()
    {
        DagGraph graph = GraphOf(Node("d", "c", "b"), Node("c", "a"), Node("b", "a"), Node("a"));

        Assert.Equal(["a", "c", "b", "d"], graph.Names(graph.TopologicalOrder));
    }

    [Fact]
    public void Pool_limits_are_found_in_any_case_and_do_not_change_with_the_dictionary_they_came_from()
    {
        Dictionary<string, int> limits = new() { ["Sql"] = 2, ["unused"] = 7 };
        DagGraph graph = DagGraph.Create([new Node("a") { Pool = "sQL" }], [], limits);
        limits["Sql"] = 5;

        Assert.Equal(2, graph.PoolLimits["SQL"]);
        Assert.Equal(2, graph.PoolLimits.Count);
    }

    [Fact]
    public void The_lower_limit_counts_when_a_pool_has_two_that_differ_in_case()
    {
        DagGraph graph = DagGraph.Create([Node("a")], [], new Dictionary<string, int> { ["sql"] = 3, ["SQL"] = 2, ["Sql"] = 4 });

        Assert.Equal(2, Assert.Single(graph.PoolLimits).Value);
    }

    [Fact]
    public void The_graph_does_not_change_with_the_list_it_came_from()
    {
        List<Node> nodes = [Node("a"), Node("b")];
        DagGraph graph = DagGraph.Create(nodes, [], NoLimits);
        nodes[0] = Node("z");

        Assert.Equal("a", graph[0].Name);
    }

    [Fact]
    public void A_missing_argument_is_the_callers_mistake_and_no_problem_of_the_graph()
    {
        Assert.Throws<ArgumentNullException>("nodes", () => DagGraph.Create(null!, [], NoLimits));
        Assert.Throws<ArgumentNullException>("edges", () => DagGraph.Create([], null!, NoLimits));
        Assert.Throws<ArgumentNullException>("poolLimits", () => DagGraph.Create([], [], null!));
        Assert.Throws<ArgumentException>("nodes", () => DagGraph.Create([null!], [], NoLimits));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chain_of_200_000_is_a_valid_dag(bool lastFirst)
    {
        Node[] nodes = Chain(200_000);
        if (lastFirst)
        {
            Array.Reverse(nodes);
        }

        DagGraph graph = GraphOf(nodes);

        Assert.Equal(199_999, graph.EdgeCount);
        Assert.Equal(lastFirst ? 199_999 : 0, graph.TopologicalOrder[0]);
        Assert.Equal(200_000, graph.UpstreamClosure([graph.IndexOf("N199999")]).Count);
    }

    [Fact]
    public void A_star_of_100_000_leaves_is_a_valid_dag()
    {
        DagGraph graph = GraphOf(Star(100_000));

        Assert.Equal(100_000, graph.Downstream(0).Length);
        Assert.Equal(100_001, graph.TopologicalOrder.Length);
    }

    [Fact]
    public void Random_dags_are_read_right() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        IReadOnlyList<IReadOnlyList<int>> dependencies = dag.Dependencies();

        Assert.Equal(dag.Nodes.Count, graph.Count);
        Assert.Equal(dependencies.Sum(list => list.Count), graph.EdgeCount);
        for (int node = 0; node < graph.Count; node++)
        {
            Assert.Same(dag.Nodes[node], graph[node]);
            Assert.Equal(dependencies[node], graph.Upstream(node).ToArray());
            Assert.Equal(
                Enumerable.Range(0, graph.Count).Where(other => dependencies[other].Contains(node)),
                graph.Downstream(node).ToArray());
        }
    });

    [Fact]
    public void The_topological_order_of_random_dags_is_one() => RandomDag.Acyclic().Sample(dag =>
    {
        DagGraph graph = dag.ToGraph();
        int[] order = graph.TopologicalOrder.ToArray();

        Assert.Equal(Enumerable.Range(0, graph.Count), order.Order());
        for (int node = 0; node < graph.Count; node++)
        {
            foreach (int dependency in graph.Upstream(node))
            {
                Assert.True(Array.IndexOf(order, dependency) < Array.IndexOf(order, node));
            }
        }
    });
}
