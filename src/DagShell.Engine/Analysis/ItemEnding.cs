namespace DagShell.Engine.Analysis;

/// <summary>What is to be said of an item of a node that failed.</summary>
/// <param name="Name">The node's name, and which item: <c>Patch#3</c>.</param>
/// <param name="Value">What the item is, in a few words; <see langword="null"/> if that is not known.</param>
/// <param name="Message">What it failed with.</param>
/// <param name="Position">Where in the user's files it failed.</param>
/// <param name="Attempts">Attempts in which its work was started.</param>
/// <param name="Duration">From the start of its first attempt to its end.</param>
public sealed record ItemEnding(string Name, string? Value, string? Message, string? Position, int Attempts, TimeSpan Duration);
