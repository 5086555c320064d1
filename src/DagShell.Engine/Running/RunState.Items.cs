namespace DagShell.Engine.Running;

/// <content>
/// Items of nodes. A mapped node is running from its first attempt, which asks for them, to the end of the last of them; meanwhile they
/// are what is ready, runs and waits. Of those that have not begun only the next one is in the queue.
/// </content>
internal sealed partial class RunState
{
    /// <summary>Whether the work of an item of a node has started, in this run or in an earlier one.</summary>
    private bool HasItemBegun(int node) => _work.ItemsOf(node) is { } items
        && Array.Exists(items.Records, static item => item.Attempts > 0 || item.FromCheckpoint);

    /// <summary>How many items of nodes that have some are in which state.</summary>
    public IEnumerable<(int Node, ItemCounts Counts)> ItemCounts() => _work.Mapped.Select(items => (items.NodeIndex, items.Counts));

    /// <summary>A node has been asked for its items, and these are they.</summary>
    private void BeginItems(int node, AttemptOutcome outcome, DateTimeOffset now)
    {
        NodeItems items = _work.Add(node, _graph[node].Name, outcome.Items!, now);
        items.Describe = outcome.DescribeItem;
        items.Keys = outcome.ItemKeys;
        items.Text = outcome.ItemText;
        items.RestoredCount = outcome.RestoredItems?.Count ?? 0;
        if (!_observers.IsEmpty)
        {
            _observers.ItemsKnown(node, items);
        }

        items.Text = null;

        foreach (var (item, output) in outcome.RestoredItems ?? new Dictionary<int, object?>())
        {
            items.Records[item].Output = output;
            items.Records[item].FromCheckpoint = true;
            SettleItem(items, item, NodeState.Succeeded, now);
        }

        if (MayStart(node))
        {
            QueueNextOf(items);
        }
        else
        {
            CancelOpen(items, CauseOfStop(node), now);
        }

        EndIfDone(items, now);
        TellAndStrike(now);
    }

    /// <summary>What a node gave back that is restored: that of its items, if it had some.</summary>
    private object? RestoredOutput(int node, object? output, DateTimeOffset now)
    {
        if (output is not RestoredItems items)
        {
            return output;
        }

        NodeItems restored = _work.Keep(items.In(node, _graph[node].Name, now));
        return items.Output ?? restored;
    }

    /// <summary>Keeps how the dags ended that a node had for its items, while what they gave out is there.</summary>
    private void KeepDagsOfItems(int node, bool fromCheckpoint, DateTimeOffset now)
    {
        int[] dags = [.. Inside(node)];
        object?[] values = Array.ConvertAll(dags, dag => _graph[dag].ItemValue);
        string name = _graph[node].Name;
        _work.Keep(fromCheckpoint
            ? new RestoredItems(values, Array.ConvertAll(dags, dag => new RestoredItem(_restored.GetValueOrDefault(dag))))
                .In(node, name, now)
            : new NodeItems(node, name, values, Array.ConvertAll(dags, dag => _work[dag] with { Output = OutputOf(dag) })));
    }

    /// <summary>An item has begun: the next one that has not takes its place in the queue.</summary>
    private void QueueItemAfter(int unit)
    {
        if (_work.ItemsAround(unit) is { } items && unit - items.FirstUnit == items.Next - 1 && !items.IsLastQueued)
        {
            QueueNextOf(items);
        }
    }

    private void QueueNextOf(NodeItems items)
    {
        while (items.Next < items.Count && items.Records[items.Next].State != NodeState.Pending)
        {
            items.Next++;
        }

        items.IsLastQueued = items.Next == items.Count;
        if (!items.IsLastQueued)
        {
            // It has been ready all along.
            MakeReady(items.FirstUnit + items.Next++, items.ReadyTime);
        }
    }

