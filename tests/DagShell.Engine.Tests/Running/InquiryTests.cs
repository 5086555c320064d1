using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>A timeout ends an attempt before its runner can say whether it is worth another; so the runner is asked.</summary>
public sealed class InquiryTests
{
    private static readonly Step Yes = Step.Succeed(after: 0.5);
    private static readonly Step No = Step.ConditionFalse(after: 0.5);

    [Fact]
    public void After_a_yes_the_node_waits_and_is_tried_again()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Yes, Step.Succeed(after: 1)).ToEnd();

        Assert.Equal(["A 0", "A 2", "A 12.5"], run.Starts);
        Assert.Equal([10], run.WaitsOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void After_a_no_the_node_has_failed_at_once()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), No).ToEnd();

        Assert.Equal(2.5, run.EndOf("A"));
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
        Assert.Empty(run.WaitsOf("A"));
    }

    [Fact]
    public void It_may_say_after_how_long()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Step.TryAgain(3), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0", "A 2", "A 5.5"], run.Starts);
        Assert.Equal([3], run.WaitsOf("A"));
    }

    [Fact]
    public void It_may_skip_the_node()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Step.Skip(after: 0.5, reason: "not worth it")).ToEnd();

        Assert.Equal((NodeState.Skipped, SkipCause.Itself, "not worth it"), (run.StateOf("A"), run["A"].SkipCause, run["A"].SkipReason));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void An_inquiry_is_not_an_attempt()
    {
        List<(int Number, bool IsInquiry, FailureKind? About)> seen = [];
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Yes, Step.Hang(), Yes, Step.Succeed());
        run.Runner.OnStart = attempt => seen.Add((attempt.Number, attempt.IsInquiry, attempt.LastFailure?.Kind));
        run.ToEnd();

        const FailureKind TimedOut = FailureKind.AttemptTimedOut;
        Assert.Equal([(1, false, null), (1, true, TimedOut), (2, false, TimedOut), (2, true, TimedOut), (3, false, TimedOut)], seen);
        Assert.Equal(3, run["A"].Attempts);
        Assert.Equal([1, 2, 3], run["A"].History.Select(attempt => attempt.Number));
    }

    [Fact]
    public void Nobody_is_asked_after_the_last_attempt()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Yes, Step.Hang(), Yes, Step.Hang()).ToEnd();

        Assert.Equal(5, run.Starts.Count);
        Assert.Equal(3, run["A"].Attempts);
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Failure?.Kind);
    }

    [Fact]
    public void Errors_are_decided_where_they_happen_and_not_asked_about()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Fail(), Step.Fail(canRetry: false)).ToEnd();

        Assert.Equal(["A 0", "A 11"], run.Starts);
    }

    [Fact]
    public void It_takes_a_slot_in_its_turn()
    {
        TestRun run = new TestRun([new Deciding("A"), new Node("B") { Priority = 1, DependsOn = [] }], throttleLimit: 1)
            .Script("B", Step.Succeed(after: 1))
            .Script("A", Step.Hang(), Yes, Step.Succeed(after: 1))
            .ToEnd();

        Assert.Equal(["B 0", "A 1", "A 3", "A 13.5"], run.Starts);
    }

    [Fact]
    public void One_that_takes_too_long_means_no()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Step.Hang()).ToEnd();

        Assert.Equal(4, run.EndOf("A"));
        Assert.Equal("Node 'A' took longer than its timeout of 2 s.", run["A"].Failure?.Message);
        Assert.Equal(1, run["A"].Attempts);
    }

    [Fact]
    public void One_that_cannot_be_stopped_is_given_up_and_means_no()
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Step.HangAndIgnoreStop()).ToEnd();

        Assert.Equal(["A 6"], run.Abandonments);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2.25)]
    public void A_run_that_is_stopped_meanwhile_ends(double stop)
    {
        TestRun run = new TestRun([new Deciding("A")]).Script("A", Step.Hang(), Yes, Step.Succeed()).StopAt(stop).ToEnd();

        Assert.Equal(stop, run.EndOf("A"));
        Assert.True(run.StateOf("A") is NodeState.Failed or NodeState.Cancelled);
    }

    [Fact]
    public void Fail_fast_cuts_it_short()
    {
        TestRun run = new TestRun([new Deciding("A"), new Node("B")], failFast: true)
            .Script("A", Step.Hang(), Yes, Step.Succeed())
            .Script("B", Step.Fail(after: 2.25))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(2.5, run.EndOf("A"));
    }

    private sealed class Deciding : Node
    {
        public Deciding(string name)
            : base(name)
        {
            Timeout = TimeSpan.FromSeconds(2);
            Retry = new RetryPolicy { Count = 2, Delay = TimeSpan.FromSeconds(10) };
        }

        public override bool DecidesOnRetry => true;
    }
}
