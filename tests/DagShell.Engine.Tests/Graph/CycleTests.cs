using CsCheck;
using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Graph;

public sealed class CycleTests
{
    [Theory]
    [InlineData("fallback", "A → B → A. 'B' is the fallback for 'A'.")]
    [InlineData("clean-up", "A → B → A. 'B' cleans up after 'A'.")]
    [InlineData("dependent", "B → C → B. 'C' depends on 'A', and so waits for its fallback 'B'.")]
    [InlineData("crossed", "D1 → D2 → D1. 'D2' cleans up after 'B', 'Y', and so waits for all that comes after that, 'D1' too. "
        + "'D1' cleans up after 'A', 'X', and so waits for all that comes after that, 'D2' too.")]
    public void Edges_that_nobody_wrote_are_named(string relation, string message)
    {
        Node[] nodes = relation switch
        {
            "fallback" => [Node("A", "B"), Fallback("B", "A")],
            "clean-up" => [Node("A", "B"), CleanUpOf("B", "A")],
            "dependent" => [Node("A"), Fallback("B", "A", "C"), Node("C", "A")],
            _ => [Node("A"), Node("Y"), Node("B", "A"), Node("X", "Y"), CleanUpOf("D1", "A", "X"), CleanUpOf("D2", "B", "Y")],
        };

        Assert.False(DagGraph.TryCreate(nodes, [], new Dictionary<string, int>(), out _, out var problems));
        Assert.Equal(
            $"The nodes form a cycle: {message} Remove one of these edges, or what it comes from.", Assert.Single(problems).Message);
    }

    [Fact]
    public void A_cycle_is_reported_with_its_path()
    {
        GraphProblem problem = Problem([Node("A", "C"), Node("B", "A"), Node("C", "B")]);

        Assert.Equal(GraphProblemKind.Cycle, problem.Kind);
        Assert.Equal(["A", "B", "C"], problem.Nodes);
        Assert.Equal("The nodes form a cycle: A → B → C → A. Remove one of these edges.", problem.Message);
    }

    [Fact]
    public void Two_nodes_can_form_one()
    {
        Assert.Equal(
            "The nodes form a cycle: A → B → A. Remove one of these edges.",
            Problem([Node("A"), Node("B")], [new("b", "a"), new("a", "b")]).Message);
    }

    [Fact]
    public void The_path_starts_at_the_node_that_was_defined_first()
    {
        Assert.Equal(["A", "C", "B"], Problem([Node("A", "B"), Node("B", "C"), Node("C", "A")]).Nodes);
    }

    [Fact]
    public void The_path_is_a_short_one()
    {
        // The long way round is a, b, c, d, e; d leads back at once.
        Node[] nodes = [Node("a", "e", "d"), Node("b", "a"), Node("c", "b"), Node("d", "c", "a"), Node("e", "d")];

        Assert.Equal(["a", "d"], Problem(nodes).Nodes);
    }

    [Fact]
    public void Nodes_around_a_cycle_are_not_part_of_it()
    {
        Node[] nodes = [Node("before"), Node("x", "y", "before"), Node("y", "x"), Node("after", "y"), Node("last", "after")];

        Assert.Equal(["x", "y"], Problem(nodes).Nodes);
    }

    [Fact]
    public void Cycles_apart_from_each_other_are_reported_each_in_the_order_of_definition()
    {
        // The second cycle depends on the first, and there is a node between them.
        Node[] nodes = [Node("c2", "c1", "between"), Node("a1", "a2"), Node("between", "a1"), Node("a2", "a1"), Node("c1", "c2")];

        Assert.Equal(["c2 c1", "a1 a2"], Problems(nodes).Select(problem => string.Join(' ', problem.Nodes)));
    }

    [Fact]
    public void Cycles_that_share_a_node_are_one_problem()
    {
        Assert.Equal(["a", "b"], Problem([Node("a", "b", "c"), Node("b", "a"), Node("c", "a")]).Nodes);
    }

    [Fact]
    public void A_cycle_is_found_though_a_name_is_given_twice_and_another_is_unknown()
    {
        Assert.Equal(
            [GraphProblemKind.DuplicateName, GraphProblemKind.UnknownDependency, GraphProblemKind.Cycle],
            Problems([Node("a", "b", "nowhere"), Node("b", "A"), Node("a")]).Select(problem => problem.Kind));
    }

