using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Journal;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 8: a node whose work need not be done has succeeded without an attempt, and hands on what is there.</summary>
public sealed class UpToDateTests
{
    [Fact]
    public void Dependents_go_on_with_what_is_there()
    {
        TestRun run = new TestRun(Chain(2)).Script("N0", Step.UpToDate(output: "file"));
        object? seen = null;
        run.Runner.OnStart = attempt => seen = attempt.Upstream.Length > 0 ? attempt.OutputOf(attempt.Upstream[0]) : null;
        run.ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal("file", seen);
        NodeResult result = run["N0"];
        Assert.True(result.IsUpToDate);
        Assert.Equal((NodeState.Succeeded, 0, "file"), (result.State, result.Attempts, result.Output));
        Assert.Equal(AttemptOutcomeKind.UpToDate, Assert.Single(result.History).Outcome);
        Assert.False(run["N1"].IsUpToDate);
    }

    [Theory]
    [InlineData(TriggerRule.AllDone, NodeState.Succeeded)]
    [InlineData(TriggerRule.AnySucceeded, NodeState.Succeeded)]
    [InlineData(TriggerRule.NoneFailed, NodeState.Succeeded)]
    [InlineData(TriggerRule.AnyFailed, NodeState.Skipped)]
    public void Rules_take_it_for_succeeded(TriggerRule rule, NodeState expected) => Assert.Equal(
        expected,
        new TestRun([new Node("A"), new Node("B") { DependsOn = ["A"], TriggerRule = rule }])
            .Script("A", Step.UpToDate()).ToEnd().StateOf("B"));

    [Fact]
    public void There_is_nothing_to_clean_up_and_no_fallback_needed()
    {
        TestRun run = new TestRun([new Node("A"), CleanUpOf("C", "A"), Fallback("F", "A")]).Script("A", Step.UpToDate()).ToEnd();

        Assert.Equal(SkipCause.NothingToCleanUp, run["C"].SkipCause);
        Assert.Equal(SkipCause.NotNeeded, run["F"].SkipCause);
    }

    [Fact]
    public void It_is_no_start_that_a_pool_s_rate_counts() => Assert.Equal(
        ["A 0", "B 0.5", "C 1"],
        new TestRun(
            [.. "ABC".Select(name => new Node($"{name}") { Pool = "p" })],
            throttleLimit: 1,
            pools: new Dictionary<string, int> { ["p"] = 1 },
            rates: new Dictionary<string, IReadOnlyList<PoolRate>> { ["p"] = [new PoolRate(1, TimeSpan.FromSeconds(100))] })
            .Script("A", Step.UpToDate()).Script("B", Step.UpToDate()).ToEnd().Starts);

    [Fact]
    public void A_node_with_a_timeout_retries_and_a_poll_before_it_can_be_so_too()
    {
        Node node = new("A")
        {
            Retry = new RetryPolicy { Count = 2 },
            Timeout = TimeSpan.FromSeconds(9),
            PreconditionTimeout = TimeSpan.FromSeconds(9),
        };
        TestRun run = new TestRun([node]).Script("A", Step.PreconditionNotMet(), Step.UpToDate()).ToEnd();

        Assert.True(run["A"].IsUpToDate);
        Assert.Equal((0, 1), (run["A"].Attempts, run["A"].Polls));
    }

    [Fact]
    public void Items_are_so_one_by_one_and_their_node_where_all_are()
    {
        TestRun run = new TestRun([Mapped("A"), Mapped("B"), Mapped("None")])
            .Script("A", Step.Map(2)).ScriptItem("A", 0, Step.UpToDate(output: "a")).ScriptItem("A", 1, Step.Succeed(output: "b"))
            .Script("B", Step.Map(2)).ScriptItem("B", 0, Step.UpToDate()).ScriptItem("B", 1, Step.UpToDate())
            .Script("None", Step.Map(0)).ToEnd();

        Assert.Equal([true, false], run["A"].Items!.Select(item => item.IsUpToDate));
        Assert.Equal(["a", "b"], run["A"].Items!.Select(item => item.Output));
        Assert.Equal((false, true, false), (run["A"].IsUpToDate, run["B"].IsUpToDate, run["None"].IsUpToDate));
    }

    [Fact]
    public void A_journal_is_told_of_it_as_of_a_success_without_attempts()
    {
        using FakeJournal journal = new();
        TestRun run = new TestRun(Chain(2), journal: journal).Script("N0", Step.UpToDate(output: "file")).To(5);
        Assert.Equal(NodeState.Running, run.Scheduler.Histories()[0].State);
        journal.Keep();
        run.To(10);
        journal.Keep();

        Assert.True(run.IsFinished);
        Assert.Equal([("file", 0), (null, 1)], journal.Successes.Select(success => ((string?)success.Output, success.Attempts)));
        Assert.True(run["N0"].IsUpToDate);
    }

    [Fact]
    public void One_that_was_restored_is_not_called_so() =>
        Assert.False(new TestRun(Chain(1), restored: new Dictionary<int, object?> { [0] = "x" }).ToEnd()["N0"].IsUpToDate);
}
