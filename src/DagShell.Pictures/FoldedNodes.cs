namespace DagShell.Pictures;

/// <summary>Several nodes in one box of a picture.</summary>
/// <param name="Title">What they are called together.</param>
/// <param name="Names">The names of the first of them.</param>
/// <param name="States">How many are in which state, those that matter most first; none in the picture of a dag.</param>
/// <param name="Count">How many there are.</param>
internal sealed record FoldedNodes(
    string Title, IReadOnlyList<string> Names, IReadOnlyList<(NodeState State, int Count)> States, int Count);
