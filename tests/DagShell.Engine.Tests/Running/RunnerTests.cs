using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>What a runner may do, and what it may do wrong.</summary>
public sealed class RunnerTests
{
    [Fact]
    public void A_runner_that_throws_on_start_fails_that_node_alone()
    {
        InvalidOperationException cause = new("no runspace");
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C", "B")], throttleLimit: 1)
            .Script("A", Step.ThrowOnStart(cause))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("no runspace", run["A"].Failure?.Message);
        Assert.Same(cause, run["A"].Failure?.Cause);
        Assert.Equal(NodeState.Succeeded, run.StateOf("C"));
    }

    [Fact]
    public void A_start_that_throws_is_retried_like_any_error()
    {
        Node node = new("A") { Retry = new RetryPolicy { Count = 2, Delay = TimeSpan.FromSeconds(1) }, Timeout = TimeSpan.FromSeconds(5) };
        TestRun run = new TestRun([node])
            .Script("A", Step.ThrowOnStart(new IOException()), Step.ThrowOnStart(new IOException()), Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "A 1", "A 2"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void A_start_that_throws_after_it_completed_the_attempt_changes_nothing()
    {
        SynchronousRunner runner = new(attempt =>
        {
            attempt.Complete(AttemptOutcome.Succeeded(null));
            throw new InvalidOperationException();
        });
        Scheduler scheduler = runner.Run(Node("A"));

        Assert.Equal(1, scheduler.Counts.Succeeded);
    }

    [Fact]
    public void Only_the_first_report_of_an_attempt_counts()
    {
        NodeAttempt? attempt = null;
        Scheduler scheduler = new SynchronousRunner(started => attempt = started).Run(Chain(2));
        NodeAttempt first = attempt!;

        Assert.False(first.IsCompleted);
        Assert.True(first.Complete(AttemptOutcome.Succeeded(null)));
        Assert.True(first.IsCompleted);
        Assert.False(first.Complete(AttemptOutcome.Stopped));
        Assert.Equal(1, scheduler.Counts.Succeeded);
        Assert.Equal(1, scheduler.Counts.Running);
    }

    [Fact]
    public void A_report_needs_an_outcome_and_that_of_a_failure_says_what_failed()
    {
        NodeAttempt? attempt = null;
        new SynchronousRunner(started => attempt = started).Run(Node("A"));

        Assert.Throws<ArgumentNullException>("outcome", () => attempt!.Complete(null!));
        Assert.False(attempt!.IsCompleted);
        Assert.Throws<ArgumentNullException>("failure", () => AttemptOutcome.Failed(null!));
    }

    [Fact]
    public void Completing_200_000_attempts_in_a_row_inside_start_overflows_no_stack()
    {
        SynchronousRunner runner = new();
        Scheduler scheduler = runner.Run(Chain(200_000));

        Assert.True(scheduler.Completion.IsCompleted);
        Assert.Equal(200_000, runner.Starts);
        Assert.Equal(200_000, scheduler.Counts.Succeeded);
    }

    [Fact]
    public void Nor_does_it_when_each_of_them_has_policies()
    {
        RetryPolicy retry = new() { Count = 1 };
        Node[] nodes =
        [
            .. Chain(20_000).Select(node => new Node(node.Name)
            {
                DependsOn = node.DependsOn, Retry = retry, Timeout = TimeSpan.FromHours(1), PreconditionTimeout = TimeSpan.FromHours(1),
            }),
        ];
        SynchronousRunner runner = new(attempt => attempt.Complete(
            attempt.Number == 1 ? AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "first")) : AttemptOutcome.Succeeded(null)));
        Scheduler scheduler = runner.Run(nodes);

        Assert.True(scheduler.Completion.IsCompleted);
        Assert.Equal(20_000, scheduler.Counts.Succeeded);
    }

    [Fact]
    public void An_attempt_that_fails_without_delay_a_100_000_times_overflows_no_stack()
    {
        Node node = new("A") { Retry = new RetryPolicy { Count = 100_000 } };
        SynchronousRunner runner = new(attempt => attempt.Complete(AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "again"))));
        Scheduler scheduler = runner.Run(node);

        Assert.Equal(100_001, runner.Starts);
        Assert.Equal(1, scheduler.Counts.Failed);
    }

    [Fact]
    public void A_runner_may_drive_another_run_inside_start()
    {
        SynchronousRunner inner = new();
        SynchronousRunner outerRunner = new(attempt => attempt.Complete(AttemptOutcome.Succeeded(inner.Run(Chain(10)).Counts)));
        Scheduler outer = outerRunner.Run(Chain(3));

        Assert.Equal(30, inner.Starts);
        Assert.Equal(3, outer.Counts.Succeeded);
    }

    [Fact]
    public void The_token_of_an_attempt_without_a_timeout_is_quiet_until_the_run_is_stopped()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Hang());
        NodeAttempt? attempt = null;
        run.Runner.OnStart = started => attempt = started;
        run.To(1000);
        Assert.False(attempt!.StopToken.IsCancellationRequested);

        run.Scheduler.Stop();
        Assert.True(attempt.StopToken.IsCancellationRequested);
    }
}
