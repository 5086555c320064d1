namespace DagShell.Engine.Running;

/// <summary>Where one piece of work stands that takes slots: a node, or an item of one.</summary>
/// <remarks>Belongs to <see cref="RunState"/>. Of work in a final state it does not change any more, and may be read by anyone.</remarks>
internal struct WorkRecord
{
    public int Attempts;
    public bool AskedCondition;

    /// <summary>Whether it was done in an earlier run and is not done again.</summary>
    public bool FromCheckpoint;
    public int Polls;
    public AttemptLog Log;
    public WaitLog Waits;

    // Times as UTC ticks, 0 for none.
    public long StartTicks;
    public long EndTicks;
    public object? Output;
    public NodeFailure? Failure;

    /// <summary>Of skipped work why it skipped itself, in the user's words; of cancelled work where it was when it was stopped.</summary>
    public string? Remark;

    // A byte each: there may be a million nodes or items.
    private byte _state;
    private byte _skipCause;
    private byte _cancelCause;

    public NodeState State
    {
        readonly get => (NodeState)_state;
        set => _state = (byte)value;
    }

    public SkipCause SkipCause
    {
        readonly get => (SkipCause)_skipCause;
        set => _skipCause = (byte)value;
    }

    public CancelCause CancelCause
    {
        readonly get => (CancelCause)_cancelCause;
        set => _cancelCause = (byte)value;
    }

    public readonly string? SkipReason => State == NodeState.Skipped ? Remark : null;

    public readonly string? StoppedAt => State == NodeState.Cancelled ? Remark : null;

    public readonly DateTimeOffset? StartTime => RunTimes.OfTicks(StartTicks);

    public readonly DateTimeOffset? EndTime => RunTimes.OfTicks(EndTicks);
}
