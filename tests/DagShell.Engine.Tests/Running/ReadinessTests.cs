using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.2: a node is ready when every dependency is in a final state and its trigger rule holds.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public void Roots_start_at_once_and_at_the_same_time()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C")]).ToEnd();

        Assert.Equal(["A 0", "B 0", "C 0"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_node_starts_the_moment_its_last_dependency_is_done()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C"), Node("D", "A", "B", "C")])
            .Script("A", Step.Succeed(after: 2))
            .Script("B", Step.Succeed(after: 7))
            .Script("C", Step.Succeed(after: 3))
            .ToEnd();

        Assert.Equal(["A 0", "B 0", "C 0", "D 7"], run.Starts);
    }

    [Fact]
    public void Independent_branches_go_on_while_another_one_is_slow()
    {
        TestRun run = new TestRun([Node("slow"), Node("A"), Node("B", "A"), Node("C", "B")])
            .Script("slow", Step.Succeed(after: 100))
            .ToEnd();

        Assert.Equal(3, run.EndOf("C"));
        Assert.Equal(100, run.EndOf("slow"));
    }

    [Fact]
    public void Independent_branches_go_on_after_one_has_failed()
    {
        TestRun run = new TestRun([Node("bad"), Node("victim", "bad"), Node("A"), Node("B", "A")])
            .Script("bad", Step.Fail(after: 0.5))
            .ToEnd();

        Assert.Equal(NodeState.Skipped, run.StateOf("victim"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
    }

    [Fact]
    public void An_edge_given_twice_counts_once()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A", "a", "A")]).ToEnd();

        Assert.Equal(["A 0", "B 1"], run.Starts);
    }

    [Fact]
    public void A_diamond_of_which_one_arm_is_skipped_ends()
    {
        TestRun run = new TestRun([Node("top"), Node("left", "top"), Node("right", "top"), Node("bottom", "left", "right")])
            .Script("left", Step.ConditionFalse())
            .ToEnd();

        Assert.Equal(NodeState.Skipped, run.StateOf("left"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("right"));
        Assert.Equal(NodeState.Skipped, run.StateOf("bottom"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_diamond_of_which_one_arm_is_skipped_joins_if_its_rule_allows()
    {
        TestRun run = new TestRun(
            [
                Node("top"), Node("left", "top"), Node("right", "top"),
                new Node("bottom") { DependsOn = ["left", "right"], TriggerRule = TriggerRule.NoneFailed },
            ])
            .Script("left", Step.ConditionFalse(after: 1))
            .Script("right", Step.Succeed(after: 5))
            .ToEnd();

        Assert.Equal(["top 0", "left 1", "right 1", "bottom 6"], run.Starts);
    }
}
