using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <content>
/// Nodes that stand for a dag. Such a node is running from the moment it is open, when the nodes inside may start, to the end of the last
/// of them; it holds no slot meanwhile. What it comes to is what a run of that dag would.
/// </content>
internal sealed partial class RunState
{
    private const int MostFailuresTold = 10;

    /// <summary>What became of the nodes inside of each that stands for a dag: few do, so it is not in their records.</summary>
    private readonly Dictionary<int, InsideTally> _inside = [];

    /// <summary>Whether a node stands for a dag that is not open yet.</summary>
    private bool IsShutDag(int unit) => unit < WorkTable.FirstItemUnit && _graph.IsDag(unit) && !_nodes[unit].IsOpen;

    /// <summary>The nodes of a node's dag, without those of dags in it.</summary>
    private IEnumerable<int> Inside(int dag) => _graph.Inside(dag);

    /// <summary>What a dag gives out is kept to its end.</summary>
    private void HoldResults(int first, int dag)
    {
        if (dag >= 0)
        {
            HoldResultsOf(dag);
        }

        for (int node = first; node < _count && _graph.IsNested; node++)
        {
            if (_graph.Outer(node) is >= 0 and var outer)
            {
                TallyOf(outer).Open++;
            }

            HoldResultsOf(node);
        }
    }

    private void HoldResultsOf(int dag)
    {
        foreach (int holder in ResultsOf(dag))
        {
            _nodes[holder].OpenDependents++;
        }
    }

    private void ReleaseResults(int dag)
    {
        foreach (int holder in ResultsOf(dag))
        {
            ReleaseOutput(holder);
        }
    }

    /// <summary>The nodes whose outputs are a dag's, with the fallbacks that may stand for them.</summary>
    private IEnumerable<int> ResultsOf(int dag) => _graph.IsDag(dag) ? ResultsInside(dag) : [];

    private IEnumerable<int> ResultsInside(int dag)
    {
        foreach (int node in Inside(dag))
        {
            for (int holder = _graph.IsResult(node) ? node : -1; holder >= 0; holder = _graph.Fallback(holder))
            {
                yield return holder;
            }
        }
    }

