using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Set-up and tear-down: design, 2 (-CleanUpOf) and 10.</summary>
public sealed class CleanUpOfTests
{
    [Theory]
    [InlineData("succeeds")]
    [InlineData("fails")]
    [InlineData("skips itself")]
    public void It_runs_once_all_that_depends_on_the_set_up_has_ended_whichever_way(string end)
    {
        TestRun run =
            new TestRun([Node("set up"), Node("A", "set up"), Node("B", "A"), Node("C", "set up"), CleanUpOf("tear down", "set up")])
            .Script("A", end == "fails" ? Step.Fail() : end == "succeeds" ? Step.Succeed() : Step.Skip())
            .Script("C", Step.Succeed(after: 9))
            .ToEnd();

        Assert.Contains("tear down 10", run.Starts);
        Assert.Equal(end == "fails" ? RunStatus.Failed : RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void It_runs_after_a_set_up_that_failed_half_way() =>
        Assert.Contains("tear down 1", new TestRun([Node("set up"), CleanUpOf("tear down", "set up")]).Script("set up", Step.Fail())
            .ToEnd().Starts);

    [Fact]
    public void It_does_not_run_where_no_set_up_began()
    {
        TestRun run = new TestRun([Node("A"), Node("set up", "A"), Node("B"), CleanUpOf("tear down", "set up", "B")])
            .Script("A", Step.Fail())
            .Script("B", Step.ConditionFalse())
            .ToEnd();

        Assert.Equal(SkipCause.NothingToCleanUp, run["tear down"].SkipCause);
    }

    [Fact]
    public void One_of_several_set_ups_is_enough()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), CleanUpOf("tear down", "A", "B")]).Script("A", Step.ConditionFalse()).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("tear down"));
    }

    [Fact]
    public void Its_own_failure_fails_the_run()
    {
        TestRun run = new TestRun([Node("set up"), CleanUpOf("tear down", "set up")]).Script("tear down", Step.Fail()).ToEnd();

        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Theory]
    [InlineData("fail-fast")]
    [InlineData("timeout")]
    [InlineData("stop")]
    public void It_runs_when_the_run_is_cut_short(string how)
    {
        TestRun run = new TestRun(
            [Node("set up"), Node("A", "set up"), Node("B", "A"), Node("bad"), CleanUpOf("tear down", "set up")],
            failFast: how == "fail-fast",
            timeout: how == "timeout" ? 5 : null)
            .Script("A", how == "fail-fast" ? Step.Succeed(after: 4) : Step.Hang())
            .Script("bad", how == "fail-fast" ? Step.Fail(after: 2) : Step.Succeed());
        if (how == "stop")
        {
            run.StopAt(5);
        }

        Assert.Contains("tear down 5", run.ToEnd().Starts);
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void Nested_set_ups_are_torn_down_in_reverse_order()
    {
        TestRun run = new TestRun(
            [
                CleanUpOf("drop network", "network"), Node("network"), CleanUpOf("drop host", "host"), Node("host", "network"),
                CleanUpOf("drop database", "database"), Node("database", "host"), Node("test", "database"),
            ])
            .Script("test", Step.Fail())
            .ToEnd();

        Assert.Equal(["drop database 4", "drop host 5", "drop network 6"],
            run.Starts.Where(start => start.StartsWith("drop", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_depends_on_a_clean_up_is_not_waited_for()
    {
        TestRun run = new TestRun(
            [Node("set up"), Node("inner", "set up"), CleanUpOf("drop inner", "inner"), Node("report", "drop inner"),
                CleanUpOf("drop", "set up")])
            .Script("report", Step.Succeed(after: 9))
            .ToEnd();

        Assert.Contains("drop 3", run.Starts);
    }

    [Fact]
    public void It_covers_the_fallback_of_a_set_up()
    {
        TestRun run = new TestRun([Node("A"), Fallback("B", "A"), Node("C", "A"), CleanUpOf("tear down", "A")]).Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "B 1", "C 2", "tear down 3"], run.Starts);
    }

    [Fact]
    public void It_runs_where_the_fallback_of_a_set_up_alone_began()
    {
        TestRun run = new TestRun([Node("A"), Fallback("B", "A"), CleanUpOf("tear down", "A")]).Script("A", Step.PreconditionNotMet(1))
            .ToEnd();

        Assert.Equal(0, run["A"].Attempts);
        Assert.Equal(["A 0", "B 1", "tear down 2"], run.Starts);
    }

    [Fact]
    public void A_fallback_may_come_after_the_clean_up_of_what_failed()
    {
        TestRun run = new TestRun([Node("A"), CleanUpOf("tear down", "A"), Fallback("B", "A", "tear down"), Node("C", "A")])
            .Script("A", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "tear down 1", "B 2", "C 3"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void It_comes_along_with_a_target_and_brings_no_set_up_with_it()
    {
        DagGraph graph = DagGraph.Create(
            [Node("A"), Node("other"), Node("B", "A"), CleanUpOf("tear down", "A", "other")], [], new Dictionary<string, int>());

        Assert.Equal(["A", "B", "tear down"], NamesOf(graph.UpstreamClosure([2])));
        Assert.Equal(["A", "other", "tear down"], NamesOf(graph.UpstreamClosure([3])));
    }

    [Fact]
    public void A_restored_set_up_counts_as_started()
    {
        TestRun run = new TestRun(
            [Node("set up"), Node("A", "set up"), CleanUpOf("tear down", "set up")], restored: new Dictionary<int, object?> { [0] = null })
            .ToEnd();

        Assert.Equal(["A 0", "tear down 1"], run.Starts);
    }

    [Fact]
    public void Clean_up_that_runs_when_the_run_is_stopped_is_left_to_run()
    {
        TestRun run = new TestRun([Node("A"), CleanUpOf("tear down", "A"), Node("B")])
            .Script("tear down", Step.Succeed(after: 8))
            .Script("B", Step.Hang())
            .StopAt(3)
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("tear down"));
        Assert.Equal(9, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Theory]
    [InlineData(null, 15)]
    [InlineData(3.0, 8)]
    [InlineData(0.0, 5)]
    public void After_a_stop_its_time_is_limited(double? cleanUpTimeout, double end)
    {
        TestRun run = new TestRun([Node("A"), CleanUpOf("tear down", "A")], cleanUpTimeout: cleanUpTimeout)
            .Script("A", Step.Hang())
            .Script("tear down", Step.Hang())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(end, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(NodeState.Cancelled, run.StateOf("tear down"));
        Assert.Equal(cleanUpTimeout == 0 ? CancelCause.Stopped : CancelCause.CleanUpTimedOut, run["tear down"].CancelCause);
    }

    [Fact]
    public void After_the_runs_timeout_it_has_five_minutes()
    {
        TestRun run = new TestRun([Node("A"), CleanUpOf("tear down", "A")], timeout: 5)
            .Script("A", Step.Hang())
            .Script("tear down", Step.Hang())
            .ToEnd();

        Assert.Equal(305, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_second_stop_of_the_caller_ends_it()
    {
        TestRun run = new TestRun([Node("A"), CleanUpOf("tear down", "A")])
            .Script("A", Step.Hang())
            .Script("tear down", Step.Hang())
            .StopAt(5);
        run.At(TimeSpan.FromSeconds(6), run.Scheduler.StopCleanUp).ToEnd();

        Assert.Equal(6, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(CancelCause.Stopped, run["tear down"].CancelCause);
    }

    private static string[] NamesOf(DagGraph graph) => [.. Enumerable.Range(0, graph.Count).Select(node => graph[node].Name)];
}
