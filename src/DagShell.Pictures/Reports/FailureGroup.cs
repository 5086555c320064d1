namespace DagShell.Pictures.Reports;

/// <summary>Nodes that failed with the same message, but for digits and names.</summary>
/// <param name="Counts">Whether they make the run a failed one; if not, their failure is tolerated, or a fallback stands for them.</param>
/// <param name="Nodes">The nodes, the first that failed first.</param>
/// <param name="Skipped">What was skipped because of them.</param>
internal sealed record FailureGroup(bool Counts, IReadOnlyList<int> Nodes, IReadOnlyList<int> Skipped);
