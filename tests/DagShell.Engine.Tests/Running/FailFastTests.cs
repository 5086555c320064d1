using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.7: after the first node that is finally failed nothing new starts but clean-up.</summary>
public sealed class FailFastTests
{
    private static readonly RetryPolicy Twice = new() { Count = 2, Delay = TimeSpan.FromSeconds(10) };

    [Fact]
    public void Without_it_the_run_goes_on()
    {
        TestRun run = new TestRun([Node("bad"), Node("A"), Node("B", "A")]).Script("bad", Step.Fail(after: 0.5)).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
    }

    [Fact]
    public void Running_nodes_finish_and_nothing_new_starts()
    {
        TestRun run = FailFast(Node("bad"), Node("A"), Node("B", "A"), Node("C", "B"))
            .Script("bad", Step.Fail(after: 0.5))
            .Script("A", Step.Succeed(after: 10))
            .ToEnd();

        Assert.Equal(["A 0", "bad 0"], run.Starts.Order());
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("C"));
        Assert.Equal(0.5, run.EndOf("C"));
        Assert.Equal(10, run.EndOf("A"));
        Assert.DoesNotContain(run.Log.Events, e => e.Kind == RunEventKind.AskedToStop);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void Nodes_that_are_ready_and_have_no_slot_yet_are_cancelled()
    {
        TestRun run = new TestRun([Node("bad"), Node("A"), Node("B")], throttleLimit: 1, failFast: true).Script("bad", Step.Fail()).ToEnd();

        Assert.Equal(["bad 0"], run.Starts);
        Assert.Equal(2, run.Counts.Cancelled);
    }

    [Fact]
    public void Dependents_whose_rule_cannot_hold_are_skipped_as_ever()
    {
        TestRun run = FailFast(Node("bad"), Node("victim", "bad"), Node("next", "victim")).Script("bad", Step.Fail()).ToEnd();

        Assert.Equal(NodeState.Skipped, run.StateOf("victim"));
        Assert.Equal(NodeState.Skipped, run.StateOf("next"));
    }

    [Fact]
    public void Clean_up_and_notification_still_run_when_their_dependencies_are_final()
    {
        TestRun run = FailFast(
            Node("bad"),
            Node("A"),
            Node("B", "A"),
            CleanUp("clean-up", "B"),
            Notify("notify", "bad", "A"),
            CleanUp("at the end", "clean-up", "notify"))
            .Script("bad", Step.Fail())
            .Script("A", Step.Succeed(after: 5))
            .ToEnd();

        Assert.Equal(["clean-up 1", "notify 5", "at the end 6"], run.Starts.Skip(2));
    }

    [Fact]
    public void Notification_of_what_did_not_fail_is_skipped()
    {
        TestRun run = FailFast(Node("bad"), Node("A", "B"), Node("B"), Notify("notify", "A"))
            .Script("bad", Step.Fail(after: 0.5))
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal(SkipCause.NoneFailed, run["notify"].SkipCause);
    }

    [Theory]
    [InlineData(TriggerRule.AllSucceeded)]
    [InlineData(TriggerRule.AnySucceeded)]
    [InlineData(TriggerRule.NoneFailed)]
    public void Nodes_with_any_other_rule_do_not_start(TriggerRule rule)
    {
        TestRun run = FailFast(Node("bad"), Node("A"), new Node("B") { DependsOn = ["A"], TriggerRule = rule })
            .Script("bad", Step.Fail(after: 0.5))
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void What_depends_on_clean_up_alone_is_clean_up_too_whatever_its_rule()
    {
        TestRun run = FailFast(
            Node("bad"), CleanUp("clean-up", "bad"), Node("next", "clean-up"), Node("other", "clean-up", "bad"))
            .Script("bad", Step.Fail())
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("next"));
        Assert.NotEqual(NodeState.Succeeded, run.StateOf("other"));
    }

    [Fact]
    public void A_node_that_waits_for_a_retry_is_cancelled()
    {
        TestRun run = FailFast(Node("bad"), new Node("A") { Retry = Twice })
            .Script("bad", Step.Fail(after: 5))
            .Script("A", Step.Fail(message: "for the moment"))
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal(5, run.EndOf("A"));
        Assert.Equal(1, run["A"].Attempts);
        Assert.Equal("for the moment", run["A"].Failure?.Message);
    }

