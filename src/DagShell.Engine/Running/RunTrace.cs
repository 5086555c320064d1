using System.Collections.Concurrent;
using System.Diagnostics;
using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>
/// The spans of a run: one for the run, one for each node, one for each attempt. There is one of these only if somebody listened
/// when the run was made; otherwise the run's observer is told directly, and nothing here costs anything.
/// </summary>
/// <remarks>
/// Listeners are other people's code, so none of it is called under the scheduler's lock: what is observed there is noted, and
/// spans are ended by <see cref="Flush"/> outside of it.
/// </remarks>
internal sealed class RunTrace : IRunObserver
{
    public static readonly ActivitySource Source = new(Scheduler.ActivitySourceName, typeof(RunTrace).Assembly.GetName().Version?.ToString(3));

    private readonly IRunObserver? _inner;
    private readonly Func<DateTimeOffset> _now;
    private readonly Activity _run;
    private readonly string _runId;
    private readonly ConcurrentQueue<Ending> _endings = new();

    /// <summary>Guards all below, and keeps spans of this run from being started and ended at the same time.</summary>
    private readonly object _lock = new();
    private readonly Dictionary<int, OpenSpans> _open = [];
    private readonly List<string> _failed = [];
    private bool _isOver;

    private RunTrace(RunOptions options, IRunObserver? inner, Func<DateTimeOffset> now, Activity run)
    {
        _inner = inner;
        _now = now;
        _run = run;
        _runId = options.RunId.ToString();
    }

