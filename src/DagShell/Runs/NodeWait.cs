using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>A node began to wait for its next attempt or poll.</summary>
/// <param name="Node">The node's index.</param>
/// <param name="Failure">What the attempt or the precondition failed with.</param>
/// <param name="Delay">How long it waits.</param>
internal sealed record NodeWait(int Node, NodeFailure Failure, TimeSpan Delay);
