using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.6 and 3.8: a run that is stopped ends within the grace period, whatever its nodes are doing.</summary>
public sealed class StopTests
{
    [Fact]
    public void Everything_that_has_not_ended_is_cancelled_but_clean_up()
    {
        TestRun run = new TestRun(
            [
                Node("done"), Node("running", "done"), Node("pending", "running"),
                new Node("waiting") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromMinutes(1) } },
                CleanUp("clean-up", "running"),
            ])
            .Script("running", Step.Hang())
            .Script("waiting", Step.Fail())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("done"));
        Assert.Equal(3, run.Counts.Cancelled);
        Assert.Equal(6, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Contains("clean-up 5", run.Starts);
    }

    [Fact]
    public void A_stop_counts_also_where_the_timeout_left_nothing_to_stop()
    {
        TestRun run = new TestRun(
            [Node("bad"), Node("slow")], timeout: 5, cleanUpTimeout: 0)
            .Script("bad", Step.Fail())
            .Script("slow", Step.HangAndIgnoreStop())
            .StopAt(6)
            .ToEnd();

        Assert.Equal(7, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void What_cannot_be_interrupted_holds_the_end_up_by_exactly_the_grace_period()
    {
        TestRun run = new TestRun([Node("A"), new Node("B") { Timeout = TimeSpan.FromHours(1), Retry = new RetryPolicy { Count = 5 } }])
            .Script("A", Step.HangAndIgnoreStop())
            .Script("B", Step.HangAndIgnoreStop())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(["A 7", "B 7"], run.Abandonments.Order());
        Assert.Equal(2, run.Counts.Cancelled);
        Assert.Equal(7, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void Nodes_that_are_ready_and_have_no_slot_are_cancelled()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C")], throttleLimit: 1).Script("A", Step.Hang()).StopAt(1).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(3, run.Counts.Cancelled);
    }

    [Fact]
    public void A_run_can_be_stopped_before_it_starts()
    {
        TestRun run = new([Node("A"), Node("B", "A"), CleanUp("clean-up", "B")], timeout: 10);
        run.Scheduler.Stop();
        run.ToEnd();

        Assert.Empty(run.Starts);
        Assert.Equal(3, run.Counts.Cancelled);
        Assert.Equal(3, run.Results.Count);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_run_can_be_stopped_by_one_of_its_own_nodes_while_it_is_being_started()
    {
        TestRun run = new([Node("A"), Node("B"), Node("C")], timeout: 10);
        run.Runner.OnStart = _ => run.Scheduler.Stop();
        run.ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(3, run.Counts.Cancelled);
    }

    [Fact]
    public void A_stop_after_the_end_changes_nothing()
    {
        TestRun run = new TestRun([Node("A")]).ToEnd();
        run.Scheduler.Stop();
        run.To(10);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Single(run.Results);
    }

    [Fact]
    public void A_second_stop_changes_nothing()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.HangAndIgnoreStop()).StopAt(5).StopAt(6).ToEnd();

        Assert.Equal(["A 7"], run.Abandonments);
        Assert.Equal(7, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_stop_after_the_runs_timeout_leaves_clean_up_ten_seconds()
    {
        TestRun run = new TestRun(
            [
                Node("A"), CleanUp("clean-up 1", "A"),
                CleanUp("clean-up 2", "clean-up 1"),
            ],
            timeout: 5)
            .Script("A", Step.Hang())
            .Script("clean-up 1", Step.HangAndIgnoreStop())
            .StopAt(10)
            .ToEnd();

        Assert.Equal(["A 0", "clean-up 1 5"], run.Starts);
        Assert.Equal(["clean-up 1 22"], run.Abandonments);
        Assert.Equal(3, run.Counts.Cancelled);
    }

    [Fact]
    public void The_runs_timeout_after_a_stop_changes_nothing()
    {
        TestRun run = new TestRun([Node("A"), CleanUp("clean-up", "A")], timeout: 6)
            .Script("A", Step.HangAndIgnoreStop())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(["A 7"], run.Abandonments);
        Assert.Equal(["A 0", "clean-up 7"], run.Starts);
    }

    [Fact]
    public void Clean_up_is_tried_again_after_a_stop()
    {
        Node cleanUp =
            new("clean-up") { TriggerRule = TriggerRule.AllDone, Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(1) } };
        TestRun run = new TestRun([cleanUp], timeout: 6)
            .Script("clean-up", Step.Fail(after: 6.5) with { StopsAfter = null })
            .StopAt(5)
            .ToEnd();

        Assert.Equal(["clean-up 0", "clean-up 7.5"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("clean-up"));
    }

    [Theory]
    [InlineData(20_000_000)]
    [InlineData(1)] // shorter than a timer can measure: the retry follows at once
    public void A_node_has_failed_that_was_to_be_retried_when_the_stop_came(long delayTicks)
    {
        // The jitter is asked for between the failure and the wait.
        TestRun? run = null;
        Node node = new("A") { Retry = new RetryPolicy { Count = 1, Delay = new TimeSpan(delayTicks), Jitter = true } };
        run = new TestRun([node], randomizer: () =>
        {
            run!.Scheduler.Stop();
            return 0;
        });
        run.Script("A", Step.Fail(message: "for the moment"), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("for the moment", run["A"].Failure?.Message);
        Assert.Equal(1, run.EndOf("A"));
    }

    [Fact]
    public void A_stop_leaves_clean_up_ten_seconds_that_fail_fast_left_running()
    {
        TestRun run = new TestRun([Node("bad"), CleanUp("clean-up", "bad")], failFast: true)
            .Script("bad", Step.Fail())
            .Script("clean-up", Step.Hang())
            .StopAt(10)
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("clean-up"));
        Assert.Equal(CancelCause.CleanUpTimedOut, run["clean-up"].CancelCause);
        Assert.Equal(20, run.EndOf("clean-up"));
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_stop_in_the_grace_period_of_a_timeout_cancels_the_node_when_that_is_over()
    {
        TestRun run = new TestRun([new Node("A") { Timeout = TimeSpan.FromSeconds(5), Retry = new RetryPolicy { Count = 5 } }])
            .Script("A", Step.HangAndIgnoreStop())
            .StopAt(6)
            .ToEnd();

        Assert.Equal(["A 7"], run.Abandonments);
        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
    }

    [Fact]
    public void Nothing_is_left_to_happen_after_the_end()
    {
        TestRun run = new TestRun(
            [
                Node("A"), new Node("B") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromHours(1) } },
                new Node("C") { Timeout = TimeSpan.FromHours(2) },
                new Node("clean-up") { TriggerRule = TriggerRule.AllDone,
                    Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromHours(1) } },
            ],
            timeout: TimeSpan.FromHours(3).TotalSeconds)
            .Script("A", Step.HangAndIgnoreStop())
            .Script("B", Step.Fail())
            .Script("C", Step.HangAndIgnoreStop())
            .Script("clean-up", Step.Fail())
            .StopAt(5)
            .ToEnd();
        int events = run.Log.Events.Count;
        Assert.Equal(0, run.Clock.PendingTimers);
        run.To(TimeSpan.FromHours(4).TotalSeconds);

        Assert.Equal(events, run.Log.Events.Count);
    }
}
