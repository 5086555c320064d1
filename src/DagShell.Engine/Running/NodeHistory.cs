namespace DagShell.Engine.Running;

/// <summary>Where a node of a run stands, and how it came there.</summary>
/// <param name="State">Its state.</param>
/// <param name="StartTime">When its first attempt took a slot; <see langword="null"/> if none did.</param>
/// <param name="EndTime">When it reached its final state; <see langword="null"/> if it has not.</param>
/// <param name="Attempts">Its attempts and polls, in their order, the one under way included.</param>
public readonly record struct NodeHistory(
    NodeState State, DateTimeOffset? StartTime, DateTimeOffset? EndTime, IReadOnlyList<AttemptRecord> Attempts);
