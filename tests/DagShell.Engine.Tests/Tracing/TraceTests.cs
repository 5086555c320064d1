using System.Diagnostics;
using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Tracing;

/// <summary>
/// A run is a span, with a span for each node and under that one for each attempt. Times are seconds since the run was made.
/// </summary>
public sealed class TraceTests
{
    [Fact]
    public void A_run_its_nodes_and_their_attempts_are_spans_under_what_is_current()
    {
        using Spans spans = new();
        using Activity caller = new Activity("caller").Start();
        TestRun run = new([Node("A"), Node("B", "A")], dagName: "Nightly");
        caller.Stop();
        run.ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["attempt 1", "A", "attempt 1", "B", "Nightly"], all.Select(span => span.DisplayName));
        Activity whole = all[^1];
        Assert.Equal(caller.SpanId, whole.ParentSpanId);
        Assert.All(all, span => Assert.Equal(caller.TraceId, span.TraceId));
        Assert.All(all, span => Assert.Equal(ActivityStatusCode.Ok, span.Status));
        Assert.Equal([all[1].SpanId, whole.SpanId, all[3].SpanId, whole.SpanId], all.Take(4).Select(span => span.ParentSpanId));
        Assert.Equal(("Nightly", 2, 5, "succeeded"), (
            whole.GetTagItem("dagshell.dag.name"),
            whole.GetTagItem("dagshell.run.node_count"),
            whole.GetTagItem("dagshell.run.throttle_limit"),
            whole.GetTagItem("dagshell.run.status")));
        Assert.Equal(("A", "succeeded", 1), (
            all[1].GetTagItem("dagshell.node.name"), all[1].GetTagItem("dagshell.node.state"), all[1]
                .GetTagItem("dagshell.node.attempts")));
        Assert.Equal(("A", 1, 0, "succeeded"), (
            all[0].GetTagItem("dagshell.node.name"),
            all[0].GetTagItem("dagshell.attempt.number"),
            all[0].GetTagItem("dagshell.attempt.slot"),
            all[0].GetTagItem("dagshell.attempt.outcome")));
        Assert.Equal(["0-1", "0-1", "1-2", "1-2", "0-2"], Times(run, all));
    }

    [Fact]
    public void A_node_that_is_tried_again_has_a_span_an_attempt_and_its_own_spans_the_wait()
    {
        using Spans spans = new();
        TestRun run = new TestRun([new Node("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(5) } }])
            .Script("A", Step.Fail(after: 2), Step.Succeed(after: 3))
            .ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["attempt 1", "attempt 2", "A", "dag"], all.Select(span => span.DisplayName));
        Assert.Equal(["0-2", "7-10", "0-10", "0-10"], Times(run, all));
        Assert.Equal((ActivityStatusCode.Error, "it broke"), (all[0].Status, all[0].StatusDescription));
        Assert.Equal(("failed", "error"), (all[0].GetTagItem("dagshell.attempt.outcome"), all[0].GetTagItem("error.type")));
        Assert.All(all.Skip(1), span => Assert.Equal(ActivityStatusCode.Ok, span.Status));
        Assert.Equal(2, all[2].GetTagItem("dagshell.node.attempts"));
    }

    [Fact]
    public void What_failed_is_an_error_with_its_message_and_its_exception()
    {
        using Spans spans = new();
        var cause = new InvalidOperationException("the cause");
        TestRun run = new TestRun([Node("A"), new Node("B") { ContinueOnError = true }])
            .Script("A", Step.ThrowOnStart(cause))
            .Script("B", Step.Fail())
            .ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Activity[] ofA = [.. all.Where(span => Equals(span.GetTagItem("dagshell.node.name"), "A"))];
        Assert.All(ofA, span => Assert.Equal((ActivityStatusCode.Error, "the cause"), (span.Status, span.StatusDescription)));
        Assert.All(ofA, span => Assert.Equal("System.InvalidOperationException", span.GetTagItem("error.type")));
        ActivityEvent thrown = Assert.Single(ofA[0].Events);
        Assert.Equal("exception", thrown.Name);
        Assert.Contains(new KeyValuePair<string, object?>("exception.message", "the cause"), thrown.Tags);
        Assert.Equal((ActivityStatusCode.Error, "failed: A"), (all[^1].Status, all[^1].StatusDescription));
    }

    [Fact]
    public void An_attempt_that_took_too_long_is_an_error_that_says_so()
    {
        using Spans spans = new();
        TestRun run = new TestRun([new Node("A") { Timeout = TimeSpan.FromSeconds(4) }]).Script("A", Step.Hang()).ToEnd();

        Activity attempt = spans.Of(run.RunId)[0];
        Assert.Equal((ActivityStatusCode.Error, "attempt_timed_out"), (attempt.Status, attempt.GetTagItem("error.type")));
        Assert.Contains("longer than its timeout", attempt.StatusDescription, StringComparison.Ordinal);
        Assert.Equal(["0-4", "0-4", "0-4"], Times(run, spans.Of(run.RunId)));
    }

    [Fact]
    public void The_question_whether_to_try_again_has_no_span_and_belongs_to_the_attempt_that_it_is_about()
    {
        using Spans spans = new();
        List<Activity?> seen = [];
        TestRun run = new TestRun([new Deciding()]).Script("A", Step.Hang(), Step.Succeed(after: 0.5), Step.Succeed(after: 1));
        run.Runner.OnStart = attempt => seen.Add(attempt.Activity);
        run.ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["attempt 1", "attempt 2", "A", "dag"], all.Select(span => span.DisplayName));
        Assert.Equal(["0-2", "12.5-13.5", "0-13.5", "0-13.5"], Times(run, all));
        Assert.Equal("attempt_timed_out", all[0].GetTagItem("error.type"));
        Assert.Equal([all[0], all[0], all[1]], seen);
    }

    [Fact]
    public void An_attempt_that_is_given_up_ends_there()
    {
        using Spans spans = new();
        TestRun run = new TestRun([Node("A")]).Script("A", Step.HangAndIgnoreStop()).StopAt(3).ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["0-5", "0-5", "0-5"], Times(run, all));
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error], all.Select(span => span.Status));
        Assert.Equal(("cancelled", "cancelled"), (all[1].GetTagItem("dagshell.node.state"), all[2].GetTagItem("dagshell.run.status")));
    }

    [Fact]
    public void A_node_that_did_not_run_has_a_span_without_length_that_says_why()
    {
        using Spans spans = new();
        TestRun run = new TestRun([Node("done"), Node("A", "done"), Node("B", "A")], restored: new Dictionary<int, object?> { [0] = null })
            .Script("A", Step.Fail())
            .ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Activity restored = Assert.Single(all, span => span.DisplayName == "done");
        Activity skipped = Assert.Single(all, span => span.DisplayName == "B");
        Assert.Equal((true, "succeeded"),
            (restored.GetTagItem("dagshell.node.from_checkpoint"), restored.GetTagItem("dagshell.node.state")));
        Assert.Equal(("skipped", "dependency_failed", "A", ActivityStatusCode.Unset), (
            skipped.GetTagItem("dagshell.node.state"),
            skipped.GetTagItem("dagshell.node.skip_reason"),
            skipped.GetTagItem("dagshell.node.skipped_by"),
            skipped.Status));
        Assert.Equal(["0-0", "1-1"], Times(run, [restored, skipped]));
    }

    [Fact]
    public void A_node_that_is_cancelled_while_it_waits_ends_then()
    {
        using Spans spans = new();
        TestRun run = new TestRun([new Node("A") { Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(60) } }])
            .Script("A", Step.Fail())
            .StopAt(9)
            .ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["attempt 1", "A", "dag"], all.Select(span => span.DisplayName));
        Assert.Equal(["0-1", "0-9", "0-9"], Times(run, all));
        Assert.Equal("cancelled", all[1].GetTagItem("dagshell.node.state"));
    }

    [Fact]
    public void Polls_of_preconditions_are_attempts_too()
    {
        using Spans spans = new();
        TestRun run = new TestRun([new Node("A") { PreconditionTimeout = TimeSpan.FromSeconds(60) }])
            .Script("A", Step.PreconditionNotMet(after: 0.5), Step.Succeed())
            .ToEnd();

        IReadOnlyList<Activity> all = spans.Of(run.RunId);
        Assert.Equal(["0-0.5", "1.5-2.5", "0-2.5", "0-2.5"], Times(run, all));
        Assert.Equal("precondition_not_met", all[0].GetTagItem("error.type"));
    }

    [Fact]
    public void The_runner_finds_the_attempts_span_on_the_attempt_and_nothing_is_made_current_elsewhere()
    {
        using Spans spans = new();
        TestRun run = new([Node("A")]);
        Activity? seen = null, current = null;
        run.Runner.OnStart = attempt => (seen, current) = (attempt.Activity, Activity.Current);
        Activity? before = Activity.Current;
        run.ToEnd();

        Assert.Same(spans.Of(run.RunId)[0], seen);
        Assert.Same(before, current);
        Assert.Same(before, Activity.Current);
    }

    [Fact]
    public void A_run_is_over_only_when_its_spans_are()
    {
        TestRun? run = null;
        List<bool> wasFinished = [];
        using Spans spans = new(span =>
        {
            if (run is not null && Equals(span.GetTagItem("dagshell.run.id"), run.RunId.ToString()))
            {
                // It may ask the scheduler: its lock is not held.
                _ = run.Counts;
                wasFinished.Add(run.IsFinished);
            }
        });
        run = new TestRun([Node("A")]);
        run.ToEnd();

        Assert.Equal([false, false, false], wasFinished);
    }

    [Fact]
    public void A_listener_that_throws_does_not_keep_a_run_from_its_end()
    {
        Guid id = Guid.Empty;
        using Spans spans = new(span =>
        {
            if (Equals(span.GetTagItem("dagshell.run.id"), id.ToString()))
            {
                throw new InvalidOperationException("a listener");
            }
        });
        TestRun run = new(Chain(3));
        id = run.RunId;
        run.ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void When_nobody_listens_there_are_no_spans()
    {
        // Nothing but the tests of this class listens, and they run one after the other.
        TestRun run = new([Node("A")]);
        bool? hadSpan = null;
        run.Runner.OnStart = attempt => hadSpan = attempt.Activity is not null;
        using Spans tooLate = new();
        run.ToEnd();

        Assert.False(hadSpan);
        Assert.Empty(tooLate.Of(run.RunId));
    }

    /// <summary>A node whose runner decides about retries, also after a timeout (2 s).</summary>
    private sealed class Deciding : Node
    {
        public Deciding()
            : base("A")
        {
            Timeout = TimeSpan.FromSeconds(2);
            Retry = new RetryPolicy { Count = 1, Delay = TimeSpan.FromSeconds(10) };
        }

        public override bool DecidesOnRetry => true;
    }

    private static IEnumerable<string> Times(TestRun run, IReadOnlyList<Activity> spans) => spans.Select(span =>
    {
        double start = (span.StartTimeUtc - run.Clock.Start.UtcDateTime).TotalSeconds;

        // A span without length is one tick long.
        return FormattableString.Invariant($"{start}-{start + Math.Round(span.Duration.TotalSeconds, 6)}");
    });
}
