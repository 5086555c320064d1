using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>How a node ended that another one came after, as that one sees it in <c>$DagNode.Dependencies</c>.</summary>
public sealed class DagNodeDependency
{
    private readonly DependencyEnd _end;
    private ErrorRecord? _error;
    private DagNodeItem[]? _items;

    internal DagNodeDependency(DependencyEnd end, object? output)
    {
        _end = end;
        Output = output;
    }

    /// <summary>The node's name, as the nodes of its dag know it.</summary>
    public string Name => _end.Node.LocalName;

    /// <summary>Succeeded, Failed, Skipped or Cancelled.</summary>
    public NodeState Status => _end.State;

    /// <summary>What it failed with, with the user's own position; null if it did not fail.</summary>
    public ErrorRecord? Error =>
        Status == NodeState.Succeeded || _end.Failure is null ? null : _error ??= FailureRecord.Of(_end.Failure);

    /// <summary>Why it was skipped; null if it was not.</summary>
    public string? SkipReason => _end.SkipCause == SkipCause.None
        ? null
        : Messages.SkipReason(_end.SkipCause, _end.SkippedBy?.Name, _end.SkipReason);

    /// <summary>Why it was cancelled; null if it was not.</summary>
    public string? CancelReason => Status == NodeState.Cancelled ? Messages.CancelReason(_end.CancelCause, _end.CancelledBy?.Name) : null;

    /// <summary>
    /// What it gave out, or the fallback that stands for it, as an assignment would give it; null of a node that is only waited for.
    /// </summary>
    public object? Output { get; }

    /// <summary>
    /// How each item ended, or with -Dag the dag that it had, of a node with -ForEach that was asked for them; else empty. Of a node that
    /// is restored an item that a script block gave is null if the journal could not keep it.
    /// </summary>
    public DagNodeItem[] Items => _items ??= DagNodeItem.Of(Name, _end.Items);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}
