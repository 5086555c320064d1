using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>How all items ended of a node that is done.</summary>
/// <param name="Ends">Each of them, in their order.</param>
/// <param name="Values">What they are; <see langword="null"/> if that is known without the journal, or is not in it.</param>
public sealed record JournalItemEnds(IReadOnlyList<JournalItemEnd> Ends, string? Values)
{
    /// <summary>Whether some were skipped. Then what the node gave back is not just what its items did.</summary>
    public bool AnySkipped { get; } = Ends.Any(static end => end.SkipCause != SkipCause.None);
}
