using System.Collections;
using System.Globalization;
using System.Text;

namespace DagShell.Engine.Running;

/// <summary>
/// The items of a node, in their order: the same work done for each of many values, which are known when the node's turn has come. Once
/// the node is in its final state they do not change any more.
/// </summary>
/// <remarks>
/// There may be a million: so each is a record in an array, and nothing else until somebody asks. Changed by <see cref="RunState"/> alone.
/// </remarks>
public sealed class NodeItems : IReadOnlyList<ItemResult>
{
    /// <summary>Of how many failed items a failure tells.</summary>
    private const int MostTold = 10;

    private readonly int[] _inState = new int[Enum.GetValues<NodeState>().Length];

    internal NodeItems(int nodeIndex, string nodeName, IReadOnlyList<object?> values, int firstUnit)
        : this(nodeIndex, nodeName, values, new WorkRecord[values.Count]) => FirstUnit = firstUnit;

    /// <summary>Items that are no work of this run, or not any more.</summary>
    internal NodeItems(int nodeIndex, string nodeName, IReadOnlyList<object?> values, WorkRecord[] records)
    {
        NodeIndex = nodeIndex;
        NodeName = nodeName;
        Values = values;
        Records = records;
        foreach (WorkRecord record in records)
        {
            _inState[(int)record.State]++;
        }
    }

    /// <summary>What the items are.</summary>
    public IReadOnlyList<object?> Values { get; }

    /// <inheritdoc/>
    public int Count => Records.Length;

    /// <summary>How many of them are in which state.</summary>
    public ItemCounts Counts => new(
        Count,
        _inState[(int)NodeState.Running],
        _inState[(int)NodeState.Waiting],
        _inState[(int)NodeState.Succeeded],
        _inState[(int)NodeState.Failed],
        _inState[(int)NodeState.Skipped],
        _inState[(int)NodeState.Cancelled]);

    /// <summary>How long the attempts that have ended held their slots. Goes through all items, which may not change meanwhile.</summary>
    public TimeSpan Work => new(this.Sum(static item =>
        item.History.Sum(static attempt => ((attempt.EndTime ?? attempt.StartTime) - attempt.StartTime).Ticks)));

    /// <summary>The attempts that have ended: an item after the other. None may change meanwhile.</summary>
    /// <returns>They are found while they are gone through.</returns>
    public IEnumerable<ItemAttempt> Attempts() =>
        this.SelectMany(static item => item.History, static (item, attempt) => new ItemAttempt(item.Index, attempt));

    /// <summary>How many of them were done in an earlier run and are not done again.</summary>
    public int RestoredCount { get; internal set; }

    internal int NodeIndex { get; }

    internal string NodeName { get; }

    /// <summary>The unit of the first item; those of the others follow.</summary>
    internal int FirstUnit { get; }

    internal WorkRecord[] Records { get; }

    /// <summary>The first item that nobody has put into the queue; those before it have been, or have ended.</summary>
    internal int Next { get; set; }

    /// <summary>What messages say of an item, if its value can be told in a few words.</summary>
    internal Func<object?, string?>? Describe { get; set; }

    /// <summary>What stands for their values in a journal; null for one that is like no other, and of a run without a journal.</summary>
    internal IReadOnlyList<string?>? Keys { get; set; }

    /// <summary>The values as a text, for the journal; null if they are known without it, or cannot be written.</summary>
    internal string? Text { get; set; }

    /// <summary>When they were known, and with that ready.</summary>
    internal DateTimeOffset ReadyTime { get; init; }

    /// <summary>How many of them nobody has put into the queue.</summary>
    internal int Unqueued => IsLastQueued ? 0 : Count - Next;

    /// <summary>Whether there is no item left that nobody has put into the queue.</summary>
    internal bool IsLastQueued { get; set; }

    /// <inheritdoc/>
    public ItemResult this[int index] => new(index, Values[index], Records[index]);

    /// <inheritdoc/>
    public IEnumerator<ItemResult> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The name by which messages speak of an item.</summary>
    /// <param name="node">The name of its node.</param>
    /// <param name="item">Which item, from 0.</param>
    /// <returns>Such as <c>Patch#3</c>.</returns>
    public static string NameOf(string node, int item) => FormattableString.Invariant($"{node}#{item}");

    internal void SetState(int item, NodeState state)
    {
        _inState[(int)Records[item].State]--;
        _inState[(int)state]++;
        Records[item].State = state;
    }

    /// <summary>The failure of a node some of whose items failed: how many and which.</summary>
    internal NodeFailure ToFailure()
    {
        int failed = _inState[(int)NodeState.Failed];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{failed:N0} of {Count:N0} items failed");
        NodeFailure? first = null;
        int shown = 0;
        for (int item = 0; item < Count && shown < MostTold; item++)
        {
            if (Records[item] is { State: NodeState.Failed, Failure: { } failure })
            {
                first ??= failure;
                text.Append(shown++ == 0 ? ": " : "; ").Append(NameOf(NodeName, item));
                if (Describe?.Invoke(Values[item]) is { } value)
                {
                    text.Append(" (").Append(value).Append(')');
                }

                text.Append(": ").Append(FailureLine.Of(failure.Message));
            }
        }

        if (failed > shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"; and {failed - shown:N0} more");
        }

        return new NodeFailure(FailureKind.ItemsFailed, text.ToString(), first?.Cause, canRetry: false) { Position = first?.Position };
    }
}
