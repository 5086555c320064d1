using System.Collections.Concurrent;
using System.Diagnostics;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tracing;

/// <summary>
/// The spans of a run: one for the run, under what is current where this is begun; one for each node, and under it for each of its items;
/// one for each attempt, <see cref="NodeAttempt.Activity"/>. There is one of these only if somebody listened then, so that
/// nobody else pays for it.
/// </summary>
/// <remarks>
/// Listeners are other people's code, so none of it is called under the scheduler's lock: what is observed there is noted, and
/// spans are started and ended by <see cref="CatchUp"/> outside of it.
/// </remarks>
public sealed class RunTrace : IRunObserver
{
    /// <summary>The name of the <see cref="ActivitySource"/> of all spans.</summary>
    public const string SourceName = "DagShell";

    internal static readonly ActivitySource Source = new(SourceName, typeof(RunTrace).Assembly.GetName().Version?.ToString(3));

    private readonly Activity _run;
    private readonly string _runId;
    private readonly ConcurrentQueue<Note> _notes = new();

    /// <summary>Guards all below, and keeps spans of this run from being started and ended at the same time.</summary>
    private readonly object _lock = new();
    private readonly Dictionary<(int Node, int Item), OpenSpans> _open = [];
    private readonly List<string> _failed = [];
    private bool _isOver;

    private RunTrace(RunOptions options, Activity run)
    {
        _run = run;
        _runId = options.RunId.ToString();
    }

