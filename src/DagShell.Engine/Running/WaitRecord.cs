namespace DagShell.Engine.Running;

/// <summary>A time that a node waited.</summary>
/// <param name="Kind">What for.</param>
/// <param name="StartTime">When that began.</param>
/// <param name="EndTime">When it was over; <see langword="null"/> while it goes on.</param>
public readonly record struct WaitRecord(NodeWaitKind Kind, DateTimeOffset StartTime, DateTimeOffset? EndTime);
