using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>A run as its journal tells it: over, going on, or broken off where its process was killed.</summary>
public sealed class JournalReplay
{
    private readonly JournalNode[] _nodes;
    private readonly Progress[] _progress;
    private readonly Dictionary<int, ItemReplay> _items = [];

    private JournalReplay(JournalRun run, DagGraph graph, bool goesOn, DateTimeOffset now)
    {
        Run = run;
        _nodes = new JournalNode[graph.Count];
        foreach (JournalNode node in NodesOf(run))
        {
            // What is inside of a node may have been known only later, and stands behind it all the same.
            _nodes[graph.TryGetIndex(node.Name, out int index) ? index : throw new JournalException($"'{node.Name}' is in no dag.")] = node;
        }

        _progress = new Progress[_nodes.Length];
        DateTimeOffset last = run.Header.StartTime;
        int slots = Math.Clamp(run.Header.ThrottleLimit, 1, _nodes.Length);
        for (int node = 0; node < _nodes.Length; node++)
        {
            _progress[node] = new Progress(slots);
            if (_nodes[node].IsRestored)
            {
                _progress[node].Restore(NodeState.Succeeded, run.Header.StartTime, _nodes[node].Origin);
            }
            else if (_nodes[node].IsFallenBack)
            {
                _progress[node].Restore(NodeState.Failed, run.Header.StartTime, _nodes[node].Origin);
            }
        }

        foreach (JournalRecord record in run.Records)
        {
            last = record.Time > last ? record.Time : last;
            if (record.Node is null || !graph.TryGetIndex(record.Node, out int node))
            {
                continue;
            }

            if (record.Item is null)
            {
                _progress[node].Add(record);
            }

            if (record.Item is not null || record.Kind == JournalRecordKind.Mapped)
            {
                _items.TryAdd(node, new ItemReplay());
                _items[node].Add(record);
            }
        }

        // What is inside of a node stands behind it. It has begun with the first of that, and asks nothing any more.
        for (int node = _nodes.Length - 1; node >= 0; node--)
        {
            if (graph.Outer(node) is >= 0 and var dag && _progress[node].Start is { } start)
            {
                _progress[dag].Open(start, _progress[node].Waits.ReadyTime ?? start);
            }
        }

        History = new RunHistory
        {
            Graph = graph,
            ThrottleLimit = Math.Max(1, run.Header.ThrottleLimit),
            Status = run.End?.Status ?? (goesOn ? RunStatus.Running : RunStatus.Interrupted),
            StartTime = run.Header.StartTime.ToLocalTime(),
            EndTime = (run.End?.Time ?? (goesOn ? now : last)).ToLocalTime(),
            Nodes = [.. _progress.Select((node, index) => WithItems(node.ToHistory(), index))],
        };
    }

    /// <summary>The run as it is written.</summary>
    public JournalRun Run { get; }

    /// <summary>How it went, or how it stands.</summary>
    public RunHistory History { get; }

