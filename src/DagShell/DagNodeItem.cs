using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>How one item of a node ended.</summary>
public sealed class DagNodeItem
{
    private readonly string _node;

    // By reference: PowerShell looks at this type before it can load the engine, and of a struct it would need the layout.
    private readonly NodeItems _items;
    private readonly Func<string?, string?> _withoutSecrets;
    private ErrorRecord? _error;

    private DagNodeItem(string node, NodeItems items, int index, Func<string?, string?> withoutSecrets)
    {
        _node = node;
        _items = items;
        _withoutSecrets = withoutSecrets;
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

    /// <summary>What the item is, in a line, as tables show it.</summary>
    [Hidden]
    public string ItemText => ResultSummary.Of(Item, _withoutSecrets);

    /// <summary>Its duration as tables show it; empty if no attempt started.</summary>
    [Hidden]
    public string DurationText => StartTime is null ? string.Empty : DagShell.DurationText.Of(Duration);

    /// <summary>What became of it, in a line, as tables show it: its error, why it did not run, or what it gave out.</summary>
    [Hidden]
    public string Summary => ResultSummary.Of(
        null, Status == NodeState.Failed ? FailureMessage : SkipReason ?? CancelReason, Output, FromCheckpoint, UpToDate, _withoutSecrets);

    /// <summary>The text of the last thing that went wrong with it, without its error being made.</summary>
    internal string? FailureMessage => Result.Failure?.Message;

    /// <summary>Why it was cancelled; null if it was not.</summary>
    internal string? CancelReason => Status == NodeState.Cancelled ? Messages.CancelReason(Result.CancelCause, null) : null;

    private ItemResult Result => _items[Index];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";

    /// <summary>The items of a node in their order; none of a node that has none, or was not asked for them.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="items">Its items.</param>
    /// <param name="withoutSecrets">Takes secrets out of texts that are shown; null where those who show them do that.</param>
    internal static DagNodeItem[] Of(string node, NodeItems? items, Func<string?, string?>? withoutSecrets = null) =>
        items is null ? [] : [.. Enumerable.Range(0, items.Count).Select(index => At(node, items, index, withoutSecrets))];

    /// <summary>One of them.</summary>
    internal static DagNodeItem At(string node, NodeItems items, int index, Func<string?, string?>? withoutSecrets = null) =>
        new(node, items, index, withoutSecrets ?? (static text => text));
}