    /// <summary>Begins the span of a run, if anybody listens.</summary>
    /// <param name="graph">What is run.</param>
    /// <param name="options">How it is run.</param>
    /// <returns>The trace, to observe the run with; <see langword="null"/> if nobody wants to know.</returns>
    public static RunTrace? Begin(DagGraph graph, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
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
            Activity? run = Start(options.DagName ?? "dag", Activity.Current, options.TimeProvider.GetUtcNow(), tags);
            return run is null ? null : new RunTrace(options, run);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A listener that throws gets no spans. It must not keep the run from running.
            return null;
        }
    }

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt) => _notes.Enqueue(new Note.OfAttempt(attempt));

    /// <inheritdoc/>
    public void AttemptEnded(NodeAttempt attempt, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        _notes.Enqueue(new Note.OfFreeSlot((attempt.Index, attempt.Item), time, attempt.Host));
    }

    /// <inheritdoc/>
    public void AttemptLost(NodeAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        _notes.Enqueue(new Note.OfLoss((attempt.Index, attempt.Item)));
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay) => _notes.Enqueue(new Note.OfWait((node, -1), failure));

    /// <inheritdoc/>
    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay) =>
        _notes.Enqueue(new Note.OfWait((node, item), failure));

    /// <inheritdoc/>
    public void ItemFinished(int node, NodeItems items, int item) => _notes.Enqueue(new Note.OfItem(node, items, item));

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result) => _notes.Enqueue(new Note.OfResult(result));

    /// <inheritdoc/>
    public void CatchUp() => Safely(() =>
    {
        while (_notes.TryDequeue(out Note? note))
        {
            switch (note)
            {
                case Note.OfAttempt started:
                    StartAttempt(started.Attempt);
                    break;
                case Note.OfFreeSlot freed when _open.TryGetValue(freed.Work, out OpenSpans? spans):
                    spans.AttemptEnd = freed.Time;
                    spans.AttemptHost = freed.Host;
                    break;
                case Note.OfLoss lost when _open.TryGetValue(lost.Work, out OpenSpans? spans):
                    EndAttempt(spans, AttemptOutcomeKind.Lost, failure: null);
                    break;
                case Note.OfWait waiting when _open.TryGetValue(waiting.Work, out OpenSpans? spans):
                    EndAttempt(spans, AttemptOutcomeKind.Failed, waiting.Failure);
                    break;
                case Note.OfItem ended:
                    EndItem(ended);
                    break;
                case Note.OfResult finished:
                    EndNode(finished.Result);
                    break;
            }
        }
    });

    /// <inheritdoc/>
    public void RunEnded(RunStatus status, DateTimeOffset time) => Safely(() =>
    {
        CatchUp();
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

        Stop(_run, time);
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

    /// <summary>Begins the span of an attempt that is about to be handed to its runner; that of its node too, if it is the first.</summary>
    private void StartAttempt(NodeAttempt attempt)
    {
        if (attempt.IsCompleted)
        {
            // It gave its slot back unused.
            return;
        }

        if (!_open.TryGetValue((attempt.Index, attempt.Item), out OpenSpans? spans))
        {
            spans = new OpenSpans(attempt.Items is null ? StartNode(attempt.Node, attempt.StartTime) : StartItem(attempt));
            _open.Add((attempt.Index, attempt.Item), spans);
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
    }

    private Activity? StartItem(NodeAttempt attempt) => Start(
        attempt.Name,
        _open.GetValueOrDefault((attempt.Index, -1))?.Node ?? _run,
        attempt.StartTime,
        [
            new("dagshell.node.name", attempt.Node.Name),
            new("dagshell.item.index", attempt.Item),
            new("dagshell.run.id", _runId),
        ]);

    /// <summary>Ends the span of an item; there is none of one that never began.</summary>
    private void EndItem(Note.OfItem ended)
    {
        if (!_open.Remove((ended.Node, ended.Item), out OpenSpans? spans) || spans.Node is not { } span)
        {
            return;
        }

        ItemResult result = ended.Items[ended.Item];
        if (spans.Attempt is not null && result.History is [.., var last])
        {
            EndAttempt(spans, last.Outcome, last.Outcome == AttemptOutcomeKind.Failed ? result.Failure : null);
        }

        span.SetTag("dagshell.item.state", Words(result.State));
        span.SetTag("dagshell.item.attempts", result.Attempts);
        if (result.State == NodeState.Succeeded)
        {
            span.SetStatus(ActivityStatusCode.Ok);
        }
        else if (result is { State: NodeState.Failed, Failure: { } failure })
        {
            SetFailure(span, failure, failure.Message);
        }

        Stop(span, result.EndTime ?? result.StartTime ?? default);
    }

    private void EndNode(NodeResult result)
    {
        if (_open.Remove((result.Index, -1), out OpenSpans? spans) && spans.Attempt is not null && result.History is [.., var last])
        {
            EndAttempt(spans, last.Outcome, last.Outcome == AttemptOutcomeKind.Failed ? result.Failure : null);
        }

        if (result.State == NodeState.Failed && !result.Node.ContinueOnError)
        {
            _failed.Add(result.Node.Name);
        }

        Activity? span = spans is null ? StartNode(result.Node, result.StartTime ?? result.EndTime) : spans.Node;
        if (span is not null)
        {
            EndNode(span, result);
        }
    }

    private static void EndAttempt(OpenSpans spans, AttemptOutcomeKind? outcome, NodeFailure? failure)
    {
        // An attempt gives its slot back before anything is said of what it came to.
        if (spans is not { Attempt: { } span, AttemptEnd: { } time })
        {
            return;
        }

        spans.Attempt = null;
        spans.AttemptEnd = null;
        if (spans.AttemptHost is { } host)
        {
            span.SetTag("host.name", host);
        }

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
        else if (outcome is AttemptOutcomeKind.Succeeded or AttemptOutcomeKind.UpToDate)
        {
            span.SetStatus(ActivityStatusCode.Ok);
        }

        Stop(span, time);
    }

    private static void EndNode(Activity span, NodeResult result)
    {
        span.SetTag("dagshell.node.state", Words(result.State));
        span.SetTag("dagshell.node.attempts", result.Attempts);
        if (result.Items is { } items)
        {
            span.SetTag("dagshell.node.item_count", items.Count);
        }

        if (result.IsUpToDate)
        {
            span.SetTag("dagshell.node.up_to_date", true);
        }

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

    /// <summary>What was observed under the scheduler's lock.</summary>
    private abstract record Note
    {
        private Note()
        {
        }

        public sealed record OfAttempt(NodeAttempt Attempt) : Note;

        public sealed record OfFreeSlot((int Node, int Item) Work, DateTimeOffset Time, string? Host) : Note;

        public sealed record OfLoss((int Node, int Item) Work) : Note;

        public sealed record OfWait((int Node, int Item) Work, NodeFailure Failure) : Note;

        public sealed record OfItem(int Node, NodeItems Items, int Item) : Note;

        public sealed record OfResult(NodeResult Result) : Note;
    }

    /// <summary>The spans of a node that has begun; none if nobody wanted them.</summary>
    private sealed class OpenSpans(Activity? node)
    {
        public Activity? Node { get; } = node;

        public Activity? Attempt { get; set; }

        public DateTimeOffset? AttemptEnd { get; set; }

        /// <summary>The machine that the attempt ran on; null for the run's own.</summary>
        public string? AttemptHost { get; set; }
    }
}
