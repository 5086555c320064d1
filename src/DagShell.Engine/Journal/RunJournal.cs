using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>The journal of a run that is under way.</summary>
[SuppressMessage(
    "Usage",
    "CA2213:Disposable fields should be disposed",
    Justification = "The token sources own no handle and no timer, and outputs may still look at it.")]
public sealed class RunJournal : IRunJournal, IDisposable
{
    /// <summary>How long the end of a run waits for a disk that is slow.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(30);

    /// <summary>How long that of a run that was stopped does.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(0.5);

    private readonly JournalWriter _writer;
    private volatile DagGraph _graph;
    private readonly Func<NodeSuccess, CancellationToken, string?> _serialize;
    private readonly Func<int, IReadOnlyList<JournalLogLine>>? _logOf;
    private readonly Func<NodeFailure, FailureTrace>? _traceOf;
    private readonly Func<object?, string?>? _show;
    private readonly ConcurrentDictionary<string, IReadOnlyList<JournalNode>> _prepared = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _recording = new();
    private readonly CancellationTokenSource _recordingOfCleanUp = new();
    private bool _isClosed;

    internal RunJournal(
        JournalWriter writer,
        DagGraph graph,
        Func<NodeSuccess, CancellationToken, string?> serialize,
        Func<int, IReadOnlyList<JournalLogLine>>? logOf = null,
        Func<NodeFailure, FailureTrace>? traceOf = null,
        Func<object?, string?>? show = null)
    {
        _show = show;
        _logOf = logOf;
        _traceOf = traceOf;
        _writer = writer;
        _graph = graph;
        _serialize = serialize;
    }

    /// <inheritdoc/>
    public CancellationToken Lost => _writer.Lost;

    /// <summary>Why the journal cannot be written any more; <see langword="null"/> if it can.</summary>
    public Exception? Failure => _writer.Failure;

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var record = new JournalRecord
        {
            Kind = JournalRecordKind.Started,
            Time = attempt.StartTime,
            Node = attempt.Node.Name,
            Item = ItemOf(attempt),
            Attempt = attempt.Number,
            Slot = attempt.Slot,
            ReadyTime = attempt.Turn?.ReadyTime,
            WaitedFrom = attempt.Turn?.WaitedFrom,
            ParkedTime = attempt.Turn?.ParkedTime,
            UnparkedTime = attempt.Turn?.UnparkedTime,
        };

