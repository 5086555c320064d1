namespace DagShell.Engine.Analysis;

/// <summary>A node that a faster run would come from.</summary>
/// <param name="Node">Its index.</param>
/// <param name="Duration">How long it took, retries and waits included.</param>
/// <param name="Saving">By how much the lower bound of the run would fall if the node took no time at all.</param>
/// <param name="IsCritical">Whether it lies on the critical path that was.</param>
public readonly record struct Bottleneck(int Node, TimeSpan Duration, TimeSpan Saving, bool IsCritical);
