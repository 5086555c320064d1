namespace DagShell.Engine.Journal;

/// <summary>A node that is done, as far as a journal knows.</summary>
/// <param name="Definition">Stands for what the node did.</param>
/// <param name="Output">What it gave back.</param>
public sealed record JournalSuccess(string Definition, string Output);
