namespace DagShell.Runs;

/// <summary>Something about a node that its user should know.</summary>
/// <param name="Node">The node's index.</param>
/// <param name="Message">What.</param>
internal sealed record NodeWarning(int Node, string Message);
