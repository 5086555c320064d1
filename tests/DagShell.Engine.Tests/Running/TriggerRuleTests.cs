using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Which ends of its dependencies let a node run, rule by rule.</summary>
public sealed class TriggerRuleTests
{
    [Theory]
    [InlineData(TriggerRule.AllSucceeded, "succeeds, succeeds")]
    [InlineData(TriggerRule.AllSucceeded, "succeeds, fails but continues")]
    [InlineData(TriggerRule.AllDone, "succeeds, succeeds")]
    [InlineData(TriggerRule.AllDone, "fails, fails")]
    [InlineData(TriggerRule.AllDone, "is skipped, is skipped")]
    [InlineData(TriggerRule.AllDone, "is cancelled, fails but continues")]
    [InlineData(TriggerRule.AnySucceeded, "succeeds, succeeds")]
    [InlineData(TriggerRule.AnySucceeded, "fails, succeeds")]
    [InlineData(TriggerRule.AnySucceeded, "is skipped, succeeds")]
    [InlineData(TriggerRule.AnySucceeded, "is cancelled, succeeds")]
    [InlineData(TriggerRule.AnySucceeded, "fails, fails but continues")]
    [InlineData(TriggerRule.AnyFailed, "fails, fails")]
    [InlineData(TriggerRule.AnyFailed, "succeeds, fails")]
    [InlineData(TriggerRule.AnyFailed, "is skipped, fails")]
    [InlineData(TriggerRule.AnyFailed, "is cancelled, fails")]
    [InlineData(TriggerRule.NoneFailed, "succeeds, succeeds")]
    [InlineData(TriggerRule.NoneFailed, "is skipped, succeeds")]
    [InlineData(TriggerRule.NoneFailed, "is skipped, is skipped")]
    [InlineData(TriggerRule.AnyFailed, "is cancelled, is skipped")]
    [InlineData(TriggerRule.NoneFailedAnySucceeded, "succeeds, succeeds")]
    [InlineData(TriggerRule.NoneFailedAnySucceeded, "is skipped, succeeds")]
    [InlineData(TriggerRule.NoneFailedAnySucceeded, "skips itself, fails but continues")]
    [InlineData(TriggerRule.NoneFailed, "skips itself, is skipped")]
    [InlineData(TriggerRule.NoneFailed, "is skipped, fails but continues")]
    public void The_node_runs(TriggerRule rule, string dependencies)
    {
        TestRun run = RunAfter(rule, dependencies);

        Assert.Equal(NodeState.Succeeded, run.StateOf("node"));
        Assert.Equal(SkipCause.None, run["node"].SkipCause);
        Assert.Contains("node 2", run.Starts);
    }

    [Theory]
    [InlineData(TriggerRule.AllSucceeded, "succeeds, fails", SkipCause.DependencyFailed)]
    [InlineData(TriggerRule.AllSucceeded, "succeeds, is skipped", SkipCause.DependencySkipped)]
    [InlineData(TriggerRule.AllSucceeded, "succeeds, is cancelled", SkipCause.DependencyCancelled)]
    [InlineData(TriggerRule.AnySucceeded, "fails, fails", SkipCause.NoneSucceeded)]
    [InlineData(TriggerRule.AnySucceeded, "is skipped, fails", SkipCause.NoneSucceeded)]
    [InlineData(TriggerRule.AnySucceeded, "is cancelled, is skipped", SkipCause.NoneSucceeded)]
    [InlineData(TriggerRule.AnyFailed, "succeeds, succeeds", SkipCause.NoneFailed)]
    [InlineData(TriggerRule.AnyFailed, "succeeds, is skipped", SkipCause.NoneFailed)]
    [InlineData(TriggerRule.NoneFailed, "is skipped, is cancelled", SkipCause.DependencyCancelled)]
    [InlineData(TriggerRule.NoneFailedAnySucceeded, "succeeds, fails", SkipCause.DependencyFailed)]
    [InlineData(TriggerRule.NoneFailedAnySucceeded, "is skipped, skips itself", SkipCause.NoneSucceeded)]
    [InlineData(TriggerRule.AnyFailed, "fails but continues, fails but continues", SkipCause.NoneFailed)]
    [InlineData(TriggerRule.NoneFailed, "succeeds, fails", SkipCause.DependencyFailed)]
    [InlineData(TriggerRule.NoneFailed, "is skipped, fails", SkipCause.DependencyFailed)]
    public void The_node_is_skipped(TriggerRule rule, string dependencies, SkipCause cause)
    {
        TestRun run = RunAfter(rule, dependencies);

        Assert.Equal(NodeState.Skipped, run.StateOf("node"));
        Assert.Equal(cause, run["node"].SkipCause);
        Assert.Equal(cause is SkipCause.NoneSucceeded or SkipCause.NoneFailed ? null : "B", run["node"].SkippedBy?.Name);
        Assert.DoesNotContain(run.Starts, start => start.StartsWith("node", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TriggerRule.AllSucceeded)]
    [InlineData(TriggerRule.AllDone)]
    [InlineData(TriggerRule.NoneFailed)]
    [InlineData(TriggerRule.AnySucceeded)]
    [InlineData(TriggerRule.AnyFailed)]
    [InlineData(TriggerRule.NoneFailedAnySucceeded)]
    public void A_root_runs_whatever_its_rule(TriggerRule rule)
    {
        TestRun run = new TestRun([new Node("root") { TriggerRule = rule }]).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("root"));
    }

