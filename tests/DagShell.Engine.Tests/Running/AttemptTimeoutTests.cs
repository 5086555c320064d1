using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.6: a timeout ends one attempt; what cannot be interrupted is given up after the grace period.</summary>
public sealed class AttemptTimeoutTests
{
    [Fact]
    public void An_attempt_that_takes_too_long_is_stopped_and_the_node_fails()
    {
        TestRun run = new TestRun([Limited("A", 2)]).Script("A", Step.Hang()).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
        Assert.Equal("Node 'A' took longer than its timeout of 2 s.", run["A"].Failure?.Message);
        Assert.Equal(2, run.EndOf("A"));
        Assert.Equal(1, run["A"].Attempts);
        Assert.Empty(run.Abandonments);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void An_attempt_in_time_is_left_alone()
    {
        TestRun run = new TestRun([Limited("A", 2)]).Script("A", Step.Succeed(after: 1.999)).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.DoesNotContain(run.Log.Events, e => e.Kind == RunEventKind.AskedToStop);
    }

    [Fact]
    public void A_timeout_is_retried_like_any_error_and_each_attempt_has_its_own_time()
    {
        Node node = new("A") { Timeout = TimeSpan.FromSeconds(2), Retry = new RetryPolicy { Count = 2, Delay = TimeSpan.FromSeconds(1) } };
        TestRun run = new TestRun([node]).Script("A", Step.Hang(), Step.Hang(), Step.Succeed(after: 1.5)).ToEnd();

        Assert.Equal(["A 0", "A 3", "A 6"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(3, run["A"].Attempts);
    }

    [Fact]
    public void The_time_a_node_waits_for_its_slot_does_not_count()
    {
        TestRun run = new TestRun([Node("B"), Limited("A", 2)], throttleLimit: 1)
            .Script("B", Step.Succeed(after: 10))
            .Script("A", Step.Succeed(after: 1.5))
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void A_poll_of_preconditions_has_the_time_of_an_attempt()
    {
        Node node = new("A") { Timeout = TimeSpan.FromSeconds(2), PreconditionTimeout = TimeSpan.FromSeconds(60) };
        TestRun run = new TestRun([node])
            .Script("A", Step.PreconditionNotMet(1.5), Step.PreconditionNotMet(1.5), Step.Succeed(after: 1.5))
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void An_attempt_that_takes_a_moment_to_stop_holds_its_slot_until_then()
    {
        TestRun run = new TestRun([Limited("A", 2, priority: 1), Node("B")], throttleLimit: 1)
            .Script("A", Step.Hang() with { StopsAfter = TimeSpan.FromSeconds(1.5) })
            .ToEnd();

        Assert.Equal(["A 0", "B 3.5"], run.Starts);
        Assert.Equal(3.5, run.EndOf("A"));
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
        Assert.Empty(run.Abandonments);
    }

    [Fact]
    public void An_attempt_that_does_not_stop_is_given_up_after_2_s_and_its_slot_is_free_again()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), RunTimes.GracePeriod);
        TestRun run = new TestRun([Limited("A", 3, priority: 1), Node("B")], throttleLimit: 1)
            .Script("A", Step.HangAndIgnoreStop())
            .ToEnd();

        Assert.Equal(["A 5"], run.Abandonments);
        Assert.Equal(["A 0", "B 5"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(5, run.EndOf("A"));
        Assert.Equal(
            "Node 'A' took longer than its timeout of 3 s, and what it was doing could not be stopped within 2 s: it was given up.",
            run["A"].Failure?.Message);
    }

    [Fact]
    public void An_attempt_that_was_given_up_is_not_retried()
    {
        Node node = new("A") { Timeout = TimeSpan.FromSeconds(3), Retry = new RetryPolicy { Count = 5 } };
        TestRun run = new TestRun([node, Node("B", "A")]).Script("A", Step.HangAndIgnoreStop()).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
        Assert.Equal(SkipCause.DependencyFailed, run["B"].SkipCause);
    }

    [Fact]
    public void What_an_attempt_reports_after_it_was_given_up_is_ignored()
    {
        TestRun run = new TestRun([Limited("A", 3), Node("B")])
            .Script("A", Step.Succeed(after: 10) with { StopsAfter = null })
            .Script("B", Step.Succeed(after: 20))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal([("A", false), ("B", true)], run.Log.Reports.Select(report => (report.Attempt.Node.Name, report.WasAwaited)));
        Assert.Equal(1, run.Counts.Failed);
    }

    [Fact]
    public void Many_attempts_that_do_not_stop_leave_the_run_at_full_width()
    {
        Node[] stuck = [.. Enumerable.Range(0, 6).Select(i => Limited($"stuck{i}", 1, priority: 1))];
        TestRun run = new([.. stuck, .. Enumerable.Range(0, 4).Select(i => Node($"N{i}"))], throttleLimit: 2);
        foreach (Node node in stuck)
        {
            run.Script(node.Name, Step.HangAndIgnoreStop());
        }

        run.ToEnd();

        Assert.Equal(6, run.Counts.Failed);
        Assert.Equal(["N0 9", "N1 9", "N2 10", "N3 10"], run.Starts.Where(start => start[0] == 'N').Order());
    }

    [Fact]
    public void A_runner_that_cannot_give_an_attempt_up_holds_up_nobody()
    {
        TestRun run = new TestRun([Limited("A", 1, priority: 1), Limited("B", 1, priority: 1), Node("C"), Node("D")], throttleLimit: 2)
            .Script("A", Step.HangAndIgnoreStop())
            .Script("B", Step.HangAndIgnoreStop());
        run.Runner.OnAbandon = _ => throw new InvalidOperationException("no");
        run.ToEnd();

        Assert.Equal(["C 3", "D 3"], run.Starts.Skip(2));
    }

    [Fact]
    public void An_attempt_is_given_up_before_the_runner_is_told_so()
    {
        // What completes at that very moment is not to be given up as well: one or the other.
        TestRun run = new TestRun([Limited("A", 1)]).Script("A", Step.HangAndIgnoreStop());
        bool? wasAwaited = null;
        run.Runner.OnAbandon = attempt => wasAwaited = attempt.Complete(AttemptOutcome.Succeeded(null));
        run.ToEnd();

        Assert.False(wasAwaited);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
    }

    [Fact]
    public void A_timeout_longer_than_any_timer_is_none()
    {
        Node node = new("A") { Timeout = TimeSpan.FromDays(100) };
        TestRun run = new TestRun([node, Node("B")], throttleLimit: 1).Script("A", Step.Succeed(after: 60)).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
    }

    private static Node Limited(string name, double timeout, int priority = 0) =>
        new(name) { Timeout = TimeSpan.FromSeconds(timeout), Priority = priority };
}