    [Fact]
    public void A_cycle_of_200_000_is_found_and_its_message_can_be_read()
    {
        Node[] nodes = Chain(200_000);
        nodes[0] = Node("N0", "N199999");

        GraphProblem problem = Problem(nodes);

        Assert.Equal(200_000, problem.Nodes.Count);
        Assert.StartsWith("The nodes form a cycle: N0 → N1 → N2 → ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(" → N49 → … 199,940 more … → N199990 → ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith(" → N199999 → N0. Remove one of these edges.", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_is_shown_whole_up_to_a_hundred_nodes()
    {
        Node[] nodes = Chain(100);
        nodes[0] = Node("N0", "N99");

        Assert.DoesNotContain("…", Problem(nodes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_longer_path_the_middle_is_left_out()
    {
        Node[] nodes = Chain(101);
        nodes[0] = Node("N0", "N100");

        Assert.Contains(" → N49 → … 41 more … → N91 → N92 → ", Problem(nodes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_100_000_of_cycles_are_reported_each()
    {
        Node[] nodes = [.. Enumerable.Range(0, 200_000).Select(i => Node($"N{i}", $"N{i ^ 1}"))];

        Assert.Equal(100_000, Problems(nodes).Count);
    }

    [Fact]
    public void Random_graphs_are_valid_or_have_one_real_cycle_for_each_strongly_connected_component() =>
        RandomDag.PerhapsCyclic().Sample(random =>
        {
            IReadOnlyList<IReadOnlyList<int>> dependencies = random.Dependencies();
            bool[,] reaches = Reachability(dependencies);
            List<int> cyclic = [.. Enumerable.Range(0, random.Nodes.Count).Where(node => reaches[node, node])];
            IEnumerable<int> firstOfEachComponent = cyclic.Where(
                node => !cyclic.Any(other => other < node && reaches[node, other] && reaches[other, node]));

            bool valid = DagGraph.TryCreate(random.Nodes, random.Edges, random.PoolLimits, out _, out IReadOnlyList<GraphProblem> problems);

            Assert.Equal(cyclic.Count == 0, valid);
            int[][] paths = [.. problems.Select(problem => problem.Nodes.Select(name => IndexOf(random, name)).ToArray())];
            Assert.Equal(firstOfEachComponent, paths.Select(path => path[0]));
            foreach ((GraphProblem problem, int[] path) in problems.Zip(paths))
            {
                Assert.Equal(GraphProblemKind.Cycle, problem.Kind);
                Assert.Equal(path.Min(), path[0]);
                Assert.Equal(path.Length, path.Distinct().Count());
                Assert.Equal(ShortestCycle(dependencies, path[0]), path.Length);
                for (int i = 0; i < path.Length; i++)
                {
                    Assert.Contains(path[i], dependencies[path[(i + 1) % path.Length]]);
                }
            }
        });

    private static int IndexOf(RandomDag random, string name) => random.Nodes.TakeWhile(node => node.Name != name).Count();

    // [a, b]: one gets from b, up its dependencies, to a.
    private static bool[,] Reachability(IReadOnlyList<IReadOnlyList<int>> dependencies)
    {
        int count = dependencies.Count;
        bool[,] reaches = new bool[count, count];
        for (int node = 0; node < count; node++)
        {
            foreach (int dependency in dependencies[node])
            {
                reaches[dependency, node] = true;
            }
        }

        for (int through = 0; through < count; through++)
        {
            for (int from = 0; from < count; from++)
            {
                for (int to = 0; to < count; to++)
                {
                    reaches[from, to] |= reaches[from, through] && reaches[through, to];
                }
            }
        }

        return reaches;
    }

    private static int ShortestCycle(IReadOnlyList<IReadOnlyList<int>> dependencies, int start)
    {
        HashSet<int> reached = [.. dependencies[start]];
        int length = 1;
        while (!reached.Contains(start))
        {
            reached.UnionWith([.. reached.SelectMany(node => dependencies[node])]);
            length++;
        }

        return length;
    }
}
