using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Journal;

/// <summary>A node is done only once its record is kept; whatever happens meanwhile, what was done is done.</summary>
public sealed class JournaledRunTests : IDisposable
{
    private readonly FakeJournal _journal = new();

    public void Dispose() => _journal.Dispose();

    [Fact]
    public void Dependents_start_when_the_record_is_kept_and_no_earlier()
    {
        TestRun run = Run(Node("A"), Node("B", "A"));
        run.ToEnd();

        Assert.Equal(["A 0", "B 2"], run.Starts);
        Assert.Equal(2, run.EndOf("A"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_node_with_policies_waits_for_its_record_too()
    {
        var a = new Node("A") { Retry = new RetryPolicy { Count = 1 }, Timeout = TimeSpan.FromSeconds(2) };
        TestRun run = Run(a, Node("B", "A")).Script("A", Step.Fail(), Step.Succeed(after: 1.5));
        _journal.Delay = TimeSpan.FromSeconds(30);
        run.ToEnd();

        Assert.Equal("B 32.5", run.Starts[^1]);
        Assert.Equal(2, _journal.Successes[0].Attempts);
        Assert.Equal(0, (_journal.Successes[0].StartTime - run.Clock.Start).TotalSeconds);
        Assert.Equal(2.5, (_journal.Successes[0].EndTime - run.Clock.Start).TotalSeconds);
    }

    [Fact]
    public void The_slot_is_free_meanwhile()
    {
        TestRun run = Run(1, Node("A"), Node("B", "A"), Node("C")).ToEnd();

        Assert.Equal(["A 0", "C 1", "B 2"], run.Starts);
    }

    [Fact]
    public void When_very_many_wait_for_their_records_no_more_start_until_some_are_kept()
    {
        TestRun run = Run(1, [.. Enumerable.Range(0, 4_200).Select(node => Node($"N{node}"))]);
        _journal.Delay = TimeSpan.FromDays(1);
        run.To(4_200);
        Assert.Equal(4_096, _journal.Successes.Count);
        Assert.Empty(run.Scheduler.RunningAttempts());

        run.ToEnd();
        Assert.Equal(4_200, _journal.Successes.Count);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void The_node_is_not_finished_meanwhile()
    {
        TestRun run = Run(Node("A")).To(1.5);

        Assert.Equal(1, run.Counts.Running);
        Assert.Equal(0, run.Counts.Done);
        Assert.Empty(run.Results);
        Assert.Empty(run.Scheduler.RunningAttempts());
        Assert.False(run.IsFinished);
    }

    [Fact]
    public void Nodes_that_do_not_succeed_wait_for_nothing()
    {
        TestRun run =
            Run(Node("bad"), Node("skipped"), new Node("clean-up") { DependsOn = ["bad", "skipped"], TriggerRule = TriggerRule.AllDone })
            .Script("bad", Step.Fail())
            .Script("skipped", Step.ConditionFalse())
            .ToEnd();

        Assert.Equal("clean-up 1", run.Starts[^1]);
        Assert.Equal(["clean-up"], Recorded(run));
        Assert.Equal(["bad", "skipped"], _journal.Finished.Select(result => result.Node.Name).Order().Except(["clean-up"]));
    }

    [Fact]
    public void Fail_fast_does_not_take_a_success_back()
    {
        TestRun run = new TestRun([Node("A"), Node("bad"), Node("B", "A")], failFast: true, journal: _journal)
            .Script("bad", Step.Fail(after: 1.5));
        _journal.Clock = run.Clock;
        run.ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_stop_does_not_take_a_success_back()
    {
        TestRun run = Run(Node("A"), Node("B", "A")).StopAt(1.5).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(2, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void The_runs_timeout_does_not_take_a_success_back_and_clean_up_waits_for_its_record()
    {
        var cleanUp = new Node("clean-up") { DependsOn = ["A"], TriggerRule = TriggerRule.AllDone };
        TestRun run = new([Node("A"), Node("B", "A"), cleanUp], timeout: 1.5, journal: _journal);
        _journal.Clock = run.Clock;
        run.ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(["A 0", "clean-up 2"], run.Starts);
    }

    [Fact]
    public void The_timeout_of_an_attempt_does_not_count_the_time_of_its_record()
    {
        TestRun run = Run(new Node("A") { Timeout = TimeSpan.FromSeconds(1.5) });
        _journal.Delay = TimeSpan.FromSeconds(10);
        run.ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Empty(run.Abandonments);
    }

    [Fact]
    public void A_stop_waits_for_a_disk_that_hangs_as_long_as_for_a_node()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")], journal: _journal).StopAt(5).ToEnd();

        Assert.Equal(7, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(RunStatus.Failed, run.Status);
        _journal.Keep();
        Assert.Equal(2, run.Results.Count);
    }

    [Fact]
    public void When_the_journal_is_lost_nothing_starts_but_clean_up_and_what_runs_finishes()
    {
        var waiting = new Node("waiting") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromMinutes(1) } };
        var failing = new Node("failing") { Retry = new RetryPolicy { Count = 1 } };
        var cleanUp = new Node("clean-up") { DependsOn = ["A"], TriggerRule = TriggerRule.AllDone };
        TestRun run = new TestRun([Node("A"), Node("slow"), waiting, failing, Node("B", "A"), cleanUp], journal: _journal)
            .Script("A", Step.Succeed(after: 2))
            .Script("slow", Step.Succeed(after: 10))
            .Script("waiting", Step.Fail())
            .Script("failing", Step.Fail(after: 8));
        run.At(TimeSpan.FromSeconds(5), _journal.Break).At(TimeSpan.FromSeconds(11), _journal.Keep).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("slow"));
        Assert.Equal(NodeState.Failed, run.StateOf("failing"));
        Assert.Equal(["B", "waiting"], run.Results.Where(result => result.State == NodeState.Cancelled).Select(result => result.Node.Name)
            .Order());
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
        Assert.Equal(5, run.Starts.Count);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_run_whose_journal_is_lost_has_failed_even_if_no_node_has()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")], journal: _journal).At(TimeSpan.FromSeconds(5), _journal.Break).ToEnd();

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void A_run_that_only_waits_ends_when_its_journal_is_lost()
    {
        var waiting = new Node("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromMinutes(1) } };
        TestRun run = new TestRun([waiting], journal: _journal)
            .Script("A", Step.Fail())
            .At(TimeSpan.FromSeconds(5), _journal.Break)
            .ToEnd();

        Assert.Equal(5, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
    }

    [Fact]
    public void The_runs_timeout_gives_no_record_up()
    {
        TestRun run = new([Node("A")], timeout: 5, journal: _journal);
        _journal.Clock = run.Clock;
        _journal.Delay = TimeSpan.FromSeconds(10);
        run.ToEnd();

        Assert.Equal(11, run.EndOf("A"));
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_run_that_is_stopped_and_loses_its_journal_has_failed_whatever_is_left_to_keep()
    {
        TestRun run = new TestRun([Node("A")], journal: _journal)
            .Script("A", Step.Succeed(after: 6) with { StopsAfter = null })
            .StopAt(5)
            .At(TimeSpan.FromSeconds(5.5), _journal.Break)
            .ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(7, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_run_whose_journal_is_lost_before_it_starts_runs_no_ordinary_node()
    {
        _journal.Break();
        TestRun run = new TestRun([Node("A")], throttleLimit: 1, journal: _journal).ToEnd();

        Assert.Empty(run.Starts);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_loss_after_the_end_changes_nothing()
    {
        TestRun run = Run(Node("A")).ToEnd();
        _journal.Break();

        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void Restored_nodes_are_not_run_and_hand_their_output_on()
    {
        object? seen = null;
        TestRun run = new([Node("C", "B"), Node("A"), Node("B", "A")], journal: _journal, restored: Restored((1, "of A"), (2, "of B")));
        _journal.Clock = run.Clock;
        run.Runner.OnStart = attempt => seen = attempt.OutputOf(2);
        run.ToEnd();

        Assert.Equal(["C 0"], run.Starts);
        Assert.Equal("of B", seen);
        Assert.Equal(["C"], Recorded(run));
        Assert.Equal(["A", "B", "C"], run.Results.Select(result => result.Node.Name));
        Assert.Equal([true, true, false], run.Results.Select(result => result.FromCheckpoint));
        Assert.Equal("of A", run["A"].Output);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(0, run["A"].Attempts);
        Assert.Empty(run["A"].History);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_run_of_restored_nodes_alone_is_over_at_once()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")], restored: Restored((0, null), (1, null))).ToEnd();

        Assert.Empty(run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(0, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void Outputs_of_restored_nodes_are_let_go_too()
    {
        TestRun run =
            new TestRun([Node("A"), Node("B", "A"), Node("C", "A"), Node("slow", "C")], restored: Restored((0, "big"), (1, "unused")))
            .Script("slow", Step.Succeed(after: 10))
            .To(0.5);
        Assert.Equal("big", run.Scheduler.OutputOf(0));
        Assert.Null(run.Scheduler.OutputOf(1));

        run.To(5);
        Assert.Null(run.Scheduler.OutputOf(0));
    }

    [Fact]
    public void A_restored_node_makes_rules_hold_and_fail_as_one_that_ran()
    {
        TestRun run = new TestRun(
            [
                Node("A"), new Node("any failed") { DependsOn = ["A"], TriggerRule = TriggerRule.AnyFailed },
                new Node("any succeeded") { DependsOn = ["A"], TriggerRule = TriggerRule.AnySucceeded },
            ],
            restored: Restored((0, null)))
            .ToEnd();

        Assert.Equal(NodeState.Skipped, run.StateOf("any failed"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("any succeeded"));
    }

    [Fact]
    public void A_node_cannot_be_restored_without_what_is_before_it() =>
        Assert.Throws<ArgumentException>(() => new TestRun([Node("A"), Node("B", "A")], restored: Restored((1, null))));

    private static Dictionary<int, object?> Restored(params (int Node, object? Output)[] nodes) =>
        nodes.ToDictionary(node => node.Node, node => node.Output);

    private static string[] Names(TestRun run, IEnumerable<NodeSuccess> successes) =>
        [.. successes.Select(success => run.Graph[success.Index].Name)];

    private TestRun Run(params Node[] nodes) => Run(5, nodes);

    private TestRun Run(int throttleLimit, params Node[] nodes)
    {
        TestRun run = new(nodes, throttleLimit, journal: _journal);
        _journal.Clock = run.Clock;
        return run;
    }

    private string[] Recorded(TestRun run) => Names(run, _journal.Successes);
}
