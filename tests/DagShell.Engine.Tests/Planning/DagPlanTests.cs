using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Tests.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Planning;

public sealed class DagPlanTests
{
    //   fetch (2 s) ─┬─ parse (5 s) ─┬─ load (1 s)
    //   login (4 s) ─┴─ warm (3 s) ──┘
    //   audit (6 s)
    private static readonly DagPlan Plan = DagPlan.Create(GraphOf(
        Timed("fetch", 2),
        Timed("login", 4),
        Timed("parse", 5, "fetch", "login"),
        Timed("warm", 3, "login"),
        Timed("load", 1, "parse", "warm"),
        Timed("audit", 6)));

    [Fact]
    public void A_nodes_level_is_one_more_than_the_highest_of_its_dependencies()
    {
        Assert.Equal([0, 0, 1, 1, 2, 0], Enumerable.Range(0, 6).Select(Plan.Level));
        Assert.Equal(3, Plan.LevelCount);

        DagPlan uneven = DagPlan.Create(GraphOf(Node("a"), Node("b", "a"), Node("c", "a", "b")));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(uneven.Level));
    }

    [Fact]
    public void The_remaining_path_is_the_nodes_own_duration_and_the_longest_after_it()
    {
        Assert.Equal([8, 10, 6, 4, 1, 6], Enumerable.Range(0, 6).Select(node => Plan.RemainingPath(node).TotalSeconds));
    }

    [Fact]
    public void Without_an_estimate_a_node_counts_as_one_second()
    {
        DagPlan plan = DagPlan.Create(GraphOf(Node("a"), Timed("b", 0.25, "a"), Node("c", "b")));

        Assert.Equal(2.25, plan.RemainingPath(0).TotalSeconds);
    }

    [Fact]
    public void Estimates_too_long_to_add_end_at_the_longest_time_there_is()
    {
        double longest = TimeSpan.MaxValue.TotalSeconds / 2;
        DagPlan plan = DagPlan.Create(GraphOf(Timed("a", longest), Timed("b", longest, "a"), Timed("c", longest, "b")));

        Assert.Equal(TimeSpan.MaxValue, plan.RemainingPath(0));
        Assert.Equal(TimeSpan.MaxValue, plan.CriticalPathLength);
        Assert.Equal([0, 1, 2], plan.CriticalPath.ToArray());
    }

    [Fact]
    public void A_negative_estimate_counts_as_none()
    {
        DagPlan plan = DagPlan.Create(GraphOf(Timed("a", 2), Timed("b", -5, "a")));

        Assert.Equal(TimeSpan.Zero, plan.RemainingPath(1));
        Assert.Equal(2, plan.RemainingPath(0).TotalSeconds);
    }

    [Fact]
    public void What_the_user_expects_goes_before_what_was_seen()
    {
        DagPlan plan = DagPlan.Create(
            GraphOf(Timed("a", 2), Node("b", "a"), Node("c", "b")),
            estimate: node => node < 2 ? TimeSpan.FromSeconds(10) : null);

        Assert.Equal([13, 11, 1], Enumerable.Range(0, 3).Select(node => plan.RemainingPath(node).TotalSeconds));
    }

    [Fact]
    public void A_fallback_is_not_expected_to_run_and_a_dag_takes_as_long_as_what_is_inside()
    {
        DagPlan plan = DagPlan.Create(Nested(
        [
            Timed("a", 2),
            new Node("f") { FallbackFor = "a", EstimatedDuration = TimeSpan.FromSeconds(100) },
            new Node("d")
            {
                IsDag = true,
                OpensAtOnce = true,
                DependsOn = ["a"],
                EstimatedDuration = TimeSpan.FromSeconds(100),
                Work = new[] { Timed("x", 3) },
            },
            new Node("late")
            {
                IsDag = true,
                ExpandsAtTurn = true,
                DependsOn = ["a"],
                EstimatedDuration = TimeSpan.FromSeconds(7),
            },
        ]));

        // Those after 'a' wait for it.
        Assert.Equal(7, RemainingPath("f"));
        Assert.Equal(3, RemainingPath("d"));
        Assert.Equal(7, RemainingPath("late"));
        Assert.Equal(9, RemainingPath("a"));

        double RemainingPath(string name)
        {
            Assert.True(plan.Graph.TryGetIndex(name, out int node));
            return plan.RemainingPath(node).TotalSeconds;
        }
    }

    [Fact]
    public void The_node_with_the_longest_remaining_path_ranks_first_and_of_equals_the_one_defined_first()
    {
        // login 10, fetch 8, parse 6, audit 6, warm 4, load 1
        Assert.Equal([1, 0, 2, 4, 5, 3], Enumerable.Range(0, 6).Select(Plan.StartRank));
    }

    [Fact]
    public void Priority_beats_the_remaining_path()
    {
        DagPlan plan = DagPlan.Create(GraphOf(
            new Node("a") { EstimatedDuration = TimeSpan.FromHours(1) },
            new Node("b") { Priority = -1, EstimatedDuration = TimeSpan.FromHours(9) },
            new Node("c") { Priority = int.MaxValue },
            new Node("d") { Priority = int.MinValue, EstimatedDuration = TimeSpan.FromHours(9) },
            new Node("e") { Priority = -1, EstimatedDuration = TimeSpan.FromHours(10) },
            new Node("f") { Priority = int.MaxValue }));

        Assert.Equal([2, 4, 0, 5, 3, 1], Enumerable.Range(0, 6).Select(plan.StartRank));
    }

    [Fact]
    public void The_order_is_the_one_in_which_one_worker_would_start_them()
    {
        Assert.Equal(["login", "fetch", "parse", "audit", "warm", "load"], Plan.Graph.Names(Plan.Order));

        // A node of high priority does not come before what it depends on.
        DagPlan plan = DagPlan.Create(GraphOf(new Node("c") { Priority = 9, DependsOn = ["b"] }, Node("a"), Node("b"), Node("d", "c")));
        Assert.Equal(["b", "c", "a", "d"], plan.Graph.Names(plan.Order));
    }

    [Fact]
    public void The_critical_path_is_the_longest_one()
    {
        Assert.Equal(["login", "parse", "load"], Plan.Graph.Names(Plan.CriticalPath));
        Assert.Equal(10, Plan.CriticalPathLength.TotalSeconds);
        Assert.Equal([false, true, true, false, true, false], Enumerable.Range(0, 6).Select(Plan.IsCritical));
    }

    [Fact]
    public void Of_critical_paths_as_long_the_one_through_the_nodes_defined_first_is_taken()
    {
        DagPlan plan = DagPlan.Create(GraphOf(Node("d", "b", "c"), Node("c", "a"), Node("b", "a"), Node("a"), Node("other 1"),
            Node("other 2", "other 1"), Node("other 3", "other 2")));

        Assert.Equal(["a", "c", "d"], plan.Graph.Names(plan.CriticalPath));
        Assert.False(plan.IsCritical(2));
    }

    [Fact]
    public void The_critical_path_goes_on_to_a_leaf_through_nodes_that_take_no_time()
    {
        DagPlan plan = DagPlan.Create(GraphOf(Timed("a", 1), Timed("b", 0, "a"), Timed("c", 0, "b")));

        Assert.Equal(["a", "b", "c"], plan.Graph.Names(plan.CriticalPath));
    }

    [Fact]
    public void A_plan_knows_its_graph()
    {
        DagGraph graph = GraphOf(Node("a"));

        Assert.Same(graph, DagPlan.Create(graph).Graph);
        Assert.Throws<ArgumentNullException>("graph", () => DagPlan.Create(null!));
    }

    [Fact]
    public void A_chain_of_200_000_is_planned()
    {
        Node[] nodes = Chain(200_000);
        Array.Reverse(nodes);
        DagPlan plan = DagPlan.Create(GraphOf(nodes));

        Assert.Equal(200_000, plan.LevelCount);
        Assert.Equal(200_000, plan.CriticalPath.Length);
        Assert.Equal(200_000, plan.CriticalPathLength.TotalSeconds);
        Assert.Equal(199_999, plan.Order[0]);
        Assert.Equal(0, plan.Order[^1]);
    }

    [Fact]
    public void A_star_of_100_000_leaves_is_planned()
    {
        DagPlan plan = DagPlan.Create(GraphOf(Star(100_000)));

        Assert.Equal(2, plan.LevelCount);
        Assert.Equal([0, 1], plan.CriticalPath.ToArray());
        Assert.Equal(Enumerable.Range(0, 100_001), plan.Order.ToArray());
    }
}
