using DagShell.Engine.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Graph;

public sealed class GraphProblemTests
{
    [Fact]
    public void No_nodes()
    {
        GraphProblem problem = Problem([]);

        Assert.Equal(GraphProblemKind.NoNodes, problem.Kind);
        Assert.Empty(problem.Nodes);
        Assert.Equal("The dag has no nodes. Give it at least one.", problem.Message);
    }

    [Fact]
    public void Edges_without_nodes_are_reported_too()
    {
        Assert.Equal(
            [GraphProblemKind.NoNodes, GraphProblemKind.UnknownDependency, GraphProblemKind.UnknownDependency],
            Problems([], [new("a", "b")]).Select(problem => problem.Kind));
    }

    [Fact]
    public void A_name_given_twice()
    {
        GraphProblem problem = Problem([Node("Load"), Node("other"), Node("Load")]);

        Assert.Equal(GraphProblemKind.DuplicateName, problem.Kind);
        Assert.Equal(["Load", "Load"], problem.Nodes);
        Assert.Equal("2 nodes are named 'Load'. Give each node a name of its own.", problem.Message);
    }

    [Fact]
    public void Names_that_differ_in_case_are_the_same_and_reported_once()
    {
        GraphProblem problem = Problem([Node("Load"), Node("LOAD"), Node("load")]);

        Assert.Equal(["Load", "LOAD", "load"], problem.Nodes);
        Assert.Equal("3 nodes are named 'Load' (case makes no difference). Give each node a name of its own.", problem.Message);
    }

    [Fact]
    public void The_first_of_the_nodes_with_one_name_stands_for_it_and_the_others_are_not_looked_at()
    {
        Node[] nodes = [Node("a"), Node("b", "a"), Node("A", "nowhere", "b"), new Node("a") { Pool = "no such pool" }];

        Assert.Equal(GraphProblemKind.DuplicateName, Problem(nodes).Kind);
    }

    [Fact]
    public void A_dependency_that_is_not_there_with_the_nearest_name()
    {
        GraphProblem problem = Problem([Node("Extract"), Node("Transform", "Extract"), Node("Load", "Trasform")]);

        Assert.Equal(GraphProblemKind.UnknownDependency, problem.Kind);
        Assert.Equal(["Load", "Trasform"], problem.Nodes);
        Assert.Equal("Node 'Load' depends on 'Trasform', which is not in the dag; did you mean 'Transform'?", problem.Message);
    }

    [Fact]
    public void A_dependency_that_is_not_there_and_is_like_none()
    {
        Assert.Equal(
            "Node 'Load' depends on 'Publish', which is not in the dag. Add that node or remove the dependency.",
            Problem([Node("Extract"), Node("Load", "Publish")]).Message);
    }

