namespace DagShell.Hosts;

/// <summary>A string that a node put out, where what nodes put out is shown beside what they write.</summary>
/// <param name="Text">The string, without secrets.</param>
internal sealed record OutputLine(string Text);
