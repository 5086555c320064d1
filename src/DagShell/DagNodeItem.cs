using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>How one item of a node ended.</summary>
public sealed class DagNodeItem
{
    private readonly string _node;

    // By reference: PowerShell looks at this type before it can load the engine, and of a struct it would need the layout.
    private readonly NodeItems _items;
    private ErrorRecord? _error;

    private DagNodeItem(string node, NodeItems items, int index)
    {
        _node = node;
        _items = items;
        Index = index;
    }

    /// <summary>Which item, from 0.</summary>
    public int Index { get; }

    /// <summary>What the item is; null of one that is restored and not known any more.</summary>
    public object? Item => _items.Values[Index];

    /// <summary>The node's name, and which item: Patch#3.</summary>
    public string Name => NodeItems.NameOf(_node, Index);

    /// <summary>Succeeded, Failed, Skipped or Cancelled.</summary>
    public NodeState Status => Result.State;

    /// <summary>What the script gave out for it; empty unless it succeeded, or skipped itself.</summary>
    public object[] Output => NodeOutput.ObjectsOf(Result.Output)!;

    /// <summary>What its last attempt failed with, with the user's own position; null if it did not fail.</summary>
    public ErrorRecord? Error =>
        Status == NodeState.Succeeded || Result.Failure is null ? null : _error ??= FailureRecord.Of(Result.Failure);

    /// <summary>Attempts in which the script was started.</summary>
    public int Attempts => Result.Attempts;

    /// <summary>The machine that its last attempt ran on, where that was a session's; null for this process.</summary>
    public string? ComputerName => Result.Host;

    /// <summary>When its first attempt started, local time; null if none did.</summary>
    public DateTime? StartTime => Result.StartTime?.LocalDateTime;

    /// <summary>When it reached its final state, local time.</summary>
    public DateTime? EndTime => Result.EndTime?.LocalDateTime;

    /// <summary>From the start of the first attempt to the end, waits included; zero if no attempt started.</summary>
    public TimeSpan Duration =>
        Result is { StartTime: { } start, EndTime: { } end } ? end - start : TimeSpan.Zero;

    /// <summary>Why it was skipped; null if it was not.</summary>
    public string? SkipReason =>
        Result.SkipCause == SkipCause.None ? null : Messages.SkipReason(Result.SkipCause, null, Result.SkipReason);

    /// <summary>Whether it was done in an earlier run, whose journal was resumed, and was not done again.</summary>
    public bool FromCheckpoint => Result.FromCheckpoint;

    /// <summary>Whether it succeeded without being run, because its output files are there and none is older than any input.</summary>
    public bool UpToDate => Result.IsUpToDate;

    /// <summary>The text of the last thing that went wrong with it, without its error being made.</summary>
    internal string? FailureMessage => Result.Failure?.Message;

    /// <summary>Why it was cancelled; null if it was not.</summary>
    internal string? CancelReason => Status == NodeState.Cancelled ? Messages.CancelReason(Result.CancelCause, null) : null;

    private ItemResult Result => _items[Index];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";

    /// <summary>The items of a node in their order; none of a node that has none, or was not asked for them.</summary>
    internal static DagNodeItem[] Of(string node, NodeItems? items) =>
        items is null ? [] : [.. Enumerable.Range(0, items.Count).Select(index => At(node, items, index))];

    /// <summary>One of them.</summary>
    internal static DagNodeItem At(string node, NodeItems items, int index) => new(node, items, index);
}
