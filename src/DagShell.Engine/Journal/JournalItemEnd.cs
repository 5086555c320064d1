using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>How an item ended of a node that is done.</summary>
/// <param name="Output">What its work gave back; empty if it was skipped, since that is on record with its node alone.</param>
/// <param name="SkipCause">Why it was skipped, if it was.</param>
/// <param name="SkipReason">Why it skipped itself, in the user's words.</param>
public readonly record struct JournalItemEnd(string Output, SkipCause SkipCause = SkipCause.None, string? SkipReason = null);