    [Fact]
    public void A_node_is_not_suggested_as_its_own_dependency()
    {
        Assert.DoesNotContain("did you mean", Problem([Node("Load", "Laod")]).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean", Problem([Node("Load")], [new("Laod", "Load")]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_unknown_dependency_of_a_node_is_reported_once()
    {
        Assert.Equal(2, Problems([Node("a", "x1", "X1"), Node("b", "x1")]).Count);
        Assert.Single(Problems([Node("a")], [new("x1", "a"), new("x1", "a")]));
    }

    [Fact]
    public void Every_other_unknown_dependency_of_a_node_is_reported()
    {
        Assert.Equal(
            ["a, x1", "a, x2"],
            Problems([Node("a", "x1", "x2", "x1")]).Select(problem => string.Join(", ", problem.Nodes)));
    }

    [Fact]
    public void The_same_edge_from_other_nodes_that_are_not_there_is_reported_for_each()
    {
        Assert.Equal(
            ["a, x1", "a, x2"],
            Problems([Node("a")], [new("x1", "a"), new("x2", "a")]).Select(problem => string.Join(", ", problem.Nodes)));
    }

    [Fact]
    public void A_dependency_that_is_null_or_empty_is_not_there()
    {
        Assert.Equal(
            "Node 'a' depends on '', which is not in the dag. Add that node or remove the dependency.",
            Problem([Node("a", null!, "")]).Message);
        Assert.Equal(GraphProblemKind.UnknownDependency, Problem([Node("a")], [default]).Kind);
    }

    [Fact]
    public void An_edge_from_a_node_that_is_not_there()
    {
        GraphProblem problem = Problem([Node("Transform"), Node("Load")], [new("Trasform", "load")]);

        Assert.Equal(GraphProblemKind.UnknownDependency, problem.Kind);
        Assert.Equal(["load", "Trasform"], problem.Nodes);
        Assert.Equal(
            "The edge 'Trasform' → 'load' starts at 'Trasform', which is not in the dag; did you mean 'Transform'?", problem.Message);
    }

    [Fact]
    public void An_edge_to_a_node_that_is_not_there()
    {
        GraphProblem problem = Problem([Node("Extract")], [new("Extract", "Publish")]);

        Assert.Equal(GraphProblemKind.UnknownDependency, problem.Kind);
        Assert.Equal(["Extract", "Publish"], problem.Nodes);
        Assert.Equal(
            "The edge 'Extract' → 'Publish' ends at 'Publish', which is not in the dag. Add that node or remove the edge.",
            problem.Message);
    }

    [Fact]
    public void An_edge_from_an_unknown_node_to_itself_is_one_problem()
    {
        Assert.Equal(GraphProblemKind.UnknownDependency, Problem([Node("Extract")], [new("x", "X")]).Kind);
    }

    [Fact]
    public void After_a_hundred_unknown_names_there_are_no_more_suggestions()
    {
        IEnumerable<int> numbers = Enumerable.Range(0, 150);
        Node[] nodes =
        [
            .. numbers.Select(i => Node($"node-{i:d3}-x")),
            .. numbers.Select(i => Node($"Dependent {i}", $"node-{i:d3}-")),
        ];

        IReadOnlyList<GraphProblem> problems = Problems(nodes);

        Assert.Equal(150, problems.Count);
        Assert.Equal(100, problems.Count(problem => problem.Message.Contains("did you mean", StringComparison.Ordinal)));
        Assert.EndsWith("did you mean 'node-099-x'?", problems[99].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_huge_graph_there_are_fewer_so_that_nobody_waits_for_them()
    {
        const int Unknown = 60;
        Node[] nodes =
        [
            .. Enumerable.Range(0, 200_000 - Unknown).Select(i => Node($"{i}")),
            .. Enumerable.Range(0, Unknown)
                .Select(i => Node($"A node with a long name {i}", $"a node with a long nane {(i + 1) % Unknown}")),
        ];

        Assert.Equal(50, Problems(nodes).Count(problem => problem.Message.Contains("did you mean", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_unknown_name_that_is_used_often_counts_once_towards_the_hundred()
    {
        Node[] nodes = [Node("Transform"), .. Enumerable.Range(0, 150).Select(i => Node($"{i}", "Trasform"))];

        Assert.All(Problems(nodes), problem => Assert.Contains("did you mean 'Transform'?", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_depends_on_itself_is_reported_once()
    {
        GraphProblem problem = Problem([Node("Load", "LOAD", "load")], [new("Load", "load")]);

        Assert.Equal(GraphProblemKind.SelfEdge, problem.Kind);
        Assert.Equal(["Load"], problem.Nodes);
        Assert.Equal("Node 'Load' depends on itself. Remove that dependency.", problem.Message);
    }

    [Fact]
    public void A_self_edge_is_no_cycle()
    {
        Assert.Equal(
            [GraphProblemKind.SelfEdge, GraphProblemKind.SelfEdge],
            Problems([Node("a", "a"), Node("b", "a")], [new("b", "b")]).Select(problem => problem.Kind));
    }

    [Fact]
    public void A_pool_without_a_limit()
    {
        GraphProblem problem = Problem([new Node("X") { Pool = "sql" }]);

        Assert.Equal(GraphProblemKind.UnknownPool, problem.Kind);
        Assert.Equal(["X"], problem.Nodes);
        Assert.Equal("sql", problem.Pool);
        Assert.Equal("Node 'X' is in the pool 'sql', for which there is no limit.", problem.Message);
    }

    [Fact]
    public void A_pool_without_a_limit_is_one_problem_whatever_the_number_of_its_nodes()
    {
        Node[] nodes = [.. "ABCDE".Select(name => new Node($"{name}") { Pool = name == 'B' ? "SQL" : "sql" })];

        Assert.Equal(
            "Nodes 'A' and 'B' are in the pool 'sql', for which there is no limit.",
            Problem(nodes[..2]).Message);
        Assert.Equal(
            "Nodes 'A', 'B' and 'C' are in the pool 'sql', for which there is no limit.",
            Problem(nodes[..3]).Message);
        Assert.Equal(
            "Nodes 'A', 'B', 'C' and 1 more are in the pool 'sql', for which there is no limit.",
            Problem(nodes[..4]).Message);
        Assert.Equal(
            "Nodes 'A', 'B', 'C' and 2 more are in the pool 'sql', for which there is no limit.",
            Problem(nodes).Message);
        Assert.Equal(["A", "B", "C", "D", "E"], Problem(nodes).Nodes);
    }

    [Fact]
    public void A_pool_without_a_limit_with_the_nearest_name()
    {
        Assert.Equal(
            "Node 'X' is in the pool 'sqll', for which there is no limit; did you mean 'sql'?",
            Problem([new Node("X") { Pool = "sqll" }], poolLimits: new Dictionary<string, int> { ["sql"] = 2 }).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_limit_below_one(int limit)
    {
        GraphProblem problem = Problem([new Node("X") { Pool = "SQL" }], poolLimits: new Dictionary<string, int> { ["sql"] = limit });

        Assert.Equal(GraphProblemKind.InvalidPoolLimit, problem.Kind);
        Assert.Empty(problem.Nodes);
        Assert.Equal($"The pool 'sql' has the limit {limit}, so no node in it could ever start; give it 1 or more.", problem.Message);
    }

    [Fact]
    public void All_problems_are_reported_together()
    {
        Node[] nodes =
        [
            Node("a", "c"),
            Node("b", "a", "b"),
            Node("c", "b", "nowhere"),
            Node("A"),
            new Node("d") { Pool = "disk" },
            Node("e", "f"),
            Node("f", "e"),
        ];

        IReadOnlyList<GraphProblem> problems = Problems(
            nodes, [new("d", "nobody"), new("zzz", "d")], new Dictionary<string, int> { ["sql"] = 0 });

        Assert.Equal(
            [
                (GraphProblemKind.DuplicateName, "a, A"),
                (GraphProblemKind.UnknownDependency, "d, nobody"),
                (GraphProblemKind.UnknownDependency, "d, zzz"),
                (GraphProblemKind.SelfEdge, "b"),
                (GraphProblemKind.UnknownDependency, "c, nowhere"),
                (GraphProblemKind.InvalidPoolLimit, ""),
                (GraphProblemKind.UnknownPool, "d"),
                (GraphProblemKind.Cycle, "a, b, c"),
                (GraphProblemKind.Cycle, "e, f"),
            ],
            problems.Select(problem => (problem.Kind, string.Join(", ", problem.Nodes))));
    }

    [Fact]
    public void The_exception_carries_every_problem_and_lists_it_on_a_line()
    {
        InvalidDagException exception = Assert.Throws<InvalidDagException>(() => GraphOf(Node("Load", "Publish"), Node("a", "a")));

        Assert.Equal(2, exception.Problems.Count);
        Assert.Equal(
            "The dag has 2 problems:\n"
            + "Node 'Load' depends on 'Publish', which is not in the dag. Add that node or remove the dependency.\n"
            + "Node 'a' depends on itself. Remove that dependency.",
            exception.Message);
    }

    [Fact]
    public void The_exception_needs_problems()
    {
        Assert.Throws<ArgumentNullException>("problems", () => new InvalidDagException(null!));
    }

    [Fact]
    public void One_problem_is_not_spoken_of_as_many()
    {
        InvalidDagException exception = Assert.Throws<InvalidDagException>(() => GraphOf());

        Assert.StartsWith("The dag has 1 problem:\n", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_valid_graph_has_no_problems()
    {
        Assert.True(DagGraph.TryCreate([Node("a")], [], NoLimits, out DagGraph? graph, out IReadOnlyList<GraphProblem> problems));
        Assert.NotNull(graph);
        Assert.Empty(problems);
    }

    [Fact]
    public void A_problem_shows_as_its_message()
    {
        Assert.Equal("The dag has no nodes. Give it at least one.", $"{Problem([])}");
    }
}
