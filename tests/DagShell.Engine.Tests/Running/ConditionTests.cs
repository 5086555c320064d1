using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.4: the condition is asked before the first attempt only; false skips the node.</summary>
public sealed class ConditionTests
{
    [Fact]
    public void The_condition_is_asked_before_the_first_attempt_only()
    {
        Node node = new("A") { Retry = new RetryPolicy { Count = 2 } };
        TestRun run = new TestRun([node]).Script("A", Step.Fail(), Step.Fail(), Step.Succeed());

        Assert.Equal([true, false, false], AsksOf(run));
    }

    [Fact]
    public void Polls_of_a_precondition_do_not_ask_it_again()
    {
        Node node = new("A") { PreconditionTimeout = TimeSpan.FromSeconds(10) };
        TestRun run = new TestRun([node]).Script("A", Step.PreconditionNotMet(), Step.PreconditionNotMet(), Step.Succeed());

        Assert.Equal([true, false, false], AsksOf(run));
    }

    [Fact]
    public void A_false_condition_is_not_retried_and_counts_as_no_attempt()
    {
        Node node = new("A") { Retry = new RetryPolicy { Count = 3 } };
        TestRun run = new TestRun([node]).Script("A", Step.ConditionFalse(after: 2)).ToEnd();

        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal(NodeState.Skipped, run.StateOf("A"));
        Assert.Equal(SkipCause.ConditionFalse, run["A"].SkipCause);
        Assert.Null(run["A"].SkippedBy);
        Assert.Equal(0, run["A"].Attempts);
        Assert.Equal(2, run.EndOf("A"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    private static List<bool> AsksOf(TestRun run)
    {
        List<bool> asks = [];
        run.Runner.OnStart = attempt => asks.Add(attempt.AsksCondition);
        run.ToEnd();
        return asks;
    }
}
