namespace DagShell;

/// <summary>An item of a node, for which there is a dag of its own.</summary>
/// <param name="Index">Which item, from 0.</param>
/// <param name="Value">What it is.</param>
internal sealed record DagItem(int Index, object? Value);
