namespace DagShell.Engine.Running;

/// <summary>Slots, and the ready nodes that wait for one of them: those of this process, or the places of a group.</summary>
/// <remarks>Belongs to <see cref="LaneTable"/>.</remarks>
internal sealed class Lane(
    GrowingPlan plan, WorkTable work, RunOptions options, PlaceGroup? group, int firstSlot, int limit)
{
    /// <summary>The group whose places the slots are; null for this process.</summary>
    public PlaceGroup? Group { get; } = group;

    public SlotTable Slots { get; } = new(firstSlot, limit);

    public ReadyQueue Ready { get; } = new(plan, work, options.PoolRates);

    /// <summary>When it last had no free slot, in UTC ticks: nodes that were ready before that waited for one.</summary>
    public long FullTicks { get; set; } = -1;

    /// <summary>Whether it is to be looked at: a node, or a slot, has come since.</summary>
    public bool IsNoted { get; set; }

    /// <summary>Whether no place will come any more, so that what is said late of one makes no difference.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether nodes are left that found no free place, and the group is to be told.</summary>
    public bool IsWanting => Group?.PlaceWanted is not null && Ready.Count > 0;
}
