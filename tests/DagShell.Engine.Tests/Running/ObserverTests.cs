using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>The observer is told of every change, in the order in which they happen; the counts are true at any moment.</summary>
public sealed class ObserverTests
{
    [Fact]
    public void The_story_of_a_run_is_told_in_order()
    {
        TestRun run = new TestRun(
            [new Node("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(5) } }, Node("B", "A"), Node("C", "B")])
            .Script("A", Step.Fail(), Step.Succeed())
            .Script("B", Step.ConditionFalse())
            .ToEnd();

        Assert.Equal(
            ["A Granted", "A Waiting", "A Granted", "A Finished", "B Granted", "B Finished", "C Finished"],
            run.Log.Events
                .Where(e => e.Kind is RunEventKind.Granted or RunEventKind.Waiting or RunEventKind.Finished)
                .Select(e => $"{e.Node} {e.Kind}"));
    }

    [Fact]
    public void A_nodes_end_is_told_before_the_start_of_what_it_made_ready()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).ToEnd();

        Assert.Equal(
            [
                (RunEventKind.Granted, "A"), (RunEventKind.Started, "A"), (RunEventKind.Ended, "A"), (RunEventKind.Finished, "A"),
                (RunEventKind.Granted, "B"), (RunEventKind.Started, "B"), (RunEventKind.Ended, "B"), (RunEventKind.Finished, "B"),
            ],
            run.Log.Events.Select(e => (e.Kind, e.Node)));
    }

    [Fact]
    public void The_dependency_is_told_before_those_that_are_skipped_because_of_it()
    {
        TestRun run = new TestRun(Chain(5)).Script("N0", Step.Fail()).ToEnd();

        Assert.Equal(["N0", "N1", "N2", "N3", "N4"], run.Results.Select(result => result.Node.Name));
    }

    [Fact]
    public void A_run_can_do_without_an_observer()
    {
        Scheduler scheduler = new SynchronousRunner().Run(Chain(3));

        Assert.True(scheduler.Completion.IsCompletedSuccessfully);
        Assert.Equal(3, scheduler.Counts.Succeeded);
    }

    [Fact]
    public void The_completion_comes_after_the_last_node()
    {
        TestRun run = new([Node("A"), Node("B", "A")]);
        run.Log.OnEvent = _ => Assert.False(run.IsFinished);
        run.ToEnd();

        Assert.True(run.IsFinished);
        Assert.Equal(4, run.Log.Events.Count(e => e.Kind is RunEventKind.Granted or RunEventKind.Finished));
    }

    [Fact]
    public void Counts_tell_how_many_nodes_are_in_which_state()
    {
        TestRun run = new TestRun(
            [
                Node("succeeds"), Node("fails"), Node("skipped", "fails"), Node("runs"), Node("pending", "runs"),
                new Node("waits") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromMinutes(1) } },
            ])
            .Script("fails", Step.Fail())
            .Script("runs", Step.Succeed(after: 10))
            .Script("waits", Step.Fail(), Step.Hang());

        Assert.Equal(new RunCounts(6, Running: 0, Waiting: 0, Succeeded: 0, Failed: 0, Skipped: 0, Cancelled: 0), run.Counts);
        Assert.Equal(new RunCounts(6, Running: 4, Waiting: 0, Succeeded: 0, Failed: 0, Skipped: 0, Cancelled: 0), run.To(0).Counts);
        Assert.Equal(new RunCounts(6, Running: 1, Waiting: 1, Succeeded: 1, Failed: 1, Skipped: 1, Cancelled: 0), run.To(5).Counts);
        Assert.Equal(3, run.Counts.Done);
        run.StopAt(9).ToEnd();
        Assert.Equal(new RunCounts(6, Running: 0, Waiting: 0, Succeeded: 1, Failed: 1, Skipped: 1, Cancelled: 3), run.Counts);
        Assert.Equal(6, run.Counts.Done);
    }

    [Fact]
    public void A_result_tells_when_the_node_started_when_it_ended_and_how_often_it_was_tried()
    {
        RetryPolicy retry = new() { Count = 1, Delay = TimeSpan.FromSeconds(4) };
        TestRun run = new TestRun([Node("first"), new Node("A") { DependsOn = ["first"], Retry = retry }])
            .Script("first", Step.Succeed(after: 3))
            .Script("A", Step.Fail(after: 2), Step.Succeed(after: 2))
            .ToEnd();

        NodeResult result = run["A"];
        Assert.Equal(run.Clock.Start.AddSeconds(3), result.StartTime);
        Assert.Equal(run.Clock.Start.AddSeconds(11), result.EndTime);
        Assert.Equal(2, result.Attempts);
        Assert.Equal(1, result.Index);
        Assert.Same(run.Graph[1], result.Node);
    }

    [Fact]
    public void A_node_that_was_only_polled_has_a_start_and_no_attempt()
    {
        Node node = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(2) };
        TestRun run = new TestRun([node]).Script("A", Step.PreconditionNotMet()).ToEnd();

        Assert.Equal(run.Clock.Start, run["A"].StartTime);
        Assert.Equal(0, run["A"].Attempts);
    }

    [Fact]
    public void A_node_cancelled_before_it_ran_has_an_end_and_no_start()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).StopAt(0.5).ToEnd();

        Assert.Null(run["B"].StartTime);
        Assert.Equal(0.5, run.EndOf("B"));
        Assert.Equal(0, run["B"].Attempts);
    }
}
