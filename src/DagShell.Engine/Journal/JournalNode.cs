namespace DagShell.Engine.Journal;

/// <summary>A node of a run, as the header of its journal describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DependsOn">The names of all that it depends on.</param>
/// <param name="Definition">Stands for what the node does: a node whose definition is another than before is run again.</param>
/// <param name="IsRestored">Whether the node was done already when this run began.</param>
/// <param name="EarlierDuration">How long it took when it last succeeded before this run, if that is known.</param>
public sealed record JournalNode(
    string Name, IReadOnlyList<string> DependsOn, string Definition, bool IsRestored = false, TimeSpan? EarlierDuration = null);