        // What clean-up that has begun may have taken away must be made again.
        _writer.Append(record, isUrgent: !_graph.CleanUpOf(attempt.Index).IsEmpty);
    }

    /// <inheritdoc/>
    public void AttemptEnded(NodeAttempt attempt, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.StartUpTime > TimeSpan.Zero || attempt.Host is not null)
        {
            _writer.Append(new JournalRecord
            {
                Kind = JournalRecordKind.Began,
                Time = attempt.BeginTime,
                Node = attempt.Node.Name,
                Item = ItemOf(attempt),
                Host = attempt.Host,
            });
        }
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(failure);
        bool isPoll = failure.Kind == FailureKind.PreconditionNotMet;
        _writer.Append(WaitOf(node, failure, delay) with { Log = isPoll || _logOf is null ? [] : _logOf(node) });
    }

    /// <summary>Says how the nodes are to be described that will be added as the dag of a node.</summary>
    /// <param name="dag">The name of that node.</param>
    /// <param name="nodes">The nodes, in their order.</param>
    public void Prepare(string dag, IReadOnlyList<JournalNode> nodes) => _prepared[dag] = nodes;

    /// <inheritdoc/>
    public void NodesAdded(int dag, DagGraph graph, int first)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _graph = graph;
        string name = graph[dag].Name;
        IReadOnlyList<JournalNode> nodes = _prepared.TryRemove(name, out IReadOnlyList<JournalNode>? prepared)
            ? prepared
            : [.. Enumerable.Range(first, graph.Count - first).Select(node => JournalNode.Of(graph, node, definition: string.Empty))];
        _writer.Append(new JournalRecord
        {
            Kind = JournalRecordKind.Expanded,
            Time = TimeProvider.System.GetUtcNow(),
            Node = name,
            Nodes = nodes,
        });
    }

    /// <inheritdoc/>
    public void ItemsKnown(int node, NodeItems items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _writer.Append(new JournalRecord
        {
            Kind = JournalRecordKind.Mapped,
            Time = items.ReadyTime,
            Node = _graph[node].Name,
            Count = items.Count,
            Output = items.Text,
        });
    }

    /// <inheritdoc/>
    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(failure);
        _writer.Append(WaitOf(node, failure, delay) with { Item = item });
    }

    /// <inheritdoc/>
    public void ItemFinished(int node, NodeItems items, int item)
    {
        ArgumentNullException.ThrowIfNull(items);
        ItemResult result = items[item];
        JournalRecordKind? kind = result switch
        {
            { FromCheckpoint: true } => JournalRecordKind.Restored,
            { State: NodeState.Failed } => JournalRecordKind.Failed,
            { State: NodeState.Skipped } => JournalRecordKind.Skipped,

            // Of what never began the end of its node tells.
            { State: NodeState.Cancelled, StartTime: not null } => JournalRecordKind.Cancelled,

            // Recorded before.
            _ => null,
        };
        if (kind is { } end)
        {
            bool isRestored = end == JournalRecordKind.Restored;
            _writer.Append(new JournalRecord
            {
                Kind = end,
                Time = result.EndTime!.Value,
                Node = _graph[node].Name,
                Item = item,
                Value = isRestored ? items.Keys?[item] : null,
                StartTime = result.StartTime,
                Attempts = isRestored ? null : result.Attempts,
                FailureKind = result.Failure?.Kind,
                Message = result.Failure?.Message,
                Position = result.Failure?.Position,
                SkipCause = result.SkipCause == SkipCause.None ? null : result.SkipCause,
                SkipReason = result.SkipReason,
                CancelCause = result.CancelCause == CancelCause.None ? null : result.CancelCause,
            });
        }
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        JournalRecordKind? kind = result.State switch
        {
            NodeState.Failed => JournalRecordKind.Failed,
            NodeState.Skipped => JournalRecordKind.Skipped,
            NodeState.Cancelled => JournalRecordKind.Cancelled,

            // Recorded before, or in an earlier run.
            _ => null,
        };
        if (kind is { } end && !result.FromCheckpoint)
        {
            // Of one that made attempts these have told it.
            AttemptTurn? turn = result.ReadyTime is not null && result.Log.IsEmpty ? result.WaitLog.TurnUntil(result.EndTime) : null;
            FailureTrace trace = result.Failure is { } failure && _traceOf is not null ? _traceOf(failure) : default;
            _writer.Append(new JournalRecord
            {
                Kind = end,
                Time = result.EndTime,
                Node = result.Node.Name,
                ReadyTime = turn?.ReadyTime,
                WaitedFrom = turn?.WaitedFrom,
                ParkedTime = turn?.ParkedTime,
                UnparkedTime = turn?.UnparkedTime,
                StartTime = result.StartTime,
                Attempts = result.Attempts,
                FailureKind = result.Failure?.Kind,
                Message = result.Failure?.Message,
                Position = result.Failure?.Position,
                SourceLine = trace.SourceLine,
                Stack = trace.Stack,
                SkipCause = result.SkipCause == SkipCause.None ? null : result.SkipCause,
                SkippedBy = result.SkippedBy?.Name,
                SkipReason = result.SkipReason,
                CancelCause = result.CancelCause == CancelCause.None ? null : result.CancelCause,
                CancelledBy = result.CancelledBy?.Name,
                StoppedAt = result.StoppedAt,
                ShownOutput = ShownOf(result.Output),
                Log = end == JournalRecordKind.Failed && _logOf is not null ? _logOf(result.Index) : [],
            });
        }
    }

    /// <inheritdoc/>
    public void Record(NodeSuccess success, Action<IReadOnlyList<NodeSuccess>> recorded)
    {
        ArgumentNullException.ThrowIfNull(success);
        bool isItem = success.Item >= 0;

        // What its items gave back is on record already, unless some were skipped.
        bool isToldByItems = !isItem && success.Items is { Counts.Skipped: 0 };
        var record = new JournalRecord
        {
            Kind = JournalRecordKind.Succeeded,
            Time = success.EndTime,
            Node = _graph[success.Index].Name,
            Item = isItem ? success.Item : null,
            Value = isItem ? success.Items?.Keys?[success.Item] : null,
            ReadyTime = success.ReadyTime,
            StartTime = success.StartTime,
            Attempts = success.Attempts,
            Output = isToldByItems ? null : OutputOf(success),
            ShownOutput = isItem ? null : ShownOf(success.Output),
        };
        _writer.Append(record, success, recorded);
    }

    /// <summary>
    /// The run is stopped: what is being made a text of is given up, and its node runs again on resume. That of clean-up, which goes on,
    /// is not. Does not wait for that.
    /// </summary>
    public void StopRecording() => _recording.Cancel();

    /// <summary>The same for clean-up, when that is stopped too.</summary>
    public void StopRecordingCleanUp() => _recordingOfCleanUp.Cancel();

    /// <summary>Writes that the run has ended, and closes the journal.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="time">When.</param>
    public void End(RunStatus status, DateTimeOffset time)
    {
        if (!_isClosed)
        {
            _isClosed = true;

            // The flush is waited for by the close, with all the rest.
            _writer.Append(new JournalRecord { Kind = JournalRecordKind.Ended, Time = time, Status = status }, static () => { });
            _writer.Close(status == RunStatus.Cancelled ? StopTime : EndTime);
        }
    }

    /// <summary>Closes the journal of a run that has not ended: as it would be had the process been killed.</summary>
    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _writer.Close(StopTime);
        }
    }

    private static int? ItemOf(NodeAttempt attempt) => attempt.Item < 0 ? null : attempt.Item;

    private JournalRecord WaitOf(int node, NodeFailure failure, TimeSpan delay)
    {
        bool isPoll = failure.Kind == FailureKind.PreconditionNotMet;
        return new JournalRecord
        {
            Kind = isPoll ? JournalRecordKind.Polled : JournalRecordKind.AttemptFailed,
            Time = TimeProvider.System.GetUtcNow(),
            Node = _graph[node].Name,
            FailureKind = failure.Kind,
            Message = isPoll ? failure.MessageOfPoll : failure.Message,
            Delay = delay,
        };
    }

    private string? ShownOf(object? output)
    {
        try
        {
            return output is null ? null : _show?.Invoke(output);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A page has one text less, and that is all.
            return null;
        }
    }

    private string? OutputOf(NodeSuccess success)
    {
        try
        {
            return _serialize(success, (_graph.IsCleanUp(success.Index) ? _recordingOfCleanUp : _recording).Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // What cannot be written makes the node run again on resume; it does not make it fail.
            return null;
        }
    }
}