    [Theory]
    [InlineData(TriggerRule.AnyFailed, true)]
    [InlineData(TriggerRule.NoneFailed, false)]
    public void What_was_skipped_through_others_because_something_failed_counts_as_failed(TriggerRule rule, bool runs)
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A"), Node("C", "B"), new Node("node") { DependsOn = ["C"], TriggerRule = rule }])
            .Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(runs ? NodeState.Succeeded : NodeState.Skipped, run.StateOf("node"));
        Assert.Equal(runs ? SkipCause.None : SkipCause.DependencySkipped, run["node"].SkipCause);
    }

    [Fact]
    public void What_was_skipped_through_others_for_a_condition_does_not()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A"), new Node("node") { DependsOn = ["B"], TriggerRule = TriggerRule.NoneFailed }])
            .Script("A", Step.ConditionFalse())
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("node"));
    }

    [Fact]
    public void What_was_cut_off_in_its_work_counts_as_failed_and_what_had_not_begun_does_not()
    {
        TestRun run = new TestRun(
            [
                Node("running"), new Node("waiting") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromHours(1) } },
                Node("pending", "running"),
                Notify("roll back running", "running"), Notify("roll back waiting", "waiting"), Notify("roll back pending", "pending"),
            ])
            .Script("running", Step.Hang())
            .Script("waiting", Step.Fail())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("roll back running"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("roll back waiting"));
        Assert.Equal(SkipCause.NoneFailed, run["roll back pending"].SkipCause);
    }

    [Theory]
    [InlineData(TriggerRule.AllDone)]
    [InlineData(TriggerRule.AnySucceeded)]
    [InlineData(TriggerRule.NoneFailed)]
    [InlineData(TriggerRule.AnyFailed)]
    public void A_node_waits_for_all_dependencies_even_if_its_rule_holds_already(TriggerRule rule)
    {
        Step first = rule == TriggerRule.AnyFailed ? Step.Fail(after: 1) : Step.Succeed(after: 1);
        TestRun run = new TestRun([Node("A"), Node("B"), new Node("node") { DependsOn = ["A", "B"], TriggerRule = rule }])
            .Script("A", first)
            .Script("B", Step.Succeed(after: 9))
            .ToEnd();

        Assert.Equal(["A 0", "B 0", "node 9"], run.Starts);
    }

    // A ends after 1 s and B after 2 s.
    private static TestRun RunAfter(TriggerRule rule, string dependencies)
    {
        string[] ends = dependencies.Split(", ");
        return new TestRun(
            [
                new Node("A") { ContinueOnError = ends[0] == "fails but continues" },
                new Node("B") { ContinueOnError = ends[1] == "fails but continues" },
                new Node("node") { DependsOn = ["A", "B"], TriggerRule = rule },
            ])
            .Script("A", StepThat(ends[0], after: 1))
            .Script("B", StepThat(ends[1], after: 2))
            .ToEnd();
    }

    private static Step StepThat(string end, double after) => end switch
    {
        "succeeds" => Step.Succeed(after),
        "fails" or "fails but continues" => Step.Fail(after),
        "skips itself" => Step.Skip(after),
        "is skipped" => Step.ConditionFalse(after),
        "is cancelled" => Step.StopByItself(after),
        _ => throw new ArgumentException(end),
    };
}
