namespace DagShell.Engine.Running;

/// <summary>An attempt of an item of a node, as it was.</summary>
/// <param name="Item">Which item, from 0.</param>
/// <param name="Attempt">The attempt.</param>
public readonly record struct ItemAttempt(int Item, AttemptRecord Attempt);
