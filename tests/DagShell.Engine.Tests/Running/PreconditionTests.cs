using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.4: a false precondition fails the node; with a timeout it is polled until it holds.</summary>
public sealed class PreconditionTests
{
    [Fact]
    public void A_false_precondition_fails_the_node()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.PreconditionNotMet()).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(FailureKind.PreconditionNotMet, run["A"].Failure?.Kind);
        Assert.Equal(SkipCause.DependencyFailed, run["B"].SkipCause);
        Assert.Equal(0, run["A"].Attempts);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_false_precondition_is_not_retried()
    {
        // Whatever its runner says of retries: the step's failure claims that it can be retried.
        Assert.True(Step.PreconditionNotMet().Outcome.Failure!.CanRetry);
        TestRun run = new TestRun([new Node("A") { Retry = new RetryPolicy { Count = 5 } }]).Script("A", Step.PreconditionNotMet()).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
    }

    [Fact]
    public void With_a_timeout_it_is_polled_every_second_until_it_holds()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), RunTimes.PollInterval);
        TestRun run = new TestRun([Polled("A", 60)])
            .Script("A", Step.PreconditionNotMet(0.25), Step.PreconditionNotMet(0.5), Step.PreconditionNotMet(0.25), Step.Succeed(after: 3))
            .ToEnd();

        Assert.Equal(["A 0", "A 1.25", "A 2.75", "A 4"], run.Starts);
        Assert.Equal([1, 1, 1], run.WaitsOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(7, run.EndOf("A"));
    }

    [Fact]
    public void The_time_between_polls_is_the_nodes_own()
    {
        Node node = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(30), PreconditionInterval = TimeSpan.FromSeconds(10) };
        TestRun run = new TestRun([node]).Script("A", Step.PreconditionNotMet(0)).ToEnd();

        Assert.Equal(["A 0", "A 10", "A 20", "A 30"], run.Starts);
    }

    [Fact]
    public void Polls_do_not_count_as_attempts()
    {
        List<int> numbers = [];
        TestRun run = new TestRun([Polled("A", 60)]).Script("A", Step.PreconditionNotMet(), Step.PreconditionNotMet(), Step.Succeed());
        run.Runner.OnStart = attempt => numbers.Add(attempt.Number);
        run.ToEnd();

        Assert.Equal([1, 1, 1], numbers);
        Assert.Equal(1, run["A"].Attempts);
    }

    [Fact]
    public void A_node_between_two_polls_is_waiting_and_holds_no_slot()
    {
        TestRun run = new TestRun([Polled("A", 60), Timed("B", 0)], throttleLimit: 1)
            .Script("A", Step.PreconditionNotMet(), Step.Succeed())
            .Script("B", Step.Succeed(after: 10))
            .To(1);

        Assert.Equal(["A 0", "B 0.25"], run.Starts);
        Assert.Equal((1, 1), (run.Counts.Running, run.Counts.Waiting));

        run.ToEnd();
        Assert.Equal("A 10.25", run.Starts[2]);
    }

    [Fact]
    public void It_is_asked_a_last_time_at_the_deadline_and_then_given_up()
    {
        TestRun run = new TestRun([Polled("A", 3)]).Script("A", Step.PreconditionNotMet(0.25)).ToEnd();

        Assert.Equal(["A 0", "A 1.25", "A 2.5", "A 3"], run.Starts);
        Assert.Equal([1, 1, 0.25], run.WaitsOf("A"));
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(FailureKind.PreconditionNotMet, run["A"].Failure?.Kind);
        Assert.Equal(3.25, run.EndOf("A"));
    }

    [Fact]
    public void A_last_wait_of_less_than_a_millisecond_is_rounded_up_not_down_to_a_busy_loop()
    {
        TestRun run = new TestRun([new Node("A") { PreconditionTimeout = TimeSpan.FromMilliseconds(1000.5) }])
            .Script("A", Step.PreconditionNotMet(0))
            .ToEnd();

        Assert.Equal(["A 0", "A 1", "A 1.001"], run.Starts);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_poll_that_lasts_until_the_deadline_or_longer_is_the_last(double seconds)
    {
        TestRun run = new TestRun([Polled("A", 3)]).Script("A", Step.PreconditionNotMet(seconds)).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(seconds, run.EndOf("A"));
    }

    [Fact]
    public void Each_retry_has_the_whole_time_for_its_precondition()
    {
        // B has the slot when A is to be retried; the time that A waits for it does not count.
        RetryPolicy retry = new() { Count = 1, Delay = TimeSpan.FromSeconds(1) };
        Node node = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(5), Retry = retry };
        TestRun run = new TestRun([node, Node("B")], throttleLimit: 1)
            .Script("A", Step.Fail(), Step.PreconditionNotMet(), Step.PreconditionNotMet(), Step.Succeed())
            .Script("B", Step.Succeed(after: 20))
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "A 21", "A 22.25", "A 23.5"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(2, run["A"].Attempts);
    }

    [Fact]
    public void A_failed_attempt_after_the_polls_is_retried_as_any_other()
    {
        RetryPolicy retry = new() { Count = 1, Delay = TimeSpan.FromSeconds(4) };
        Node node = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(5), Retry = retry };
        TestRun run = new TestRun([node])
            .Script("A", Step.PreconditionNotMet(0.5), Step.Fail(), Step.PreconditionNotMet(0.5), Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "A 1.5", "A 6.5", "A 8"], run.Starts);
        Assert.Equal(2, run["A"].Attempts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void The_observer_is_told_of_each_wait_and_why()
    {
        TestRun run = new TestRun([Polled("A", 60)]).Script("A", Step.PreconditionNotMet(), Step.Succeed()).ToEnd();

        RunEvent wait = Assert.Single(run.Log.Events, e => e.Kind == RunEventKind.Waiting);
        Assert.Equal(FailureKind.PreconditionNotMet, wait.Failure?.Kind);
        Assert.Equal(TimeSpan.FromSeconds(0.25), wait.Time);
    }

    private static Node Polled(string name, double timeout) => new(name) { PreconditionTimeout = TimeSpan.FromSeconds(timeout) };
}
