namespace DagShell.Engine.Journal;

/// <summary>A node that is done, as far as a journal knows.</summary>
/// <param name="Definition">Stands for what the node did.</param>
/// <param name="Output">What it gave back.</param>
/// <param name="Origin">The run that it was done in.</param>
public sealed record JournalSuccess(string Definition, string Output, RunOrigin Origin)
{
    /// <summary>
    /// What its items gave back, in their order, of a node that has some; its own output is empty then. <see langword="null"/> of others,
    /// and of one of which items were skipped.
    /// </summary>
    public IReadOnlyList<string>? ItemOutputs { get; init; }

    /// <inheritdoc cref="JournalRecord.ShownOutput"/>
    public string? ShownOutput { get; init; }
}
