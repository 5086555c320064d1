using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Graph;

/// <summary>What is inside of a node stands right behind it, whether it was there from the start or was added.</summary>
public sealed class NestingTests
{
    private static readonly Node[] Deploy =
    [
        Node("Build"),
        Node("Test", "Build"),
        Fallback("Quick test", "Test"),
        CleanUpOf("Tear down", "Build"),
        Dag("Roll out", Node("One"), Node("Two", "One")),
        Node("Tell"),
    ];

    private static DagGraph Whole => Nested(
    [
        Node("Plan"), new Node("Deploy") { IsDag = true, Work = Deploy, DependsOn = ["Plan"] }, Node("Report", "Deploy"), Node("Alone"),
    ]);

    [Fact]
    public void Each_node_knows_where_it_is()
    {
        DagGraph graph = Whole;

        Assert.Equal(
            [
                "Plan", "Deploy", "Deploy/Build", "Deploy/Test", "Deploy/Quick test", "Deploy/Tear down", "Deploy/Roll out",
                "Deploy/Roll out/One", "Deploy/Roll out/Two", "Deploy/Tell", "Report", "Alone",
            ],
            AllNames(graph));
        Assert.Equal([-1, -1, 1, 1, 1, 1, 1, 6, 6, 1, -1, -1], Enumerable.Range(0, graph.Count).Select(graph.Outer));
        Assert.Equal([0, 8, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0], Enumerable.Range(0, graph.Count).Select(graph.CountInside));
        Assert.Equal([2, 3, 4, 5, 6, 9], graph.Inside(1));
        Assert.Equal(3, graph.FallbackFor(4));
        Assert.Equal(4, graph.Fallback(3));
        Assert.Equal([2], graph.CleanUpOf(5).ToArray());
        Assert.Equal([5], graph.CleanUps(2).ToArray());
        Assert.Equal(Enumerable.Range(0, graph.Count), graph.TopologicalOrder.ToArray().Order());
    }

    [Theory]
    [InlineData("Deploy/Tell", "Plan Deploy Deploy/Tell")]
    [InlineData("Deploy/Roll_out/Two", "Plan Deploy Deploy/Roll_out Deploy/Roll_out/One Deploy/Roll_out/Two")]
    [InlineData("Deploy/Test", "Plan Deploy Deploy/Build Deploy/Test Deploy/Quick_test Deploy/Tear_down")]
    [InlineData("Deploy/Quick_test", "Plan Deploy Deploy/Build Deploy/Test Deploy/Quick_test Deploy/Tear_down")]
    [InlineData("Plan", "Plan")]
    public void A_part_has_of_a_dag_what_the_nodes_in_it_need(string target, string names)
    {
        DagGraph part = Whole.UpstreamClosure([Whole.IndexOf(target.Replace('_', ' '))]);

        Assert.Equal(names.Split(' '), AllNames(part).Select(name => name.Replace(' ', '_')));
        Assert.All(Enumerable.Range(0, part.Count), node => Assert.Equal(
            DagShell.Engine.Graph.Node.NamesAround(part[node].Name).FirstOrDefault(),
            part.Outer(node) < 0 ? null : part[part.Outer(node)].Name));
    }

    [Theory]
    [InlineData("Deploy")]
    [InlineData("Report")]
    public void A_part_that_needs_a_dag_as_such_has_all_of_it(string target)
    {
        DagGraph part = Whole.UpstreamClosure([Whole.IndexOf(target)]);

        Assert.Equal(target == "Report" ? 11 : 10, part.Count);
        Assert.Equal(8, part.CountInside(part.IndexOf("Deploy")));
        Assert.Equal(part.IndexOf("Deploy/Test"), part.FallbackFor(part.IndexOf("Deploy/Quick test")));
    }

    [Fact]
    public void Clean_up_that_is_a_dag_comes_along_with_all_that_is_in_it()
    {
        Node tidy = new("Tidy") { IsDag = true, Work = (Node[])[Node("One"), Node("Two")], CleanUpOf = ["Set up"] };
        DagGraph graph = Nested([Node("Set up"), tidy, Node("Use", "Set up"), Node("Other")]);

        Assert.Equal(["Set up", "Tidy", "Tidy/One", "Tidy/Two", "Use"], AllNames(graph.UpstreamClosure([graph.IndexOf("Use")])));
    }

