using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>What a caller has of a run, and what it must hand in.</summary>
public sealed class SchedulerTests
{
    private static readonly DagPlan Plan = DagPlan.Create(GraphOf(Node("A"), Node("B", "A")));

    [Fact]
    public void Arguments_are_checked()
    {
        SynchronousRunner runner = new();
        RunOptions options = new();

        Assert.Throws<ArgumentNullException>("plan", () => new Scheduler(null!, runner, options));
        Assert.Throws<ArgumentNullException>("runner", () => new Scheduler(Plan, null!, options));
        Assert.Throws<ArgumentNullException>("options", () => new Scheduler(Plan, runner, null!));
        Assert.Throws<ArgumentNullException>("observers", () => new Scheduler(Plan, runner, options, null!));
    }

    [Fact]
    public void It_says_what_it_runs()
    {
        Assert.Same(Plan, new Scheduler(Plan, new SynchronousRunner(), new RunOptions()).Plan);
    }

    [Fact]
    public void Every_observer_is_told_everything_and_a_null_is_none()
    {
        VirtualClock clock = new();
        RunLog[] logs = [new(Plan.Graph, clock), new(Plan.Graph, clock)];
        Scheduler scheduler = new(Plan, new SynchronousRunner(), new RunOptions { TimeProvider = clock }, logs[0], null, logs[1]);

        scheduler.Start();

        Assert.Equal(["A Granted", "A Finished", "B Granted", "B Finished"], logs[0].Events.Select(e => $"{e.Node} {e.Kind}"));
        Assert.Equal(logs[0].Events.Select(e => $"{e}"), logs[1].Events.Select(e => $"{e}"));
    }

    [Fact]
    public void Observers_may_act_on_each_change_while_nodes_run_on()
    {
        VirtualClock clock = new();
        Follower follower = new();
        DagPlan plan = DagPlan.Create(GraphOf(Node("A"), Node("slow")));
        FakeRunner runner = new(clock, new RunLog(plan.Graph, clock));
        runner.Script(1, [Step.Hang()]);
        new Scheduler(plan, runner, new RunOptions { TimeProvider = clock }, follower).Start();

        clock.AdvanceTo(TimeSpan.FromSeconds(1));

        Assert.Equal(["A"], follower.ActedOn);
    }

    [Fact]
    public void The_attempts_under_way_are_listed_by_slot()
    {
        // B has the longest path and goes first; D takes the slot that it leaves.
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C"), Node("D", "B")])
            .Script("A", Step.Hang())
            .Script("C", Step.Hang())
            .Script("D", Step.Hang());

        Assert.Empty(run.Scheduler.RunningAttempts());
        Assert.Equal(["B 0", "A 1", "C 2"], Running(run.To(0.5)));
        Assert.Equal(["D 0", "A 1", "C 2"], Running(run.To(1)));
        Assert.Empty(run.StopAt(2).ToEnd().Scheduler.RunningAttempts());
    }

    private static IEnumerable<string> Running(TestRun run) =>
        run.Scheduler.RunningAttempts().Select(attempt => $"{attempt.Node.Name} {attempt.Slot}");

    /// <summary>Notes which nodes finished, and acts on it when the lock is free.</summary>
    private sealed class Follower : IRunObserver
    {
        private readonly List<string> _finished = [];

        public List<string> ActedOn { get; } = [];

        public void AttemptStarted(NodeAttempt attempt)
        {
        }

        public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
        {
        }

        public void NodeFinished(NodeResult result) => _finished.Add(result.Node.Name);

        public void CatchUp()
        {
            ActedOn.AddRange(_finished);
            _finished.Clear();
        }
    }
}
