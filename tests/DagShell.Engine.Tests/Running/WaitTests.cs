using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Analysis;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 5: why it took so long.</summary>
public sealed class WaitTests
{
    [Fact]
    public void A_node_that_starts_at_once_waited_for_nothing()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).ToEnd();

        Assert.Empty(WaitsOf(run, "A"));
        Assert.Empty(WaitsOf(run, "B"));
        Assert.Equal([0, 1], new[] { ReadyOf(run, "A"), ReadyOf(run, "B") });
    }

    [Fact]
    public void Nodes_wait_for_slots()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C")], throttleLimit: 1).ToEnd();

        Assert.Empty(WaitsOf(run, "A"));
        Assert.Equal(["Slot 0-1"], WaitsOf(run, "B"));
        Assert.Equal(["Slot 0-2"], WaitsOf(run, "C"));
        Assert.Equal(0, ReadyOf(run, "C"));
    }

    [Fact]
    public void Nodes_wait_for_their_pool_while_there_are_slots()
    {
        Node[] nodes = [.. "ABCD".Select(name => new Node(name.ToString()) { Pool = "sql" })];
        TestRun run = new TestRun(nodes, pools: new Dictionary<string, int> { ["sql"] = 1 }).ToEnd();

        Assert.Equal(["Pool 0-3"], WaitsOf(run, "D"));
        RunFigures figures = RunFigures.Of(run.History());
        Assert.Equal(6, figures.PoolWaitTime.TotalSeconds);
        Assert.Equal(6, figures.WaitTime.TotalSeconds);
        Assert.Equal(0, figures.SlotWaitTime.TotalSeconds);
    }

    [Fact]
    public void A_place_in_the_pool_may_come_before_the_slot()
    {
        // P1 holds the pool till 2, L1 and L2 the slots; at 2 the place is P2's, and L2, which goes first, takes the slot.
        Node[] nodes =
        [
            new("P1") { Pool = "sql", Priority = 9 }, new("L1") { Priority = 8 }, new("P2") { Pool = "sql", Priority = 1 },
            new("X") { DependsOn = ["P1"], Priority = 7 },
        ];
        TestRun run = new TestRun(nodes, throttleLimit: 3, pools: new Dictionary<string, int> { ["sql"] = 1 })
            .Script("P1", Step.Succeed(2))
            .Script("L1", Step.Succeed(9))
            .ToEnd();

        Assert.Equal(["Pool 0-2"], WaitsOf(run, "P2"));

        run = new TestRun([.. nodes, new("L2") { Priority = 6 }, new("L3") { DependsOn = ["P1"], Priority = 5 }],
            throttleLimit: 3, pools: new Dictionary<string, int> { ["sql"] = 1 })
            .Script("P1", Step.Succeed(2))
            .Script("L1", Step.Succeed(9))
            .Script("L2", Step.Succeed(1))
            .Script("X", Step.Succeed(3))
            .Script("L3", Step.Succeed(4))
            .ToEnd();

        Assert.Equal(["Slot 0-1", "Pool 1-2", "Slot 2-5"], WaitsOf(run, "P2"));
    }

    [Fact]
    public void Delays_between_attempts_are_waits_and_so_are_slots_after_them()
    {
        Node retrying = new("A") { Retry = new RetryPolicy { Count = 2, Delay = TimeSpan.FromSeconds(4) }, Priority = 1 };
        TestRun run = new TestRun([retrying, Node("B")], throttleLimit: 1)
            .Script("A", Step.Fail(2), Step.Fail(3), Step.Succeed(1))
            .Script("B", Step.Succeed(7))
            .ToEnd();

        Assert.Equal(["Retry 2-6", "Slot 6-9", "Retry 12-16"], WaitsOf(run, "A"));
        Assert.Equal(["Slot 0-2"], WaitsOf(run, "B"));
        Assert.Equal(0, ReadyOf(run, "A"));
    }

    [Fact]
    public void Polling_is_one_wait_whatever_happens_between_the_polls()
    {
        Node polling = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(60), Retry = new RetryPolicy { Count = 1 } };
        TestRun run = new TestRun([polling, Node("B")], throttleLimit: 1)
            .Script(
                "A", Step.PreconditionNotMet(0.5), Step.PreconditionNotMet(0.5), Step.Fail(2), Step.PreconditionNotMet(), Step.Succeed())
            .Script("B", Step.Succeed(4))
            .ToEnd();

        Assert.Equal(3, run["A"].Polls);
        Assert.Equal(2, run["A"].Attempts);
        Assert.Equal(["Precondition 0-6", "Precondition 8-9.25"], WaitsOf(run, "A"));
    }

    [Fact]
    public void A_precondition_that_never_held_was_waited_for_to_the_end()
    {
        TestRun run = new TestRun([new Node("A") { PreconditionTimeout = TimeSpan.FromSeconds(3) }])
            .Script("A", Step.PreconditionNotMet(0.5))
            .ToEnd();

        Assert.Equal([$"Precondition 0-{run.EndOf("A")}"], WaitsOf(run, "A"));
        Assert.Equal(0, run["A"].Attempts);
        Assert.Equal(run["A"].History.Count, run["A"].Polls);
    }

    [Fact]
    public void A_poll_says_that_the_precondition_does_not_hold_and_not_that_the_node_failed()
    {
        AttemptOutcome notMet = AttemptOutcome.Failed(
            new NodeFailure(FailureKind.PreconditionNotMet, "did not within 60 s", canRetry: false) { MessageOfPoll = "does not hold" });
        TestRun run = new TestRun([new Node("A") { PreconditionTimeout = TimeSpan.FromSeconds(1) }])
            .Script("A", Step.PreconditionNotMet(0) with { Outcome = notMet })
            .ToEnd();

        Assert.Equal(["does not hold", "did not within 60 s"], run["A"].History.Select(poll => poll.Message));
    }

    [Fact]
    public void A_node_that_is_cancelled_waited_until_then()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C")], throttleLimit: 2)
            .Script("A", Step.Hang())
            .Script("B", Step.Hang())
            .To(5);
        Assert.Equal([new WaitRecord(NodeWaitKind.Slot, run.Clock.Start, null)], run.Scheduler.Histories()[2].Waits);
        Assert.Equal(5, run.History().WaitOf(2, NodeWaitKind.Slot).TotalSeconds);

        run.Scheduler.Stop();
        run.ToEnd();

        Assert.Equal(["Slot 0-5"], WaitsOf(run, "C"));
    }

    [Fact]
    public void A_node_that_is_skipped_was_never_ready()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.Fail()).ToEnd();

        Assert.Null(run["B"].ReadyTime);
        Assert.Empty(run["B"].Waits);
    }

    [Fact]
    public void What_carries_an_attempt_is_waited_for_in_its_slot_and_that_is_no_time_of_the_node()
    {
        TestRun run = new TestRun([Node("A"), new Node("B") { Retry = new RetryPolicy { Count = 1 } }]);
        run.Runner.OnStart = attempt => run.At(run.Clock.Elapsed + TimeSpan.FromSeconds(2), attempt.Begin);
        run.Script("A", Step.Succeed(5)).Script("B", Step.Fail(5), Step.Succeed(5)).ToEnd();

        Assert.Equal([2, 4], new[] { run["A"].StartUpTime.TotalSeconds, run["B"].StartUpTime.TotalSeconds });
        Assert.Equal([2, 2], new[] { run["A"].StartTime!.Value, run["B"].StartTime!.Value }
            .Select(time => (time - run.Clock.Start).TotalSeconds));
        Assert.Empty(WaitsOf(run, "A"));
        RunFigures figures = RunFigures.Of(run.History());
        Assert.Equal(6, figures.StartUpTime.TotalSeconds);
        Assert.Equal(9, figures.TotalWork.TotalSeconds);
        Assert.Equal(8, figures.CriticalPathLength.TotalSeconds);
    }

    [Fact]
    public void A_restored_node_tells_the_run_that_it_comes_from()
    {
        RunOrigin origin = new(Guid.NewGuid(), new DateTime(2026, 3, 1));
        TestRun run = new TestRun(
            [Node("A"), Node("B", "A")],
            restored: new Dictionary<int, object?> { [0] = 1 },
            origins: new Dictionary<int, RunOrigin> { [0] = origin }).ToEnd();

        Assert.Equal(origin, run["A"].Origin);
        Assert.Null(run["B"].Origin);
    }

    private static double ReadyOf(TestRun run, string node) => (run[node].ReadyTime!.Value - run.Clock.Start).TotalSeconds;

    private static IEnumerable<string> WaitsOf(TestRun run, string node) => run[node].Waits.Select(wait => FormattableString.Invariant(
        $"{wait.Kind} {(wait.StartTime - run.Clock.Start).TotalSeconds:0.##}-{(wait.EndTime!.Value - run.Clock.Start).TotalSeconds:0.##}"));
}
