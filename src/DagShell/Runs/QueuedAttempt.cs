using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>An attempt is to run on the thread that reads the events.</summary>
/// <param name="Attempt">The attempt.</param>
internal sealed record QueuedAttempt(NodeAttempt Attempt);
