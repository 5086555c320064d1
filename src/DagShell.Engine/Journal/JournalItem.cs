namespace DagShell.Engine.Journal;

/// <summary>An item of a node that is done, as far as a journal knows.</summary>
/// <param name="Index">Which item it was, from 0.</param>
/// <param name="Value">Stands for what the item was; the same value is the same item, wherever it stands.</param>
/// <param name="Output">What the item's work gave back.</param>
/// <param name="Origin">The run that it was done in.</param>
public sealed record JournalItem(int Index, string Value, string Output, RunOrigin Origin);
