namespace DagShell.Runspaces;

/// <summary>That the exit which a script ends with came from Skip-DagNode.</summary>
/// <param name="Reason">Why the node is to be skipped; null if nothing was said.</param>
internal sealed record SkipRequest(string? Reason);
