using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>
/// Design, 3.6: a node that a stop ended is Cancelled, whatever code its program left with. The program gets the interrupt itself, and is
/// sooner than the stop.
/// </summary>
public sealed class InterruptTests
{
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(0.5);

    private static Node Retried(string name) => new(name) { Retry = new RetryPolicy { Count = 3, Delay = TimeSpan.Zero } };

    private static Step FailInDoubt(double after = 1) => Fail(FailureKind.Error, after);

    private static Step Fail(FailureKind kind, double after) => Step.Fail(after) with
    {
        Outcome = AttemptOutcome.Failed(new NodeFailure(kind, "it broke"), Doubt),
    };

    [Fact]
    public void A_failure_in_doubt_is_a_stop_when_the_stop_comes_in_time()
    {
        TestRun run = new TestRun([Retried("A"), Node("B"), Node("next", "A"), Node("last", "B")], failFast: true)
            .Script("A", FailInDoubt())
            .Script("B", FailInDoubt())
            .StopAt(1.4)
            .ToEnd();

        Assert.Equal(4, run.Counts.Cancelled);
        Assert.Equal(["A 0", "B 0"], run.Starts);
        Assert.Null(run["A"].Failure);
        Assert.Equal(1, run["A"].Attempts);
        Assert.Equal(1.4, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Empty(run.Abandonments);
    }

    [Fact]
    public void Without_a_stop_it_is_a_failure_once_the_time_for_one_is_over()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("next", "A")], throttleLimit: 1)
            .Script("A", FailInDoubt())
            .Script("B", Step.Succeed())
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("it broke", run["A"].Failure?.Message);
        Assert.Equal(1.5, run.EndOf("A"));
        Assert.Equal(["A 0", "B 1.5"], run.Starts);
        Assert.Equal(NodeState.Skipped, run.StateOf("next"));
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_stop_that_comes_after_that_finds_it_failed()
    {
        TestRun run = new TestRun([Node("A"), Node("B")]).Script("A", FailInDoubt()).Script("B", Step.Hang()).StopAt(1.6).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    [Fact]
    public void A_success_can_be_in_doubt_as_well()
    {
        Step inDoubt = Step.Succeed() with { Outcome = AttemptOutcome.Succeeded("output", Doubt) };
        TestRun stopped = new TestRun([Node("A"), Node("next", "A")]).Script("A", inDoubt).StopAt(1.4).ToEnd();
        TestRun plain = new TestRun([Node("A"), Node("next", "A")]).Script("A", inDoubt).ToEnd();

        Assert.Equal(2, stopped.Counts.Cancelled);
        Assert.Equal("output", plain["A"].Output);
        Assert.Equal(["A 0", "next 1.5"], plain.Starts);
    }

    [Fact]
    public void A_failure_without_doubt_is_told_at_once()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(1, run.EndOf("A"));
    }

    [Fact]
    public void A_retry_begins_when_the_doubt_is_over()
    {
        TestRun run = new TestRun([Retried("A")]).Script("A", FailInDoubt(), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0", "A 1.5"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void A_timeout_that_comes_meanwhile_does_not_change_what_the_attempt_failed_with()
    {
        TestRun run = new TestRun([new Node("A") { Timeout = TimeSpan.FromSeconds(1.2) }]).Script("A", FailInDoubt()).ToEnd();

        Assert.Equal(FailureKind.Error, run["A"].Failure?.Kind);
        Assert.Equal(1.5, run.EndOf("A"));
    }

    [Fact]
    public void The_runs_timeout_that_comes_meanwhile_does_not_either()
    {
        TestRun run = new TestRun([Node("A"), Node("B")], timeout: 1.2).Script("A", FailInDoubt()).Script("B", Step.Hang()).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(1.2, run.Clock.Elapsed.TotalSeconds);
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_precondition_whose_program_failed_is_in_doubt_as_well()
    {
        TestRun run = new TestRun([Node("A"), new Node("polled") { PreconditionTimeout = TimeSpan.FromHours(1) }])
            .Script("A", Fail(FailureKind.PreconditionNotMet, after: 1))
            .Script("polled", Fail(FailureKind.PreconditionNotMet, after: 1))
            .StopAt(1.4)
            .ToEnd();

        Assert.Equal(2, run.Counts.Cancelled);
        Assert.Equal(["A 0", "polled 0"], run.Starts);
    }

    public static TheoryData<string> Ends => ["succeeds", "fails", "condition is false", "precondition is not met"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void After_an_interrupt_any_end_is_a_stop_when_the_stop_comes_in_time(string end)
    {
        TestRun run = new TestRun([Retried("A"), Node("next", "A"), Node("last", "next")]).Script("A", StepOf(end)).StopAt(2.9);
        run.At(TimeSpan.FromSeconds(0.9), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(3, run.Counts.Cancelled);
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Equal(2.9, run.Clock.Elapsed.TotalSeconds);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Without_a_stop_it_stands_two_seconds_after_the_interrupt(string end)
    {
        TestRun plain = new TestRun([Node("A")]).Script("A", StepOf(end)).ToEnd();
        TestRun run = new TestRun([Node("A")]).Script("A", StepOf(end));
        run.At(TimeSpan.FromSeconds(0.9), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(plain.StateOf("A"), run.StateOf("A"));
        Assert.Equal(2.9, run.EndOf("A"));
    }

    [Fact]
    public void An_interrupt_may_be_known_after_the_program_has_failed_of_it()
    {
        TestRun run = new TestRun([Retried("A")]).Script("A", FailInDoubt()).StopAt(3.3);
        run.At(TimeSpan.FromSeconds(1.4), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("A"));
        Assert.Equal(["A 0"], run.Starts);
    }

    [Fact]
    public void What_ends_long_after_an_interrupt_or_began_after_it_is_not_held()
    {
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C", "B")])
            .Script("A", Step.Succeed(after: 5))
            .Script("B", Step.Succeed(after: 1))
            .Script("C", Step.Succeed(after: 0.5));
        run.At(TimeSpan.FromSeconds(1.2), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(5, run.EndOf("A"));
        Assert.Equal(1, run.EndOf("B"));
        Assert.Equal(3.2, run.EndOf("C"));
    }

    [Fact]
    public void An_attempt_that_is_asked_to_stop_is_given_up_in_time_after_an_interrupt()
    {
        TestRun run = new TestRun([Node("A"), Node("B")])
            .Script("A", Step.HangAndIgnoreStop())
            .Script("B", Step.Hang() with { StopsAfter = TimeSpan.FromSeconds(1) })
            .StopAt(1);
        run.At(TimeSpan.FromSeconds(1), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(2, run.Counts.Cancelled);
        Assert.Equal(2, run.EndOf("B"));
        Assert.Equal(3, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void What_timed_out_after_an_interrupt_is_not_held()
    {
        TestRun run = new TestRun([new Node("A") { Timeout = TimeSpan.FromSeconds(3) }, Node("B", "A")]).Script("A", Step.Hang());
        run.At(TimeSpan.FromSeconds(2.5), run.Scheduler.NoteInterrupt).ToEnd();

        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
        Assert.Equal(3, run.EndOf("A"));
    }

    [Fact]
    public void What_began_soon_after_an_interrupt_is_not_held_either()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Succeed(after: 1));
        run.Scheduler.NoteInterrupt();
        run.Clock.AdvanceTo(TimeSpan.FromSeconds(0.5));
        run.ToEnd();

        Assert.Equal(1.5, run.EndOf("A"));
    }

    private static Step StepOf(string end) => end switch
    {
        "succeeds" => Step.Succeed(),
        "fails" => Step.Fail(),
        "condition is false" => Step.ConditionFalse(),
        _ => Step.PreconditionNotMet(after: 1),
    };
}
