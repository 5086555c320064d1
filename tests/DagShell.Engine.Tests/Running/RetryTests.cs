using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.5: retries, per node, independent of every other node; a node that waits for one holds no slot.</summary>
public sealed class RetryTests
{
    [Fact]
    public void A_failed_attempt_is_repeated_until_one_succeeds()
    {
        TestRun run = new TestRun([Retrying("A", 5, delay: 2), Node("B", "A")])
            .Script("A", Step.Fail(), Step.Fail(), Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "A 3", "A 6", "B 7"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(3, run["A"].Attempts);
    }

    [Fact]
    public void When_all_retries_are_used_up_the_node_fails_with_the_last_failure()
    {
        TestRun run = new TestRun([Retrying("A", 2, delay: 1)])
            .Script("A", Step.Fail(message: "first"), Step.Fail(message: "second"), Step.Fail(message: "third"))
            .ToEnd();

        Assert.Equal(3, run["A"].Attempts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("third", run["A"].Failure?.Message);
        Assert.Equal(5, run.EndOf("A"));
    }

    [Fact]
    public void Without_a_policy_there_is_one_attempt()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(1, run["A"].Attempts);
    }

    [Fact]
    public void A_failure_that_cannot_be_retried_is_final()
    {
        TestRun run = new TestRun([Retrying("A", 5)]).Script("A", Step.Fail(), Step.Fail(canRetry: false), Step.Succeed()).ToEnd();

        Assert.Equal(2, run["A"].Attempts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
    }

    [Fact]
    public void A_node_that_waits_10_s_to_retry_delays_nobody_at_throttle_limit_1()
    {
        TestRun run = new TestRun([Retrying("A", 1, delay: 10), Node("B"), Node("C", "B"), Node("D", "C")], throttleLimit: 1)
            .Script("A", Step.Fail(), Step.Succeed())
            .ToEnd();

        Assert.Equal(["B 0", "C 1", "A 2", "D 3", "A 13"], run.Starts);
    }

    [Fact]
    public void Between_two_attempts_a_node_is_waiting()
    {
        TestRun run = new TestRun([Retrying("A", 1, delay: 10)]).Script("A", Step.Fail(), Step.Succeed()).To(5);

        Assert.Equal(new RunCounts(Total: 1, Running: 0, Waiting: 1, Succeeded: 0, Failed: 0, Skipped: 0, Cancelled: 0), run.Counts);

        run.ToEnd();
        Assert.Equal([10], run.WaitsOf("A"));
    }

    [Fact]
    public void A_node_whose_wait_is_over_queues_for_a_slot_by_its_rank()
    {
        TestRun run = new TestRun(
            [Retrying("A", 1, delay: 1, priority: 1), Node("B"), Node("C"), Node("D")], throttleLimit: 1)
            .Script("A", Step.Fail(), Step.Succeed())
            .Script("B", Step.Succeed(after: 5))
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "A 6", "C 7", "D 8"], run.Starts);
    }

    [Fact]
    public void Nodes_that_share_a_policy_retry_independently_of_each_other()
    {
        TestRun run = new TestRun([Retrying("A", 2, delay: 3), Retrying("B", 2, delay: 3), Retrying("C", 2, delay: 3)])
            .Script("A", Step.Fail(after: 1), Step.Succeed())
            .Script("B", Step.Fail(after: 2), Step.Fail(after: 4), Step.Succeed())
            .Script("C", Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "B 0", "C 0", "A 4", "B 5", "B 12"], run.Starts);
        Assert.Equal((2, 3, 1), (run["A"].Attempts, run["B"].Attempts, run["C"].Attempts));
    }

    [Fact]
    public void Dependents_wait_for_the_last_attempt()
    {
        TestRun run = new TestRun([Retrying("A", 1, delay: 10), CleanUp("clean-up", "A")])
            .Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "A 11", "clean-up 12"], run.Starts);
    }

    [Fact]
    public void An_attempt_knows_its_number_and_what_the_one_before_failed_with()
    {
        List<(int, string?)> attempts = [];
        TestRun run = new TestRun([Retrying("A", 2)])
            .Script("A", Step.Fail(message: "first"), Step.Fail(message: "second"), Step.Succeed());
        run.Runner.OnStart = attempt => attempts.Add((attempt.Number, attempt.LastFailure?.Message));
        run.ToEnd();

        Assert.Equal([(1, null), (2, "first"), (3, "second")], attempts);
    }

    [Fact]
    public void A_node_that_succeeds_in_the_end_still_tells_what_went_wrong_before()
    {
        TestRun run = new TestRun([Retrying("A", 2)]).Script("A", Step.Fail(message: "first"), Step.Succeed(output: 42)).ToEnd();

        Assert.Equal("first", run["A"].Failure?.Message);
        Assert.Equal(42, run["A"].Output);
    }

    [Fact]
    public void A_policy_that_breaks_fails_its_node_alone_and_keeps_no_slot()
    {
        Node node = new("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(1), Jitter = true } };
        TestRun run = new TestRun([node, Node("B")], throttleLimit: 1, randomizer: () => throw new InvalidOperationException("no luck"))
            .Script("A", Step.Fail()).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("no luck", run["A"].Failure?.Message);
        Assert.Equal(["A 0", "B 1"], run.Starts);
    }

    private static Node Retrying(string name, int count, double delay = 0, int priority = 0) =>
        new(name) { Retry = new RetryPolicy { Count = count, Delay = TimeSpan.FromSeconds(delay) }, Priority = priority };

    [Fact]
    public void A_delay_that_the_failure_names_goes_before_that_of_the_policy_and_holds_no_slot()
    {
        RetryPolicy policy = new() { Count = 3, Delay = TimeSpan.FromSeconds(100), Backoff = RetryBackoff.Exponential };
        TestRun run = new TestRun([new Node("A") { Retry = policy }, Node("B")], throttleLimit: 1)
            .Script("A", Step.FailUntil(7), Step.FailUntil(0), Step.FailUntil(2.5), Step.Succeed())
            .Script("B", Step.Succeed(after: 3))
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "A 8", "A 9", "A 12.5"], run.Starts);
        Assert.Equal([7, 0, 2.5], run.WaitsOf("A"));
    }

    [Fact]
    public void A_delay_that_the_failure_names_is_never_longer_than_the_longest_of_the_policy()
    {
        RetryPolicy policy = new() { Count = 1, MaxDelay = TimeSpan.FromSeconds(5) };
        TestRun run = new TestRun([new Node("A") { Retry = policy }]).Script("A", Step.FailUntil(60), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0", "A 6"], run.Starts);
    }
}