    private void EndItem(NodeItems items, int unit, AttemptOutcome outcome, DateTimeOffset now)
    {
        int item = unit - items.FirstUnit;
        ref WorkRecord record = ref items.Records[item];
        switch (outcome.Kind)
        {
            case AttemptOutcomeKind.Succeeded or AttemptOutcomeKind.UpToDate:
                record.Output = outcome.Output;
                SettleItem(items, item, NodeState.Succeeded, now);
                break;
            case AttemptOutcomeKind.Failed:
                record.Failure = outcome.Failure;
                record.Log.Amend(outcome.Failure!);
                SettleItem(items, item, NodeState.Failed, now);
                StrikeIfFatal(items.NodeIndex);
                break;
            case AttemptOutcomeKind.ConditionFalse or AttemptOutcomeKind.Skipped:
                record.Output = outcome.Output;
                record.Remark = outcome.SkipReason is { Length: > 0 } reason ? reason : null;
                record.SkipCause = outcome.SkipReason is null ? SkipCause.ConditionFalse : SkipCause.Itself;
                SettleItem(items, item, NodeState.Skipped, now);
                break;
            default:
                record.CancelCause = CauseOfStop(items.NodeIndex);
                EndPolling(ref record, now);
                SettleItem(items, item, NodeState.Cancelled, now);
                break;
        }

        EndIfDone(items, now);
    }

    /// <summary>
    /// A run that is to fail fast does so with the first item that has failed; with one of a node that has a fallback when that is decided.
    /// </summary>
    private void StrikeIfFatal(int node)
    {
        if (_failFast && _firstFailed < 0 && !_graph.IsTolerated(node) && _graph.Fallback(node) < 0)
        {
            _firstFailed = node;
        }
    }

    /// <summary>The run is cut short: items that have not begun, or wait, do not run any more. Those that run end their node.</summary>
    private void CancelItems(CancelCause cause, DateTimeOffset now)
    {
        foreach (NodeItems items in _work.Mapped)
        {
            if (!MayStart(items.NodeIndex) && IsRunning(items.NodeIndex) && !_unrecorded.ContainsKey(items.NodeIndex))
            {
                CancelOpen(items, cause, now);
                EndIfDone(items, now);
            }
        }
    }

    private void CancelOpen(NodeItems items, CancelCause cause, DateTimeOffset now)
    {
        items.IsLastQueued = true;
        for (int item = 0; item < items.Count; item++)
        {
            if (items.Records[item].State is NodeState.Pending or NodeState.Ready or NodeState.Waiting)
            {
                items.Records[item].CancelCause = cause;
                EndPolling(ref items.Records[item], now);
                SettleItem(items, item, NodeState.Cancelled, now);
            }
        }
    }

    private void SettleItem(NodeItems items, int item, NodeState state, DateTimeOffset now)
    {
        items.SetState(item, state);
        items.Records[item].EndTicks = now.UtcTicks;
        if (!_observers.IsEmpty)
        {
            _observers.ItemFinished(items.NodeIndex, items, item);
        }
    }

    /// <summary>Ends a node whose last item has ended: failed, if one of them did; else cancelled, if one was.</summary>
    private void EndIfDone(NodeItems items, DateTimeOffset now)
    {
        ItemCounts counts = items.Counts;
        if (counts.Done < counts.Total)
        {
            return;
        }

        int node = items.NodeIndex;
        if (counts.Failed > 0)
        {
            // What the others gave out is there for whoever goes on all the same.
            _work[node].Failure = items.ToFailure();
            Settle(node, NodeState.Failed, now, items);
        }
        else if (counts.Cancelled > 0)
        {
            Cancel(node, items.First(item => item.State == NodeState.Cancelled).CancelCause, now);
        }
        else if (_isRecorded)
        {
            KeepSuccess(node, AttemptOutcome.Succeeded(items), now);
        }
        else
        {
            Settle(node, NodeState.Succeeded, now, items);
        }
    }
}
