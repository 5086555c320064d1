namespace DagShell.Engine.Running;

/// <summary>A node's work that has succeeded, as a journal is told of it.</summary>
/// <param name="Index">The node's index in its graph.</param>
/// <param name="Output">What its work gave back.</param>
/// <param name="Attempts">Attempts in which the work itself was started.</param>
/// <param name="StartTime">When its first attempt took a slot.</param>
/// <param name="EndTime">When its last attempt ended.</param>
public sealed record NodeSuccess(int Index, object? Output, int Attempts, DateTimeOffset StartTime, DateTimeOffset EndTime);
