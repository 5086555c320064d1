using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>How a node ended that another one waited for, as that one may ask.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">Its final state.</param>
/// <param name="Failure">What went wrong with it last, if anything did.</param>
/// <param name="SkipCause">Why it was skipped, if it was.</param>
/// <param name="SkippedBy">The node that decided that, if one did.</param>
/// <param name="SkipReason">Why it skipped itself, in the user's words.</param>
/// <param name="CancelCause">Why it was cancelled, if it was.</param>
/// <param name="CancelledBy">The node whose failure made the run fail fast, if it was cancelled for that.</param>
public sealed record DependencyEnd(
    Node Node,
    NodeState State,
    NodeFailure? Failure,
    SkipCause SkipCause,
    Node? SkippedBy,
    string? SkipReason,
    CancelCause CancelCause,
    Node? CancelledBy)
{
    /// <summary>Its items, of a node that has some and was asked for them; <see langword="null"/> if not.</summary>
    public NodeItems? Items { get; init; }
}