    [Fact]
    public void A_dag_that_is_added_stands_behind_all_others_until_it_is_put_in_order()
    {
        DagGraph graph = GraphOf(Node("A"), LateDag("L", "A"), Node("B", "L"), LateDag("M"));
        DagGraph one = graph.With(1, InsideOf(graph[1], 20, relations: false));
        DagGraph two = one.With(3, InsideOf(graph[3], 2, relations: true));
        DagGraph other = one.With(3, InsideOf(graph[3], 3, relations: false));

        Assert.Equal((4, 24, 26, 27), (graph.Count, one.Count, two.Count, other.Count));
        Assert.Equal((2, 21, 22, 23), (graph.EdgeCount, one.EdgeCount, two.EdgeCount, other.EdgeCount));
        Assert.Equal((false, false, true, false), (graph.HasRelations, one.HasRelations, two.HasRelations, other.HasRelations));
        Assert.False(graph.TryGetIndex("L/0", out _));
        Assert.False(one.TryGetIndex("M/0", out _));
        Assert.Equal((4, 23, 24, 25), (one.IndexOf("L/0"), two.IndexOf("L/19"), two.IndexOf("M/0"), two.IndexOf("m/1")));
        Assert.Equal(26, other.IndexOf("M/2"));
        Assert.False(two.TryGetIndex("M/2", out _));
        Assert.Equal((20, 2, 3, 0), (two.CountInside(1), two.CountInside(3), other.CountInside(3), one.CountInside(3)));
        Assert.Equal((1, 3), (two.Outer(4), two.Outer(25)));
        Assert.Equal(Enumerable.Range(0, 26), two.TopologicalOrder.ToArray().Order());

        DagGraph ordered = two.InOrder(out IReadOnlyList<int> nodes);
        Assert.Equal([0, 1, .. Enumerable.Range(4, 20), 2, 3, 24, 25], nodes);
        Assert.Equal(nodes.Select(node => two[node].Name), AllNames(ordered));
        Assert.Equal(["A", "L", "L/0", "L/1"], AllNames(ordered).Take(4));
        Assert.Equal(two.EdgeCount, ordered.EdgeCount);
        Assert.Same(graph, graph.InOrder(out IReadOnlyList<int> same));
        Assert.Equal(Enumerable.Range(0, 4), same);
    }

    [Fact]
    public void The_lower_limit_of_a_pool_holds()
    {
        Dictionary<string, int> limits = new() { ["sql"] = 2, ["web"] = 5 };
        DagGraph graph = DagGraph.Create([LateDag("L")], [], limits);
        DagGraph inner = DagGraph.Create(
            [Node("X").InsideOf(graph[0])], [], new Dictionary<string, int> { ["SQL"] = 1, ["web"] = 9, ["far"] = 3 });

        DagGraph added = graph.With(0, inner);
        Assert.Equal((1, 5, 3), (added.PoolLimits["sql"], added.PoolLimits["web"], added.PoolLimits["far"]));
        Assert.Equal(3, added.PoolLimits.Count);
        Assert.Equal(2, graph.PoolLimits["sql"]);
    }

    [Fact]
    public void A_failure_is_overlooked_where_a_node_around_it_may_fail_or_has_a_fallback()
    {
        DagGraph graph = Nested(
        [
            Dag("Has one", Node("In")), Fallback("Instead", "Has one"), Dag("Has none", Node("In")),
            new Node("May") { IsDag = true, ContinueOnError = true, Work = (Node[])[Dag("In", Node("Deep"))] },
        ]);

        Assert.Equal(
            ["Has one/In", "May", "May/In", "May/In/Deep"],
            Enumerable.Range(0, graph.Count).Where(graph.IsOverlooked).Select(node => graph[node].Name));
    }

    [Fact]
    public void What_is_inside_has_the_pool_and_priority_of_the_node_around_it_unless_it_has_its_own()
    {
        Node outer = new("Outer") { Pool = "far", Priority = 3 };

        Node plain = new Node("X").InsideOf(outer);
        Node own = new Node("Y") { Pool = "near", Priority = 1 }.InsideOf(outer);
        Assert.Equal(("Outer/X", "X", "far", 3), (plain.Name, plain.LocalName, plain.Pool, plain.Priority));
        Assert.Equal(("Outer/Y", "Y", "near", 1), (own.Name, own.LocalName, own.Pool, own.Priority));
        Assert.Throws<ArgumentNullException>("outer", () => plain.InsideOf(null!));
    }

    [Theory]
    [InlineData("A#2/B/C", "A#2/B|A#2|A")]
    [InlineData("A", "")]
    [InlineData("/A", "")]
    [InlineData("A/", "A")]
    public void A_name_tells_what_is_around(string name, string around) =>
        Assert.Equal(around.Split('|', StringSplitOptions.RemoveEmptyEntries), DagShell.Engine.Graph.Node.NamesAround(name));

    private static DagGraph InsideOf(Node outer, int count, bool relations) => DagGraph.Create(
        [
            .. Enumerable.Range(0, count).Select(i => new Node($"{i}")
            {
                DependsOn = i == 0 ? [] : [$"{i - 1}"],
                CleanUpOf = relations && i == 1 ? ["0"] : [],
            }.InsideOf(outer)),
        ],
        [],
        NoLimits);

    private static IEnumerable<string> AllNames(DagGraph graph) => Enumerable.Range(0, graph.Count).Select(node => graph[node].Name);
}
