using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>What stands for what failed: design, 3.8 and 10.</summary>
public sealed class FallbackTests
{
    [Fact]
    public void It_stands_for_a_node_that_failed()
    {
        object? seen = null;
        TestRun run = new TestRun([Node("A"), Node("next", "A"), Fallback("B", "A")], failFast: true)
            .Script("A", Step.Fail())
            .Script("B", Step.Succeed(output: "from B"));
        run.Runner.OnStart = attempt => seen = attempt.Node.Name == "next" ? attempt.OutputOf(0) : seen;
        run.ToEnd();

        Assert.Equal(["A 0", "B 1", "next 2"], run.Starts);
        Assert.Equal("from B", seen);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Theory]
    [InlineData("succeeds")]
    [InlineData("is skipped")]
    public void Otherwise_it_is_skipped(string end)
    {
        TestRun run = new TestRun([Node("A"), Fallback("B", "A")]).Script("A", end == "succeeds" ? Step.Succeed() : Step.ConditionFalse())
            .ToEnd();

        Assert.Equal(SkipCause.NotNeeded, run["B"].SkipCause);
        Assert.Equal("A", run["B"].SkippedBy?.Name);
    }

    [Fact]
    public void Where_it_fails_too_both_count_and_dependents_wait_for_that()
    {
        TestRun run = new TestRun([Node("A"), Fallback("B", "A"), Node("next", "A"), Notify("alarm", "A")])
            .Script("A", Step.Fail())
            .Script("B", Step.Fail(after: 4))
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "alarm 5"], run.Starts);
        Assert.Equal(SkipCause.DependencyFailed, run["next"].SkipCause);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_fallback_may_have_a_fallback()
    {
        TestRun run = new TestRun(
            [Fallback("third", "second"), Fallback("second", "first"), Node("first"), Node("next", "first"), Node("after", "second")])
            .Script("first", Step.Fail())
            .Script("second", Step.Fail())
            .ToEnd();

        Assert.Equal(["first 0", "second 1", "third 2", "next 3", "after 3"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_chain_of_many_is_no_trouble()
    {
        const int Count = 10_000;
        Node[] nodes = [Node("0"), .. Enumerable.Range(1, Count).Select(i => Fallback($"{i}", $"{i - 1}"))];
        TestRun run = new(nodes);
        run.Runner.DefaultStep = Step.Fail(after: 0);
        run.ToEnd();

        Assert.Equal(Count + 1, run.Counts.Failed);
    }

    [Fact]
    public void Where_both_fail_a_node_that_may_fail_stays_tolerated()
    {
        TestRun run = new TestRun([new Node("A") { ContinueOnError = true }, Fallback("B", "A"), Node("next", "A")], failFast: true)
            .Script("A", Step.Fail())
            .Script("B", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "next 2"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void Where_it_stands_the_node_counts_as_succeeded()
    {
        TestRun run = new TestRun([Node("A"), Fallback("B", "A"), Notify("alarm", "A"),
            new Node("join") { DependsOn = ["A"], TriggerRule = TriggerRule.NoneFailed }])
            .Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(SkipCause.NoneFailed, run["alarm"].SkipCause);
        Assert.Equal(NodeState.Succeeded, run.StateOf("join"));
    }

    [Fact]
    public void After_a_fail_fast_that_struck_elsewhere_it_is_not_started()
    {
        TestRun run = new TestRun([Node("bad"), Node("A"), Fallback("B", "A")], failFast: true)
            .Script("bad", Step.Fail())
            .Script("A", Step.Fail(after: 5))
            .ToEnd();

        Assert.Equal(["A 0", "bad 0"], run.Starts.Order());
        Assert.Equal((CancelCause.FailFast, "bad"), (run["B"].CancelCause, run["B"].CancelledBy?.Name));
    }

    [Fact]
    public void It_comes_along_with_a_target()
    {
        DagGraph graph =
            DagGraph.Create([Node("A"), Node("C"), Fallback("B", "A", "C"), Node("D", "A")], [], new Dictionary<string, int>());

        Assert.Equal(4, graph.UpstreamClosure([3]).Count);
    }

    [Fact]
    public void Both_are_restored_together()
    {
        TestRun run = new TestRun(
            [Node("A"), Fallback("B", "A"), Node("next", "A")],
            restored: new Dictionary<int, object?> { [1] = "from B" },
            restoredFailures: new HashSet<int> { 0 })
            .ToEnd();

        Assert.Equal(["next 0"], run.Starts);
        Assert.Equal((NodeState.Failed, true), (run.StateOf("A"), run["A"].FromCheckpoint));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void Two_for_one_node_are_a_problem()
    {
        Assert.False(DagGraph.TryCreate([Node("A"), Fallback("B", "A"), Fallback("C", "A")], [], new Dictionary<string, int>(), out _,
            out var problems));

        Assert.Equal((GraphProblemKind.SeveralFallbacks, "A B C"), (Assert.Single(problems).Kind, string.Join(' ', problems[0].Nodes)));
    }

    [Fact]
    public void A_cycle_of_fallbacks_and_names_that_no_node_has_are_problems()
    {
        Assert.False(DagGraph.TryCreate(
            [Fallback("A", "B"), Fallback("B", "A"), Fallback("C", "Bee"), CleanUpOf("D", "Ay"), CleanUpOf("E", "E")],
            [],
            new Dictionary<string, int>(),
            out _,
            out var problems));

        Assert.Equal(
            [GraphProblemKind.UnknownDependency, GraphProblemKind.UnknownDependency, GraphProblemKind.SelfEdge, GraphProblemKind.Cycle],
            problems.Select(problem => problem.Kind));
    }
}
