using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Graph;

/// <summary>A name that no node has and that has wildcards stands for the nodes whose names fit.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("load-*", "load-1 Load-2 load-10[")]
    [InlineData("LOAD-?", "load-1 Load-2")]
    [InlineData("*", "load-1 Load-2 load-10[ load")]
    [InlineData("load-[2-9]", "Load-2")]
    [InlineData("load-[12]", "load-1 Load-2")]
    [InlineData("*`[", "load-10[")]
    [InlineData("*-1?*", "load-10[")]
    [InlineData("loa?", "load")]
    public void A_node_depends_on_those_that_fit_in_the_order_of_definition(string pattern, string expected)
    {
        DagGraph graph = GraphOf(Node("load-1"), Node("Load-2"), Node("merge", pattern), Node("load-10["), Node("load"));

        Assert.Equal(expected.Split(' '), graph.Names(graph.Upstream(graph.IndexOf("merge"))));
    }

    [Fact]
    public void A_name_that_a_node_has_is_no_pattern()
    {
        DagGraph graph = GraphOf(Node("load-*"), Node("load-1"), Node("x[1]"), Node("merge", "LOAD-*", "x[1]"));

        Assert.Equal(["load-*", "x[1]"], graph.Names(graph.Upstream(3)));
    }

    [Fact]
    public void Patterns_and_names_mix_and_each_node_counts_once()
    {
        DagGraph graph = GraphOf(Node("a1"), Node("b"), Node("a2"), Node("end", "a2", "a*", "b", "*"));

        Assert.Equal(["a2", "a1", "b"], graph.Names(graph.Upstream(3)));
    }

    [Fact]
    public void A_pattern_does_not_fit_its_own_node()
    {
        DagGraph graph = GraphOf(Node("load-1"), Node("load-all", "load-*"));

        Assert.Equal(["load-1"], graph.Names(graph.Upstream(1)));
    }

    [Theory]
    [InlineData("load-*")]
    [InlineData("x?")]
    [InlineData("[a-c]*")]
    public void One_that_fits_nothing_else_is_a_problem(string pattern)
    {
        GraphProblem problem = Problem([Node("other"), Node("load-all", pattern)]);

        Assert.Equal(GraphProblemKind.UnknownDependency, problem.Kind);
        Assert.Equal(["load-all", pattern], problem.Nodes);
        Assert.Equal(
            $"Node 'load-all' depends on '{pattern}', and no other node's name fits that pattern. Add such a node or mend the pattern.",
            problem.Message);
    }

    [Theory]
    [InlineData("load[")]
    [InlineData("load[]")]
    [InlineData("load]")]
    public void A_bracket_alone_makes_no_pattern(string name) =>
        Assert.Contains("which is not in the dag", Problem([Node("loads"), Node("merge", name)]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a?", "end", "a1 a2")]
    [InlineData("a1", "e*", "a1")]
    [InlineData("*", "end", "a1 a2 b")]
    [InlineData("[ab]?", "[e-f]nd", "a1 a2")]
    public void Edges_take_patterns_at_both_ends(string from, string to, string expected)
    {
        DagGraph graph = DagGraph.Create([Node("a1"), Node("a2"), Node("b"), Node("end")], [new(from, to)], NoLimits);

        Assert.Equal(expected.Split(' '), graph.Names(graph.Upstream(3)));
    }

    [Theory]
    [InlineData("x*", "a", "starts at 'x*', which fits no node")]
    [InlineData("a", "x*", "ends at 'x*', which fits no node")]
    [InlineData("a*", "a", "'a*' → 'a' stands for none")]
    public void An_edge_that_stands_for_none_is_a_problem(string from, string to, string expected) =>
        Assert.Contains(expected, Problem([Node("a"), Node("b")], [new(from, to)]).Message, StringComparison.Ordinal);

    [Fact]
    public void Clean_up_takes_patterns()
    {
        DagGraph graph = GraphOf(
            Node("vm-1"), Node("vm-2"), Node("use", "vm-2"), new Node("vm-remove") { CleanUpOf = ["vm-1", "vm-*"] });

        Assert.Equal(["vm-1", "vm-2"], graph.Names(graph.CleanUpOf(3)));
        Assert.Equal(["vm-1", "vm-2"], graph.Names(graph.Upstream(3)));
        Assert.Equal(["vm-1", "vm-2", "use"], graph.Names(graph.Awaited(3)));
        Assert.Equal(
            "Node 'vm-remove' cleans up after 'vm-*', and no other node's name fits that pattern. Add such a node or mend the pattern.",
            Problem([Node("other"), new Node("vm-remove") { CleanUpOf = ["vm-*"] }]).Message);
    }

    [Fact]
    public void Two_that_fit_one_another_are_a_cycle() =>
        Assert.Equal("The nodes form a cycle: a → b → a. Remove one of these edges.", Problem([Node("a", "*"), Node("b", "*")]).Message);

    [Fact]
    public void Edges_of_what_is_no_dag_yet_are_all_that_is_said()
    {
        Node[] nodes =
        [
            Node("a1"), Node("A2", "A1"), Node("end", "a?", "later", "x*"), new Node("clean") { CleanUpOf = ["A2"] },
        ];

        Assert.Equal(
            ["a1 → A2", "a1 → end", "A2 → end", "later → end", "x* → end", "A2 → clean", "end → clean"],
            DagGraph.EdgesOf(nodes, [new("END", "clean"), new("a1", "a2")]).Select(edge => edge.ToString()));
    }
}
