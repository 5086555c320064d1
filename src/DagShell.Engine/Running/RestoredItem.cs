namespace DagShell.Engine.Running;

/// <summary>How an item ended in an earlier run, of a node that succeeded.</summary>
/// <param name="Output">What it gave back; <see langword="null"/> if it was skipped.</param>
/// <param name="SkipCause">Why it was skipped, if it was.</param>
/// <param name="SkipReason">Why it skipped itself, in the user's words; <see langword="null"/> if nothing was said.</param>
public readonly record struct RestoredItem(object? Output, SkipCause SkipCause = SkipCause.None, string? SkipReason = null);
