namespace DagShell.Engine.Journal;

/// <summary>A node that is done, as far as a journal knows.</summary>
/// <param name="Definition">Stands for what the node did.</param>
/// <param name="Output">What it gave back.</param>
/// <param name="Origin">The run that it was done in.</param>
public sealed record JournalSuccess(string Definition, string Output, RunOrigin Origin)
{
    /// <summary>
    /// How its items ended, of a node that has some; unless some were skipped its own output is empty then. <see langword="null"/> of
    /// others, and where that is not known of all.
    /// </summary>
    public JournalItemEnds? Items { get; init; }

    /// <summary>
    /// What its items gave back, in their order, where that is what the node gave back; <see langword="null"/> if it is not.
    /// </summary>
    public IReadOnlyList<string>? ItemOutputs => Items is { AnySkipped: false } items ? [.. items.Ends.Select(end => end.Output)] : null;

    /// <inheritdoc cref="JournalRecord.ShownOutput"/>
    public string? ShownOutput { get; init; }
}