    /// <summary>Begins the span of a run, under what is current here, if anybody listens.</summary>
    /// <param name="graph">What is run.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="inner">Is told of all that this is told.</param>
    /// <param name="now">The run's clock.</param>
    /// <returns>The trace, to observe the run with; null if nobody wants to know.</returns>
    public static RunTrace? Begin(DagGraph graph, RunOptions options, IRunObserver? inner, Func<DateTimeOffset> now)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        KeyValuePair<string, object?>[] tags =
        [
            new("dagshell.run.id", options.RunId.ToString()),
            new("dagshell.run.node_count", graph.Count),
            new("dagshell.run.throttle_limit", options.ThrottleLimit),
            .. options.DagName is null ? [] : (ReadOnlySpan<KeyValuePair<string, object?>>)[new("dagshell.dag.name", options.DagName)],
        ];
        try
        {
            Activity? run = Start(options.DagName ?? "dag", Activity.Current, now(), tags);
            return run is null ? null : new RunTrace(options, inner, now, run);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A listener that throws gets no spans. It must not keep the run from running.
            return null;
        }
    }

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt) => _inner?.AttemptStarted(attempt);

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
        _endings.Enqueue(new Ending(node, _now(), failure, null));
        _inner?.NodeWaiting(node, failure, delay);
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result)
    {
        _endings.Enqueue(new Ending(result.Index, result.EndTime, result.Failure, result));
        _inner?.NodeFinished(result);
    }

    /// <summary>An attempt gave its slot back. How it ended is known only when its node waits or has ended: a timeout may have stopped it.</summary>
    public void AttemptEnded(NodeAttempt attempt, DateTimeOffset time)
    {
        if (!attempt.IsInquiry)
        {
            _endings.Enqueue(new Ending(attempt.Index, time, null, null, IsOfSlot: true));
        }
    }

    /// <summary>Begins the span of an attempt that is about to start; that of its node too, if it is the first.</summary>
    public void Start(NodeAttempt attempt) => Safely(() =>
    {
        Flush();
        if (attempt.IsCompleted)
        {
            return;
        }

        if (attempt.IsInquiry)
        {
            // What is asked about an attempt is a part of it.
            attempt.Activity = _open.GetValueOrDefault(attempt.Index)?.Attempt;
            return;
        }

        if (!_open.TryGetValue(attempt.Index, out OpenSpans? spans))
        {
            spans = new OpenSpans(StartNode(attempt.Node, attempt.StartTime));
            _open.Add(attempt.Index, spans);
        }

        spans.AttemptEnd = null;
        if (spans.Node is not null)
        {
            attempt.Activity = spans.Attempt = Start(
                $"attempt {attempt.Number}",
                spans.Node,
                attempt.StartTime,
                [
                    new("dagshell.node.name", attempt.Node.Name),
                    new("dagshell.run.id", _runId),
                    new("dagshell.attempt.number", attempt.Number),
                    new("dagshell.attempt.slot", attempt.Slot),
                ]);
        }
    });

    /// <summary>Ends the spans of all that has ended.</summary>
    public void Flush() => Safely(() =>
    {
        while (_endings.TryDequeue(out Ending ending))
        {
            End(ending);
        }
    });

    /// <summary>Ends the span of the run, when all else has ended.</summary>
    public void End(RunStatus status) => Safely(() =>
    {
        Flush();
        _isOver = true;
        _run.SetTag("dagshell.run.status", Words(status));
        switch (status)
        {
            case RunStatus.Succeeded:
                _run.SetStatus(ActivityStatusCode.Ok);
                break;
            case RunStatus.Failed when _failed.Count > 0:
                _run.SetStatus(ActivityStatusCode.Error, $"failed: {string.Join(", ", _failed)}");
                break;
            case RunStatus.Failed:
                _run.SetStatus(ActivityStatusCode.Error, "the journal could not be written any more");
                break;
            default:
                _run.SetStatus(ActivityStatusCode.Error, "stopped, by the caller or by its timeout");
                break;
        }

        Stop(_run, _now());
    });

    /// <summary>Starts a span without making it current here: it is that only where the attempt's work is done.</summary>
    private static Activity? Start(string name, Activity? parent, DateTimeOffset time, KeyValuePair<string, object?>[] tags)
    {
        Activity? current = Activity.Current;
        Activity.Current = parent;
        try
        {
            return Source.StartActivity(name, ActivityKind.Internal, parentContext: default, tags, startTime: time);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void Stop(Activity span, DateTimeOffset time)
    {
        // A span that ends makes current what was so when it was started, on whichever thread it ends.
        Activity? current = Activity.Current;
        span.SetEndTime(time.UtcDateTime);
        try
        {
            span.Stop();
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void SetFailure(Activity span, NodeFailure failure, string message)
    {
        span.SetStatus(ActivityStatusCode.Error, message);
        span.SetTag("error.type", failure.Cause?.GetType().FullName ?? Words(failure.Kind));
    }

    /// <summary>A name of a value as tags have them: <c>AttemptTimedOut</c> is <c>attempt_timed_out</c>.</summary>
    private static string Words<TEnum>(TEnum value)
        where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private Activity? StartNode(Node node, DateTimeOffset time) => Start(
        node.Name,
        _run,
        time,
        [
            new("dagshell.node.name", node.Name),
            new("dagshell.run.id", _runId),
            .. node.Pool is null ? [] : (ReadOnlySpan<KeyValuePair<string, object?>>)[new("dagshell.node.pool", node.Pool)],
        ]);

    private void End(in Ending ending)
    {
        _open.TryGetValue(ending.Node, out OpenSpans? spans);
        if (ending.IsOfSlot)
        {
            if (spans is not null)
            {
                spans.AttemptEnd = ending.Time;
            }

            return;
        }

        if (ending.Result is not { } result)
        {
            EndAttempt(spans, spans?.AttemptEnd ?? ending.Time, AttemptOutcomeKind.Failed, ending.Failure);
            return;
        }

        if (spans?.Attempt is not null && result.History is [.., var last])
        {
            EndAttempt(spans, spans.AttemptEnd ?? last.EndTime ?? ending.Time, last.Outcome, last.Outcome == AttemptOutcomeKind.Failed ? result.Failure : null);
        }

        _open.Remove(ending.Node);
        Activity? span = spans is null ? StartNode(result.Node, result.StartTime ?? result.EndTime) : spans.Node;
        if (result.State == NodeState.Failed && !result.Node.ContinueOnError)
        {
            _failed.Add(result.Node.Name);
        }

        if (span is not null)
        {
            EndNode(span, result);
        }
    }

    private static void EndAttempt(OpenSpans? spans, DateTimeOffset time, AttemptOutcomeKind? outcome, NodeFailure? failure)
    {
        if (spans?.Attempt is not { } span)
        {
            return;
        }

        spans.Attempt = null;
        spans.AttemptEnd = null;
        span.SetTag("dagshell.attempt.outcome", outcome is { } known ? Words(known) : null);
        if (failure is not null)
        {
            SetFailure(span, failure, failure.Message);
            if (failure.Cause is { } cause)
            {
                span.AddEvent(new ActivityEvent("exception", time, new ActivityTagsCollection
                {
                    { "exception.type", cause.GetType().FullName },
                    { "exception.message", cause.Message },
                    { "exception.stacktrace", cause.ToString() },
                }));
            }
        }
        else if (outcome == AttemptOutcomeKind.Succeeded)
        {
            span.SetStatus(ActivityStatusCode.Ok);
        }

        Stop(span, time);
    }

    private static void EndNode(Activity span, NodeResult result)
    {
        span.SetTag("dagshell.node.state", Words(result.State));
        span.SetTag("dagshell.node.attempts", result.Attempts);
        if (result.FromCheckpoint)
        {
            span.SetTag("dagshell.node.from_checkpoint", true);
        }

        if (result.SkipCause != SkipCause.None)
        {
            span.SetTag("dagshell.node.skip_reason", Words(result.SkipCause));
            span.SetTag("dagshell.node.skipped_by", result.SkippedBy?.Name);
        }

        if (result.State == NodeState.Succeeded)
        {
            span.SetStatus(ActivityStatusCode.Ok);
        }
        else if (result is { State: NodeState.Failed, Failure: { } failure })
        {
            SetFailure(span, failure, failure.Message);
        }

        Stop(span, result.EndTime);
    }

    /// <summary>What listeners throw must not hang a run: its trace then ends there, as it is.</summary>
    private void Safely(Action action)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            try
            {
                action();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _isOver = true;
            }
        }
    }

    /// <summary>An attempt that gave its slot back, one whose end is known, or, with its result, a node.</summary>
    private readonly record struct Ending(int Node, DateTimeOffset Time, NodeFailure? Failure, NodeResult? Result, bool IsOfSlot = false);

    /// <summary>The spans of a node that has begun; none if nobody wanted them.</summary>
    private sealed class OpenSpans(Activity? node)
    {
        public Activity? Node { get; } = node;

        public Activity? Attempt { get; set; }

        public DateTimeOffset? AttemptEnd { get; set; }
    }
}
