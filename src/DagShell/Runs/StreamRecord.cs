using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>A node wrote to a stream other than output.</summary>
/// <param name="Attempt">The attempt that wrote it.</param>
/// <param name="Record">The record: error, warning, verbose, debug, information or progress.</param>
internal sealed record StreamRecord(NodeAttempt Attempt, object Record);
