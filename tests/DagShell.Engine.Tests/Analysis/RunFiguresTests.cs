using CsCheck;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Analysis;

public sealed class RunFiguresTests
{
    [Fact]
    public void A_run_that_its_critical_path_held_up_could_not_have_been_shorter()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A"), Node("C", "A"), Node("D", "B", "C")])
            .Script("A", Step.Succeed(1))
            .Script("B", Step.Succeed(6))
            .Script("C", Step.Succeed(2))
            .Script("D", Step.Succeed(3))
            .ToEnd();

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(Seconds(10), figures.Run.Makespan);
        Assert.Equal(Seconds(12), figures.TotalWork);
        Assert.Equal(["A", "B", "D"], run.Graph.Names([.. figures.CriticalPath]));
        Assert.Equal(Seconds(10), figures.CriticalPathLength);
        Assert.Equal(1.2, figures.AverageParallelism);
        Assert.Equal(Seconds(10), figures.LowerBound);
        Assert.Equal(LowerBoundKind.CriticalPath, figures.LowerBoundKind);
        Assert.Equal(1, figures.Efficiency);
        Assert.Equal(4, figures.CountOf(NodeState.Succeeded));
    }

    [Fact]
    public void A_run_is_measured_against_its_work_where_slots_are_short()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C")], throttleLimit: 2).ToEnd();

        RunFigures figures = RunFigures.Of(run.History(throttleLimit: 2));

        Assert.Equal(Seconds(2), figures.Run.Makespan);
        Assert.Equal(Seconds(1.5), figures.LowerBound);
        Assert.Equal(LowerBoundKind.Slots, figures.LowerBoundKind);
        Assert.Equal(0.75, figures.Efficiency);
        Assert.Equal(1.5, figures.AverageParallelism);
    }

    [Fact]
    public void A_run_is_measured_against_the_pool_that_held_it_up()
    {
        Node[] nodes = [.. "ABC".Select(name => new Node(name.ToString()) { Pool = "sql" }), Node("D")];
        TestRun run = new TestRun(nodes, pools: new Dictionary<string, int> { ["SQL"] = 1 }).ToEnd();

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(Seconds(3), figures.LowerBound);
        Assert.Equal(LowerBoundKind.Pool, figures.LowerBoundKind);
        Assert.Equal("sql", figures.LimitingPool);
        Assert.Equal(Seconds(1), figures.Bottlenecks[0].Saving);
    }

    [Fact]
    public void Time_lost_is_that_of_attempts_that_were_repeated_and_of_waits_between()
    {
        Node retrying = new("A") { Retry = new RetryPolicy { Count = 2, Delay = Seconds(4) } };
        TestRun run = new TestRun([retrying]).Script("A", Step.Fail(2), Step.Fail(3), Step.Succeed(1)).ToEnd();

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(Seconds(5), figures.RetryTime);
        Assert.Equal(Seconds(8), figures.WaitTime);
        Assert.Equal(Seconds(6), figures.TotalWork);
        Assert.Equal(Seconds(14), figures.CriticalPathLength);
    }

    [Fact]
    public void Polls_of_preconditions_count_as_waits()
    {
        Node polling = new("A") { PreconditionTimeout = Seconds(60) };
        TestRun run = new TestRun([polling])
            .Script("A", Step.PreconditionNotMet(0.5), Step.PreconditionNotMet(0.5), Step.Succeed(2))
            .ToEnd();

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(TimeSpan.Zero, figures.RetryTime);
        Assert.Equal(Seconds(3), figures.WaitTime);
    }

    [Fact]
    public void A_faster_run_would_come_from_the_nodes_without_which_the_bound_falls_most()
    {
        // A (4) → B (3) → D (2), and C (8) beside A and B. Without C the others still take 9; without A, C still holds D up.
        DagGraph graph = GraphOf(Node("A"), Node("B", "A"), Node("C"), Node("D", "B", "C"), Node("E"));

        RunFigures figures = RunFigures.Of(Histories.OfDurations(graph, [4, 3, 8, 2, 0]));

        Assert.Equal(["D", "C"], graph.Names([.. figures.Bottlenecks.Select(node => node.Node)]));
        Assert.Equal([2, 1], figures.Bottlenecks.Select(node => node.Saving.TotalSeconds));
    }

    [Fact]
    public void Of_two_paths_as_long_the_nodes_of_the_critical_one_are_named_though_one_alone_brings_nothing()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B"), Node("C"));

        RunFigures figures = RunFigures.Of(Histories.OfDurations(graph, [4, 4, 1]));

        Assert.Equal([new Bottleneck(0, Seconds(4), TimeSpan.Zero, IsCritical: true)], figures.Bottlenecks);
    }

    [Fact]
    public void A_run_that_goes_on_is_measured_up_to_now()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A"), Node("C", "B")])
            .Script("A", Step.Succeed(2))
            .Script("B", Step.Succeed(10))
            .To(5);

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(RunStatus.Running, figures.Run.Status);
        Assert.Equal(Seconds(5), figures.Run.Makespan);
        Assert.Equal(Seconds(5), figures.TotalWork);
        Assert.Equal(["A", "B"], run.Graph.Names([.. figures.CriticalPath]));
        Assert.Equal(1, figures.CountOf(NodeState.Running));
        Assert.Equal(1, figures.CountOf(NodeState.Pending));
    }

    [Fact]
    public void A_run_in_which_nothing_started_has_figures()
    {
        TestRun run = new TestRun([Node("A")]).StopAt(0);
        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(TimeSpan.Zero, figures.LowerBound);
        Assert.Equal(0, figures.AverageParallelism);
        Assert.Equal(1, figures.Efficiency);
        Assert.Empty(figures.Bottlenecks);
    }

    [Fact]
    public void A_node_that_was_skipped_before_its_last_dependency_ended_did_not_wait_for_it()
    {
        // B is skipped as soon as A has failed, and C then runs beside D.
        TestRun run =
            new TestRun([Node("A"), Node("D"), Node("B", "A", "D"), new Node("C") { DependsOn = ["B"], TriggerRule = TriggerRule.AllDone }])
            .Script("A", Step.Fail(1))
            .Script("D", Step.Succeed(5))
            .Script("C", Step.Succeed(3))
            .ToEnd();

        RunFigures figures = RunFigures.Of(run.History());

        Assert.Equal(["D"], run.Graph.Names([.. figures.CriticalPath]));
        Assert.Equal(Seconds(5), figures.LowerBound);
    }

    [Fact]
    public void No_run_is_shorter_than_its_bound_and_no_saving_is_larger_than_its_node() =>
        Gen.Select(RandomDag.Acyclic(), Gen.Int[0, 8].Array[24], Gen.Int[1, 4]).Sample(
            (dag, seconds, slots) =>
            {
                TestRun run = new(dag.ToGraph(), slots, failFast: false, timeout: null);
                for (int node = 0; node < run.Graph.Count; node++)
                {
                    run.Script(run.Graph[node].Name, Step.Succeed(seconds[node]));
                }

                RunFigures figures = RunFigures.Of(run.ToEnd().History(slots));

                Assert.InRange(figures.LowerBound, TimeSpan.Zero, figures.Run.Makespan);
                Assert.InRange(figures.AverageParallelism, 0, slots);
                Assert.Equal(figures.CriticalPathLength.Ticks, figures.CriticalPath.Sum(node => figures.Run.DurationOf(node).Ticks));
                Assert.All(figures.Bottlenecks, node => Assert.InRange(node.Saving, TimeSpan.Zero, node.Duration));
            },
            iter: 500);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
