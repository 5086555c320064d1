namespace DagShell.Engine.Running;

/// <summary>Where one piece of work stands that takes slots: a node, or an item of one.</summary>
/// <remarks>Belongs to <see cref="RunState"/>. Of work in a final state it does not change any more, and may be read by anyone.</remarks>
internal struct WorkRecord
{
    public NodeState State;
    public int Attempts;
    public bool AskedCondition;

    /// <summary>Whether it was done in an earlier run and is not done again.</summary>
    public bool FromCheckpoint;
    public SkipCause SkipCause;
    public CancelCause CancelCause;
    public int Polls;
    public AttemptLog Log;
    public WaitLog Waits;

    // Times as ticks, 0 for none: a third of what a DateTimeOffset? takes.
    public long StartTicks;
    public long EndTicks;
    public object? Output;
    public NodeFailure? Failure;

    /// <summary>Of skipped work why it skipped itself, in the user's words; of cancelled work where it was when it was stopped.</summary>
    public string? Remark;

    public readonly string? SkipReason => State == NodeState.Skipped ? Remark : null;

    public readonly string? StoppedAt => State == NodeState.Cancelled ? Remark : null;

    public readonly DateTimeOffset? StartTime => TimeOf(StartTicks);

    public readonly DateTimeOffset? EndTime => TimeOf(EndTicks);

    private static DateTimeOffset? TimeOf(long utcTicks) => utcTicks == 0 ? null : new DateTimeOffset(utcTicks, TimeSpan.Zero);
}
