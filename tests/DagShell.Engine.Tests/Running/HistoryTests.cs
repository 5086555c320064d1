using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>A result says what became of each attempt: in which slot, from when to when, and how it ended.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void A_node_of_one_attempt_has_a_history_of_one()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C", "A")])
            .Script("A", Step.Succeed(2))
            .Script("B", Step.Fail(5, message: "no"))
            .ToEnd();

        Assert.Equal(["1 in slot 0: 0-2 Succeeded"], Describe(run, "A"));
        Assert.Equal(["1 in slot 1: 0-5 Failed Error no"], Describe(run, "B"));
        Assert.Equal(["1 in slot 0: 2-3 Succeeded"], Describe(run, "C"));
    }

    [Fact]
    public void Each_attempt_of_a_retried_node_is_there()
    {
        Node retrying = new("A") { Retry = new RetryPolicy { Count = 3, Delay = TimeSpan.FromSeconds(2) } };
        TestRun run = new TestRun([retrying])
            .Script("A", Step.Fail(message: "first"), Step.Fail(message: "second"), Step.Succeed(3))
            .ToEnd();

        Assert.Equal(
            ["1 in slot 0: 0-1 Failed Error first", "2 in slot 0: 3-4 Failed Error second", "3 in slot 0: 6-9 Succeeded"],
            Describe(run, "A"));
    }

    [Fact]
    public void An_attempt_that_timed_out_says_so()
    {
        Node limited = new("A")
        {
            Timeout = TimeSpan.FromSeconds(4),
            Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(1) },
        };
        TestRun run = new TestRun([limited]).Script("A", Step.Hang(), Step.Hang()).ToEnd();

        Assert.All(run["A"].History, attempt =>
        {
            Assert.Equal(AttemptOutcomeKind.Failed, attempt.Outcome);
            Assert.Equal(FailureKind.AttemptTimedOut, attempt.FailureKind);
        });
    }

    [Fact]
    public void Polls_are_there_with_the_number_of_the_attempt_they_stand_before()
    {
        Node polling = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(60) };
        TestRun run = new TestRun([polling]).Script("A", Step.PreconditionNotMet(), Step.Succeed()).ToEnd();

        Assert.Equal([1, 1], run["A"].History.Select(attempt => attempt.Number));
        Assert.Equal([true, false], run["A"].History.Select(attempt => attempt.IsPoll));
    }

    [Fact]
    public void A_precondition_polled_for_an_hour_does_not_fill_the_memory()
    {
        Node polling = new("A") { PreconditionTimeout = TimeSpan.FromHours(1) };
        TestRun run = new TestRun([polling]).Script("A", Step.PreconditionNotMet()).ToEnd();

        Assert.Equal(AttemptLog.Limit, run["A"].History.Count);
        Assert.Equal(run["A"].EndTime, run["A"].History[^1].EndTime);
    }

    [Fact]
    public void A_node_that_did_not_run_has_none()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.Fail()).ToEnd();

        Assert.Empty(run["B"].History);
        Assert.Null(run["B"].StartTime);
    }

    [Fact]
    public void A_condition_that_was_false_is_there()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.ConditionFalse(2)).ToEnd();

        Assert.Equal(["1 in slot 0: 0-2 ConditionFalse"], Describe(run, "A"));
    }

    [Fact]
    public void A_stopped_attempt_is_there()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Hang()).StopAt(3).ToEnd();

        Assert.Equal(["1 in slot 0: 0-3 Stopped"], Describe(run, "A"));
    }

    [Fact]
    public void A_node_that_waits_for_a_slot_alone_is_ready()
    {
        Node retrying = new("A") { Priority = 1, Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(1) } };
        TestRun run = new TestRun([retrying, Node("B"), Node("C")], throttleLimit: 1)
            .Script("A", Step.Fail())
            .Script("B", Step.Succeed(after: 10));

        Assert.Equal([NodeState.Waiting, NodeState.Running, NodeState.Ready], run.To(1.5).Scheduler.Histories().Select(node => node.State));
        Assert.Equal([NodeState.Ready, NodeState.Running, NodeState.Ready], run.To(5).Scheduler.Histories().Select(node => node.State));
        Assert.Equal(0, run.Counts.Waiting);
    }

    [Fact]
    public void The_histories_of_a_run_that_goes_on_have_what_is_under_way()
    {
        Node retrying = new("B") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(30) } };
        TestRun run = new TestRun([Node("A"), retrying, Node("C", "A"), Node("D", "C")])
            .Script("A", Step.Succeed(2))
            .Script("B", Step.Fail(3))
            .Script("C", Step.Succeed(60))
            .To(10);

        NodeHistory[] nodes = run.Scheduler.Histories();

        Assert.Equal([NodeState.Succeeded, NodeState.Waiting, NodeState.Running, NodeState.Pending], nodes.Select(node => node.State));
        Assert.Equal(["1 in slot 0: 2- "], nodes[2].Attempts.Select(attempt => Describe(run, attempt)));
        Assert.Equal(["1 in slot 1: 0-3 Failed Error it broke"], nodes[1].Attempts.Select(attempt => Describe(run, attempt)));
        Assert.Equal(run.Clock.Start.AddSeconds(2), nodes[0].EndTime);
        Assert.Null(nodes[1].EndTime);
        Assert.Empty(nodes[3].Attempts);
    }

    private static IEnumerable<string> Describe(TestRun run, string node) =>
        run[node].History.Select(attempt => Describe(run, attempt));

    private static string Describe(TestRun run, AttemptRecord attempt) => FormattableString.Invariant(
        $"{attempt.Number} in slot {attempt.Slot}: {Seconds(run, attempt.StartTime)}-{Seconds(run, attempt.EndTime)} {attempt.Outcome}")
        + (attempt.FailureKind is null ? "" : $" {attempt.FailureKind} {attempt.Message}");

    private static double? Seconds(TestRun run, DateTimeOffset? time) => (time - run.Clock.Start)?.TotalSeconds;
}