    /// <summary>A node's turn has come, and with that its dag: adds that to what is run, and lets it start.</summary>
    private void Expand(int dag, Expansion expansion, DateTimeOffset now)
    {
        if (!MayStart(dag))
        {
            Cancel(dag, CauseOfStop(dag), now);
            return;
        }

        DagGraph inner = expansion.Graph;
        for (int node = 0; node < inner.Count; node++)
        {
            if (_graph.TryGetIndex(inner[node].Name, out _))
            {
                string message = $"Two nodes have the name '{inner[node].Name}': one of its dag, and one that was there before.";
                EndNode(dag, AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, message, canRetry: false)), now);
                return;
            }
        }

        int first = _count;
        IReadOnlyDictionary<string, int> limits = _graph.PoolLimits;
        _plan.Add(dag, inner);
        _graph = _plan.Graph;
        if (_graph.PoolLimits != limits)
        {
            _lanes.Narrow();
        }

        _count += inner.Count;
        if (_count > _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(_count, _nodes.Length * 2));
        }

        _work.AddNodes(inner.Count);
        _inState[(int)NodeState.Pending] += inner.Count;
        AddRestored(first, expansion);
        if (!_observers.IsEmpty)
        {
            _observers.NodesAdded(dag, _graph, first);
        }

        Begin(first, now, dag);
        Open(dag, now);
    }

    private void AddRestored(int first, Expansion expansion)
    {
        if (expansion.Restored.Count == 0)
        {
            return;
        }

        foreach (var (node, output) in expansion.Restored)
        {
            _restored.Add(first + node, output);
        }

        foreach (var (node, origin) in expansion.Origins)
        {
            _origins.Add(first + node, origin);
        }
    }

    /// <summary>Lets the nodes of a dag start.</summary>
    private void Open(int dag, DateTimeOffset now)
    {
        _nodes[dag].IsOpen = true;
        foreach (int node in _graph.AlsoAwaiting(dag))
        {
            if (_graph.Outer(node) == dag)
            {
                _nodes[node].Tally.Open--;
            }
        }

        foreach (int node in Inside(dag))
        {
            WeighIfPending(node, now);
        }

        EndIfDone(dag, now);
    }

    /// <summary>A dag has started when something in it has.</summary>
    private void StartAround(int unit, DateTimeOffset now)
    {
        if (!_graph.IsNested)
        {
            return;
        }

        for (int dag = _graph.Outer(NodeOf(unit)); dag >= 0 && _work[dag].StartTicks == 0; dag = _graph.Outer(dag))
        {
            _work[dag].StartTicks = now.UtcTicks;
        }
    }

    /// <summary>
    /// A node has ended: ends its dag, if it was the last; and what is inside of it, if it ends without having been opened.
    /// </summary>
    private void TellDags(int node, DateTimeOffset now)
    {
        if (_graph.IsDag(node) && !_nodes[node].IsOpen)
        {
            _nodes[node].IsOpen = true;
            EndInside(node, now);
        }

        if (_graph.Outer(node) is >= 0 and var dag)
        {
            ref InsideTally tally = ref TallyOf(dag);
            if (_work[node].State == NodeState.Cancelled && tally.FirstCancelled == 0)
            {
                tally.FirstCancelled = node + 1;
            }

            tally.Open--;
            EndIfDone(dag, now);
        }
    }

    private void EndInside(int dag, DateTimeOffset now)
    {
        foreach (int node in Inside(dag))
        {
            if (_work[node].State != NodeState.Pending)
            {
                continue;
            }

            if (_work[dag].State == NodeState.Cancelled)
            {
                Cancel(node, _work[dag].CancelCause, now);
            }
            else
            {
                Settle(node, NodeState.Skipped, now, cause: SkipCause.DagNotStarted);
            }
        }
    }

    private void EndIfDone(int dag, DateTimeOffset now)
    {
        InsideTally tally = TallyOf(dag);
        if (tally.Open > 0 || !_nodes[dag].IsOpen || !IsRunning(dag) || _unrecorded.ContainsKey(dag))
        {
            return;
        }

        var output = new InnerOutputs([.. Inside(dag).Where(_graph.IsResult)
            .Select(node => KeyValuePair.Create(_graph[node].LocalName, OutputOf(node)))])
        { IsOfItems = _graph.Has(dag, NodeTraits.Mapped) };
        if (tally.FirstFailed > 0)
        {
            // What the others gave out is there for whoever goes on all the same.
            _work[dag].Failure = FailureInside(dag);
            Settle(dag, NodeState.Failed, now, output);
        }
        else if (tally.FirstCancelled > 0)
        {
            Cancel(dag, _work[tally.FirstCancelled - 1].CancelCause, now);
        }
        else if (_isRecorded)
        {
            KeepSuccess(dag, AttemptOutcome.Succeeded(output), now);
        }
        else
        {
            Settle(dag, NodeState.Succeeded, now, output);
        }
    }

    /// <summary>A node failed that may not, and nothing stands for it: so has its dag, and the run, unless a dag around may.</summary>
    private void NoteFailure(int node)
    {
        int dag = _graph.Outer(node);
        if (dag >= 0)
        {
            ref InsideTally tally = ref TallyOf(dag);
            tally.Failed++;
            tally.FirstFailed = tally.FirstFailed == 0 ? node + 1 : tally.FirstFailed;
        }

        if (_firstFailed < 0 && !_graph.IsOverlooked(node))
        {
            _firstFailed = node;
        }
    }

    private NodeFailure FailureInside(int dag)
    {
        InsideTally tally = TallyOf(dag);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{tally.Failed:N0} of its {Inside(dag).Count():N0} nodes failed");
        int told = 0;
        foreach (int node in Inside(dag))
        {
            if (told < MostFailuresTold && _work[node] is { State: NodeState.Failed, Failure: { } failure } && _nodes[node].CountsAsFailed)
            {
                text.Append(told++ == 0 ? ": " : "; ").Append('\'').Append(_graph[node].Name).Append('\'');
                text.Append(failure.Position is { } place ? $" at {place}" : string.Empty).Append(": ");
                text.Append(FailureLine.Of(failure.Message));
            }
        }

        if (tally.Failed > told)
        {
            text.Append(CultureInfo.InvariantCulture, $"; and {tally.Failed - told:N0} more");
        }

        NodeFailure first = _work[tally.FirstFailed - 1].Failure!;
        return new NodeFailure(FailureKind.InnerNodesFailed, text.ToString(), first.Cause, canRetry: false) { Position = first.Position };
    }

    private ref InsideTally TallyOf(int dag) => ref CollectionsMarshal.GetValueRefOrAddDefault(_inside, dag, out _);

    private struct InsideTally
    {
        /// <summary>How many of them have not ended, and of those that have how many failed for good.</summary>
        public int Open;
        public int Failed;

        /// <summary>The first that failed for good, and the first that was cancelled; one more than the index.</summary>
        public int FirstFailed;
        public int FirstCancelled;
    }
}
