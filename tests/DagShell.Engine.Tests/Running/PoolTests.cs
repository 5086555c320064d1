using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.3: at most so many attempts of a pool run at once.</summary>
public sealed class PoolTests
{
    private static readonly Dictionary<string, int> OneSql = new() { ["sql"] = 1 };

    [Fact]
    public void No_more_attempts_of_a_pool_run_at_once_than_its_limit()
    {
        TestRun run = new TestRun(
            [Sql("A"), Sql("B"), Sql("C"), Sql("D"), Sql("E")], pools: new Dictionary<string, int> { ["sql"] = 2 }).ToEnd();

        Assert.Equal(["A 0", "B 0", "C 1", "D 1", "E 2"], run.Starts);
    }

    [Fact]
    public void A_full_pool_does_not_hold_up_other_nodes()
    {
        // The pool's nodes are the better ones, and still the others get the slots that these cannot use.
        TestRun run = new TestRun([Sql("A", 9), Sql("B", 9), Sql("C", 9), Node("X"), Node("Y")], throttleLimit: 2, pools: OneSql).ToEnd();

        Assert.Equal(["A 0", "X 0", "B 1", "Y 1", "C 2"], run.Starts);
    }

    [Fact]
    public void The_best_of_those_that_wait_for_the_pool_comes_next()
    {
        TestRun run = new TestRun([Sql("A", 9), Sql("low", -1), Sql("high", 5), Sql("middle")], pools: OneSql).ToEnd();

        Assert.Equal(["A 0", "high 1", "middle 2", "low 3"], run.Starts);
    }

    [Fact]
    public void A_better_node_that_becomes_ready_as_the_pool_is_released_goes_before_those_that_waited_for_it()
    {
        TestRun run = new TestRun(
            [Sql("A", 9), Sql("B"), new Node("after A") { DependsOn = ["A"], Pool = "sql", Priority = 5 }], pools: OneSql).ToEnd();

        Assert.Equal(["A 0", "after A 1", "B 2"], run.Starts);
    }

    [Fact]
    public void Pools_are_independent_of_each_other_and_their_names_of_case()
    {
        TestRun run = new TestRun(
            [Sql("A"), new Node("B") { Pool = "SQL" }, new Node("C") { Pool = "disk" }, new Node("D") { Pool = "Disk" }],
            pools: new Dictionary<string, int> { ["sql"] = 1, ["disk"] = 1 }).ToEnd();

        Assert.Equal(["A 0", "B 1", "C 0", "D 1"], run.Starts.Order());
    }

    [Fact]
    public void The_throttle_limit_holds_over_a_larger_pool()
    {
        TestRun run = new TestRun(
            [Sql("A"), Sql("B"), Sql("C")], throttleLimit: 1, pools: new Dictionary<string, int> { ["sql"] = 3 }).ToEnd();

        Assert.Equal(["A 0", "B 1", "C 2"], run.Starts);
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("is skipped")]
    [InlineData("cannot start")]
    [InlineData("times out")]
    public void The_place_is_free_again_however_an_attempt_ends(string end)
    {
        Step step = end switch
        {
            "fails" => Step.Fail(),
            "is skipped" => Step.ConditionFalse(),
            "cannot start" => Step.ThrowOnStart(new InvalidOperationException()),
            _ => Step.Hang(),
        };
        Node first = new("A") { Pool = "sql", Timeout = TimeSpan.FromSeconds(1) };
        TestRun run = new TestRun([first, Sql("B")], pools: OneSql).Script("A", step).ToEnd();

        Assert.Equal(end == "cannot start" ? "B 0" : "B 1", run.Starts[1]);
    }

    [Fact]
    public void A_node_that_waits_holds_no_place()
    {
        Node retrying = new("A") { Pool = "sql", Priority = 1, Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(10) } };
        TestRun run = new TestRun([retrying, Sql("B"), Sql("C")], pools: OneSql).Script("A", Step.Fail(), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0", "B 1", "C 2", "A 11"], run.Starts);
    }

    [Fact]
    public void When_the_run_is_cut_short_clean_up_that_waits_for_the_pool_still_runs()
    {
        // The place that A frees must not be lost to B, which was to have it and is cancelled.
        TestRun run = new TestRun(
            [
                Sql("A", 9), Sql("B", 5), Sql("C", 4), Node("fails"),
                new Node("clean-up 1") { Pool = "sql", TriggerRule = TriggerRule.AllDone, DependsOn = ["fails"] },
                new Node("clean-up 2") { Pool = "sql", TriggerRule = TriggerRule.AllDone },
            ],
            failFast: true,
            pools: OneSql)
            .Script("A", Step.Succeed(after: 3))
            .Script("fails", Step.Fail(after: 2))
            .ToEnd();

        Assert.Equal(["A 0", "fails 0", "clean-up 1 3", "clean-up 2 4"], run.Starts);
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("C"));
    }

    [Fact]
    public void A_run_cut_short_at_the_moment_a_place_is_free_loses_nobody_from_the_queue()
    {
        // A frees the place and fails the run in one go: B, let in for that place, is dropped; clean-up must take it.
        TestRun run = new TestRun(
            [Sql("A", 9), Sql("B", 5), new Node("clean-up") { Pool = "sql", TriggerRule = TriggerRule.AllDone }],
            failFast: true,
            pools: OneSql)
            .Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "clean-up 1"], run.Starts);
    }

    private static Node Sql(string name, int priority = 0) => new(name) { Pool = "sql", Priority = priority };
}