    /// <summary>Follows a run through its records.</summary>
    /// <param name="run">The run.</param>
    /// <param name="goesOn">Whether its process still writes to the journal. If not, and it has no end, it was killed.</param>
    /// <param name="now">The time, up to which a run that goes on is told.</param>
    /// <returns>The run.</returns>
    /// <exception cref="JournalException">Its nodes do not make a dag.</exception>
    public static JournalReplay Of(JournalRun run, bool goesOn, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            DagGraph graph = JournalGraph.Of([.. NodesOf(run)], run.Header.PoolLimits);
            return new JournalReplay(run, graph, goesOn, now);
        }
        catch (Exception exception) when (exception is InvalidDagException or ArgumentException)
        {
            throw new JournalException($"The nodes of the run do not make a dag: {exception.Message}", exception);
        }
    }

    private static IEnumerable<JournalNode> NodesOf(JournalRun run) =>
        run.Header.Nodes.Concat(run.Records.SelectMany(record => record.Nodes)).Where(node => !node.IsOutside);

    /// <summary>Whether a node was done already when the run began.</summary>
    /// <param name="node">Its index.</param>
    /// <returns><see langword="true"/> if it was restored, and not run.</returns>
    public bool IsRestored(int node) => _nodes[node].IsRestored || _nodes[node].IsFallenBack;

    /// <summary>
    /// How the nodes ended that are in a final state, in the order in which they came there. Without what they gave back.
    /// </summary>
    /// <returns>The results.</returns>
    public IEnumerable<NodeResult> Results() => Enumerable.Range(0, _nodes.Length)
        .Where(node => History.Nodes[node] is { State: >= NodeState.Succeeded, EndTime: not null })
        .OrderBy(node => History.Nodes[node].EndTime)
        .Select(ResultOf);

    private NodeResult ResultOf(int node)
    {
        NodeHistory history = History.Nodes[node];
        JournalRecord? ending = EndingOf(node);
        return new NodeResult
        {
            Index = node,
            Node = History.Graph[node],
            State = history.State,
            Failure = ending?.Message is { } message
                ? new NodeFailure(ending.FailureKind ?? FailureKind.Error, message) { Position = ending.Position }
                : _nodes[node].IsFallenBack
                ? NodeFailure.InEarlierRun(_nodes[node].Name, History.Graph[History.Graph.Fallback(node)].Name)
                : null,
            Attempts = history.Attempts.Count(attempt => !attempt.IsPoll),
            Polls = history.Polls,
            StartTime = history.StartTime,
            EndTime = history.EndTime!.Value,
            FromCheckpoint = IsRestored(node),
            Origin = history.Origin,
            SkipCause = ending?.SkipCause ?? SkipCause.None,
            SkippedBy = NodeOf(ending?.SkippedBy),
            SkipReason = ending?.SkipReason,
            CancelCause = ending?.CancelCause ?? CancelCause.None,
            CancelledBy = NodeOf(ending?.CancelledBy),
            StoppedAt = ending?.StoppedAt,
            Log = _progress[node].Log,
            WaitLog = _progress[node].Waits,
        };
    }

    private Node? NodeOf(string? name) => name is not null && History.Graph.TryGetIndex(name, out int node) ? History.Graph[node] : null;

    /// <summary>The text of a node's script.</summary>
    /// <param name="node">Its index.</param>
    /// <returns><see langword="null"/> if it is not written, or the node has none.</returns>
    public string? ScriptOf(int node) => _nodes[node].Script;

    /// <summary>What a node gave back, as pages show it.</summary>
    /// <param name="node">Its index.</param>
    /// <returns><see langword="null"/> if it is not written, or the node gave nothing back.</returns>
    public string? OutputOf(int node) => IsRestored(node)
        ? Run.RestoredOutputs.GetValueOrDefault(_nodes[node].Name)
        : EndingOf(node)?.ShownOutput;

    /// <summary>What was last said of how a node, or an attempt of it, ended.</summary>
    /// <param name="node">Its index.</param>
    /// <returns>The record; <see langword="null"/> if there is none.</returns>
    public JournalRecord? EndingOf(int node) => _progress[node].Ending;

    /// <summary>What the attempts of a node that failed had written, in that order.</summary>
    /// <param name="node">Its index.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<JournalLogLine> LogOf(int node) => _progress[node].Lines;

    /// <summary>How many items of a node were in which state at the end of what is told.</summary>
    /// <param name="node">Its index.</param>
    /// <returns><see langword="null"/> of a node that has none, or was not asked for them.</returns>
    public ItemCounts? ItemsOf(int node) => _items.TryGetValue(node, out ItemReplay? items) ? items.Counts : null;

    /// <summary>Which items of a node failed, and with what.</summary>
    /// <param name="node">Its index.</param>
    /// <param name="most">How many are told at most.</param>
    /// <returns>The first of them, in their order.</returns>
    public IReadOnlyList<ItemEnding> FailedItemsOf(int node, int most) =>
        _items.TryGetValue(node, out ItemReplay? items) ? items.Failures(History.Graph[node].Name, most) : [];

    private NodeHistory WithItems(NodeHistory node, int index) => _items.TryGetValue(index, out ItemReplay? items)
        ? node with { Items = items.Counts, WorkOfItems = items.Work, ItemAttempts = items.Attempts() }
        : node;

    /// <summary>One node on its way through the records.</summary>
    private sealed class Progress(int slots)
    {
        private AttemptLog _log;
        private NodeState _state = NodeState.Pending;
        private DateTimeOffset? _start;
        private DateTimeOffset? _end;
        private AttemptRecord? _open;
        private DateTimeOffset _slotTime;
        private WaitLog _waits;
        private RunOrigin? _origin;
        private int _attempts;

        public JournalRecord? Ending { get; private set; }

        public IReadOnlyList<JournalLogLine> Lines { get; private set; } = [];

        public AttemptLog Log => _log;

        public DateTimeOffset? Start => _start;

        public WaitLog Waits => _waits;

        public void Restore(NodeState state, DateTimeOffset time, RunOrigin? origin)
        {
            _origin = origin;
            _state = state;
            _end = time;
        }

        /// <summary>Something inside of it has started.</summary>
        /// <param name="time">When.</param>
        /// <param name="readyTime">When that was ready: its own attempt, if it had one, had ended by then.</param>
        public void Open(DateTimeOffset time, DateTimeOffset readyTime)
        {
            if (_state is NodeState.Pending or NodeState.Running)
            {
                _state = NodeState.Running;
                _start = _start < time ? _start : time;
            }

            if (_open is { } open)
            {
                _log.Add(open with { EndTime = readyTime, Outcome = AttemptOutcomeKind.Succeeded });
                _open = null;
            }

            _log.EndBy(readyTime);
        }

        public void Add(JournalRecord record)
        {
            Lines = record.Log.Count == 0 ? Lines : [.. Lines, .. record.Log];
            switch (record.Kind)
            {
                case JournalRecordKind.Started:
                    if (_open is { } lost && lost.Number == record.Attempt)
                    {
                        // Its place was gone before it began, so it was none.
                        _start = _start == lost.StartTime ? null : _start;
                        _open = null;
                    }

                    Close(record, AttemptOutcomeKind.Stopped);
                    _start ??= record.Time;
                    _slotTime = record.Time;
                    NoteTurn(record);
                    _waits.Grant(record.Time, long.MaxValue);
                    _attempts = record.Attempt is > 0 and { } number ? number : _attempts + 1;
                    _open = new AttemptRecord(_attempts, Math.Clamp(record.Slot ?? 0, 0, slots - 1), record.Time, null, null, null, null);
                    _state = NodeState.Running;
                    break;
                case JournalRecordKind.Began:
                    Begin(record.Time, record.Host);
                    break;
                case JournalRecordKind.AttemptFailed or JournalRecordKind.Polled:
                    Ending = record;
                    NoteWait(record);
                    Close(record, AttemptOutcomeKind.Failed);
                    _state = NodeState.Waiting;
                    break;
                case JournalRecordKind.Mapped:
                    // What it had its slot for: from here on its items are what runs.
                    _waits.EndPolling(_slotTime);
                    Close(record, AttemptOutcomeKind.Succeeded);
                    break;
                case JournalRecordKind.Succeeded:
                    End(
                        record,
                        NodeState.Succeeded,
                        record.Attempts == 0 ? AttemptOutcomeKind.UpToDate : AttemptOutcomeKind.Succeeded);
                    break;
                case JournalRecordKind.Failed:
                    End(record, NodeState.Failed, AttemptOutcomeKind.Failed);
                    break;
                case JournalRecordKind.Skipped:
                    End(
                        record,
                        NodeState.Skipped,
                        record.Attempts > 0 ? AttemptOutcomeKind.Skipped : AttemptOutcomeKind.ConditionFalse);
                    break;
                case JournalRecordKind.Cancelled:
                    End(record, NodeState.Cancelled, AttemptOutcomeKind.Stopped);
                    break;
            }
        }

        public NodeHistory ToHistory()
        {
            AttemptLog log = _log;
            if (_open is { } open)
            {
                log.Add(open);
            }

            return new NodeHistory(_state, _start, _end, log.With(null))
            {
                ReadyTime = _waits.ReadyTime,
                Waits = _waits.Of(_end, _open is null ? null : _slotTime),
                Origin = _origin,
            };
        }

        /// <summary>What carries an attempt was not there at once.</summary>
        private void Begin(DateTimeOffset time, string? host)
        {
            if (_open is { } open)
            {
                _start = _start == open.StartTime ? time : _start;
                _open = open with { StartTime = time, StartUpTime = time - _slotTime, Host = host };
            }
        }

        private void NoteTurn(JournalRecord record)
        {
            _waits.BecomeReady(record.WaitedFrom ?? record.Time, record.ReadyTime);
            if (record.ParkedTime is { } parked)
            {
                _waits.Park(parked, long.MaxValue);
                _waits.Unpark(record.UnparkedTime ?? record.Time);
            }
        }

        private void NoteWait(JournalRecord record)
        {
            if (record.FailureKind == FailureKind.PreconditionNotMet)
            {
                _waits.WaitForPoll(_open?.StartTime ?? record.Time);
            }
            else
            {
                _waits.EndPolling(_slotTime);
                _waits.WaitForRetry(record.Time);
            }
        }

        private void End(JournalRecord record, NodeState state, AttemptOutcomeKind outcome)
        {
            Ending = record;
            if (_open is null && record.ReadyTime is not null)
            {
                // It made no attempt. What stands for a dag has started when something in it had.
                NoteTurn(record);
                _start ??= record.StartTime;
            }
            else if (record.FailureKind != FailureKind.PreconditionNotMet)
            {
                _waits.EndPolling(_slotTime);
            }

            Close(record, outcome);
            _state = state;
            _end = record.Time;
        }

        private void Close(JournalRecord record, AttemptOutcomeKind outcome)
        {
            if (_open is { } open)
            {
                _log.Add(
                    open with { EndTime = record.Time, Outcome = outcome, FailureKind = record.FailureKind, Message = record.Message });
                _open = null;
            }
        }
    }
}
