using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.2: a node whose rule cannot hold any more is skipped, with the reason, and so on down the graph.</summary>
public sealed class SkipTests
{
    [Fact]
    public void The_cause_can_be_followed_from_the_last_node_to_the_one_that_failed()
    {
        TestRun run = new TestRun(Chain(4)).Script("N0", Step.Fail()).ToEnd();

        Assert.Equal((SkipCause.DependencyFailed, "N0"), Cause(run["N1"]));
        Assert.Equal((SkipCause.DependencySkipped, "N1"), Cause(run["N2"]));
        Assert.Equal((SkipCause.DependencySkipped, "N2"), Cause(run["N3"]));
    }

    [Fact]
    public void A_false_condition_skips_the_node_and_what_depends_on_it()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.ConditionFalse()).ToEnd();

        Assert.Equal((SkipCause.ConditionFalse, null), Cause(run["A"]));
        Assert.Equal((SkipCause.DependencySkipped, "A"), Cause(run["B"]));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Theory]
    [InlineData(TriggerRule.AllSucceeded)]
    [InlineData(TriggerRule.NoneFailed)]
    public void A_node_is_skipped_as_soon_as_its_rule_cannot_hold_even_if_other_dependencies_run(TriggerRule rule)
    {
        TestRun run = new TestRun([Node("fails"), Node("slow"), new Node("node") { DependsOn = ["slow", "fails"], TriggerRule = rule }])
            .Script("fails", Step.Fail(after: 1))
            .Script("slow", Step.Succeed(after: 60))
            .ToEnd();

        Assert.Equal(1, run.EndOf("node"));
        Assert.Equal(60, run.EndOf("slow"));
    }

    [Fact]
    public void A_skip_by_one_dependency_is_not_undone_by_what_others_do_later()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("node", "A", "B")])
            .Script("A", Step.ConditionFalse(after: 1))
            .Script("B", Step.Fail(after: 2))
            .ToEnd();

        Assert.Equal((SkipCause.DependencySkipped, "A"), Cause(run["node"]));
    }

    [Fact]
    public void Of_two_dependencies_in_the_way_the_one_that_failed_is_named()
    {
        // NoneFailed does not mind the skip, so the node is still open when B fails.
        TestRun run = new TestRun(
            [Node("A"), Node("B"), new Node("node") { DependsOn = ["A", "B"], TriggerRule = TriggerRule.NoneFailed }])
            .Script("A", Step.ConditionFalse(after: 1))
            .Script("B", Step.Fail(after: 2))
            .ToEnd();

        Assert.Equal((SkipCause.DependencyFailed, "B"), Cause(run["node"]));
    }

    [Fact]
    public void A_skipped_node_has_no_attempt_no_start_and_an_end()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.Fail(after: 3)).ToEnd();

        NodeResult skipped = run["B"];
        Assert.Equal(0, skipped.Attempts);
        Assert.Null(skipped.StartTime);
        Assert.Equal(3, run.EndOf("B"));
        Assert.Null(skipped.Failure);
    }

    [Fact]
    public void Clean_up_behind_skipped_nodes_runs()
    {
        TestRun run = new TestRun(
            [Node("A"), Node("B", "A"), CleanUp("clean-up", "B")])
            .Script("A", Step.Fail(after: 2))
            .ToEnd();

        Assert.Equal(["A 0", "clean-up 2"], run.Starts);
    }

    [Fact]
    public void A_chain_of_200_000_skips_needs_no_recursion()
    {
        TestRun run = new TestRun(Chain(200_000)).Script("N0", Step.Fail()).ToEnd();

        Assert.Equal(199_999, run.Counts.Skipped);
        Assert.Equal(200_000, run.Counts.Done);
    }

    private static (SkipCause Cause, string? By) Cause(NodeResult result) => (result.SkipCause, result.SkippedBy?.Name);
}