    [Fact]
    public void A_node_that_waits_for_its_precondition_is_cancelled()
    {
        TestRun run = FailFast(Node("bad"), new Node("A") { PreconditionTimeout = TimeSpan.FromMinutes(1) })
            .Script("bad", Step.Fail(after: 1))
            .Script("A", Step.PreconditionNotMet())
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal(["bad 0", "A 0"], run.Starts);
    }

    [Fact]
    public void Nothing_goes_on_waiting_behind_the_back_of_the_run()
    {
        TestRun run = FailFast(
            Node("bad"), new Node("A") { Retry = Twice }, new Node("B") { PreconditionTimeout = TimeSpan.FromHours(1) })
            .Script("bad", Step.Fail(after: 5))
            .Script("A", Step.Fail())
            .Script("B", Step.PreconditionNotMet())
            .ToEnd();

        Assert.Equal(5, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(0, run.Clock.PendingTimers);
    }

    [Fact]
    public void A_node_that_waited_and_queues_for_a_slot_is_cancelled()
    {
        Node node = new("A") { Retry = Twice with { Delay = TimeSpan.FromSeconds(1) } };
        TestRun run = new TestRun([node, Node("bad")], throttleLimit: 1, failFast: true)
            .Script("A", Step.Fail())
            .Script("bad", Step.Fail(after: 5))
            .ToEnd();

        Assert.Equal(["A 0", "bad 1"], run.Starts);
        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
    }

    [Fact]
    public void A_running_node_that_fails_afterwards_is_failed_and_not_retried()
    {
        TestRun run = FailFast(Node("bad"), new Node("A") { Retry = Twice })
            .Script("bad", Step.Fail())
            .Script("A", Step.Fail(after: 3, message: "too late"))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("too late", run["A"].Failure?.Message);
        Assert.Equal(1, run["A"].Attempts);
        Assert.Equal(3, run.EndOf("A"));
    }

    [Fact]
    public void A_running_node_whose_precondition_does_not_hold_afterwards_is_cancelled_instead_of_polling_on()
    {
        TestRun run = FailFast(Node("bad"), new Node("A") { PreconditionTimeout = TimeSpan.FromMinutes(1) })
            .Script("bad", Step.Fail())
            .Script("A", Step.PreconditionNotMet(3))
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal(3, run.EndOf("A"));
    }

    [Fact]
    public void A_failed_attempt_that_is_retried_is_not_final_and_changes_nothing()
    {
        TestRun run = FailFast(new Node("A") { Retry = Twice }, Node("B"), Node("C", "B"))
            .Script("A", Step.Fail(after: 0.5), Step.Succeed())
            .ToEnd();

        Assert.Equal(3, run.Counts.Succeeded);
    }

    [Fact]
    public void A_failure_with_continue_on_error_changes_nothing()
    {
        TestRun run = FailFast(new Node("bad") { ContinueOnError = true }, Node("A"), Node("B", "A"))
            .Script("bad", Step.Fail(after: 0.5))
            .ToEnd();

        Assert.Equal(2, run.Counts.Succeeded);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Theory]
    [InlineData("a precondition")]
    [InlineData("a timeout")]
    [InlineData("an attempt that was given up")]
    public void Any_way_to_fail_cuts_the_run_short(string way)
    {
        Step step = way switch
        {
            "a precondition" => Step.PreconditionNotMet(1),
            "a timeout" => Step.Hang(),
            _ => Step.HangAndIgnoreStop(),
        };
        TestRun run = FailFast(new Node("bad") { Timeout = TimeSpan.FromSeconds(1) }, Node("A"), Node("B", "A"))
            .Script("bad", step)
            .Script("A", Step.Succeed(after: 10))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("bad"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void Clean_up_keeps_its_retries()
    {
        TestRun run = FailFast(Node("bad"), new Node("clean-up") { DependsOn = ["bad"], TriggerRule = TriggerRule.AllDone, Retry = Twice })
            .Script("bad", Step.Fail())
            .Script("clean-up", Step.Fail(), Step.Succeed())
            .ToEnd();

        Assert.Equal(["bad 0", "clean-up 1", "clean-up 12"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
    }

    [Fact]
    public void Clean_up_that_was_waiting_goes_on()
    {
        TestRun run = FailFast(Node("bad"), new Node("clean-up") { TriggerRule = TriggerRule.AllDone, Retry = Twice })
            .Script("bad", Step.Fail(after: 5))
            .Script("clean-up", Step.Fail(), Step.Succeed())
            .ToEnd();

        Assert.Equal(["bad 0", "clean-up 0", "clean-up 11"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
    }

    private static TestRun FailFast(params Node[] nodes) => new(nodes, failFast: true);
}
