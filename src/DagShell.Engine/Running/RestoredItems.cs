namespace DagShell.Engine.Running;

/// <summary>What the items of a node gave back that succeeded in an earlier run and is not run again.</summary>
/// <param name="Values">What the items are; <see langword="null"/> for one that is not known any more.</param>
/// <param name="Ends">How each of them ended, in the same order.</param>
/// <param name="Output">
/// What the node gave back; <see langword="null"/> if that is what its items did, one after the other.
/// </param>
public sealed record RestoredItems(IReadOnlyList<object?> Values, IReadOnlyList<RestoredItem> Ends, object? Output = null)
{
    /// <summary>The items, as they are in a run that restores them.</summary>
    internal NodeItems In(int node, string name, DateTimeOffset now)
    {
        var records = new WorkRecord[Ends.Count];
        for (int item = 0; item < records.Length; item++)
        {
            records[item] = new WorkRecord
            {
                State = Ends[item].SkipCause == SkipCause.None ? NodeState.Succeeded : NodeState.Skipped,
                Output = Ends[item].Output,
                SkipCause = Ends[item].SkipCause,
                Remark = Ends[item].SkipReason,
                FromCheckpoint = true,
                EndTicks = now.UtcTicks,
            };
        }

        return new NodeItems(node, name, Values, records) { RestoredCount = records.Length };
    }
}
