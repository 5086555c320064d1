using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.7: the run's timeout does what fail-fast does, and stops what is running.</summary>
public sealed class RunTimeoutTests
{
    [Fact]
    public void What_is_running_is_stopped_and_the_rest_cancelled()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C", "B")], timeout: 5)
            .Script("B", Step.Hang())
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("C"));
        Assert.Equal(5, run.EndOf("B"));
        Assert.Equal(1, run["B"].Attempts);
        Assert.Equal(0, run["C"].Attempts);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_run_in_time_is_left_alone()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")], timeout: 2.001).ToEnd().To(10);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(2, run.Counts.Succeeded);
    }

    [Fact]
    public void Clean_up_still_runs_and_takes_its_time()
    {
        TestRun run = new TestRun(
            [Node("A"), Node("B", "A"), CleanUp("clean-up", "B")], timeout: 5)
            .Script("A", Step.Hang())
            .Script("clean-up", Step.Succeed(after: 60))
            .ToEnd();

        Assert.Equal(["A 0", "clean-up 5"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
        Assert.Equal(65, run.EndOf("clean-up"));
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void Clean_up_that_is_running_is_stopped_like_the_rest()
    {
        TestRun run = new TestRun([CleanUp("clean-up")], timeout: 5)
            .Script("clean-up", Step.Hang())
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("clean-up"));
    }

    [Fact]
    public void Notification_runs_if_something_failed_before()
    {
        TestRun run = new TestRun(
            [Node("bad"), Node("A"), Notify("notify", "A", "bad")], timeout: 5)
            .Script("bad", Step.Fail())
            .Script("A", Step.Hang())
            .ToEnd();

        Assert.Equal("notify 5", run.Starts[^1]);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void What_cannot_be_interrupted_is_given_up_after_2_s()
    {
        TestRun run = new TestRun(
            [Node("A"), Node("B"), CleanUp("clean-up", "A", "B")], throttleLimit: 2, timeout: 5)
            .Script("A", Step.HangAndIgnoreStop())
            .Script("B", Step.HangAndIgnoreStop())
            .ToEnd();

        Assert.Equal(["A 7", "B 7"], run.Abandonments.Order());
        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal("clean-up 7", run.Starts[^1]);
    }

    [Fact]
    public void What_is_slow_to_stop_has_2_s()
    {
        TestRun run = new TestRun([Node("A")], timeout: 5)
            .Script("A", Step.Hang() with { StopsAfter = TimeSpan.FromSeconds(1.999) })
            .ToEnd();

        Assert.Empty(run.Abandonments);
        Assert.Equal(6.999, run.EndOf("A"));
    }

    [Fact]
    public void A_node_that_ends_well_although_it_was_asked_to_stop_has_succeeded()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")], timeout: 5)
            .Script("A", Step.Succeed(after: 6) with { StopsAfter = null })
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void A_node_that_fails_while_it_is_being_stopped_is_failed_and_not_retried()
    {
        TestRun run = new TestRun([new Node("A") { Retry = new RetryPolicy { Count = 5 } }], timeout: 5)
            .Script("A", Step.Fail(after: 6) with { StopsAfter = null })
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(1, run["A"].Attempts);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void Waiting_nodes_are_cancelled()
    {
        TestRun run = new TestRun(
            [
                new Node("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromMinutes(1) } },
                new Node("B") { PreconditionTimeout = TimeSpan.FromMinutes(1) },
            ],
            timeout: 5)
            .Script("A", Step.Fail())
            .Script("B", Step.PreconditionNotMet())
            .ToEnd();

        Assert.Equal(2, run.Counts.Cancelled);
        Assert.Equal(5, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_stop_on_the_runs_behalf_is_no_attempt_timeout()
    {
        Node node = new("A") { Timeout = TimeSpan.FromSeconds(60), Retry = new RetryPolicy { Count = 5 } };
        TestRun run = new TestRun([node], timeout: 5).Script("A", Step.Hang()).ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Null(run["A"].Failure);
    }

    [Fact]
    public void It_does_not_fire_after_the_end()
    {
        TestRun run = new TestRun([Node("A")], timeout: 5).ToEnd().To(100);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Single(run.Log.Events, e => e.Kind == RunEventKind.Finished);
    }

    [Fact]
    public void A_timeout_of_nothing_still_runs_clean_up()
    {
        TestRun run = new TestRun(
            [Node("A"), Node("B", "A"), CleanUp("clean-up", "A", "B")], timeout: 0)
            .ToEnd();

        Assert.Equal(["clean-up 0"], run.Starts);
        Assert.Equal(2, run.Counts.Cancelled);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_timeout_longer_than_any_timer_is_none()
    {
        TestRun run = new TestRun([Node("A")], timeout: TimeSpan.FromDays(100).TotalSeconds).ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
    }
}
