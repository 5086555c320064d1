namespace DagShell.Engine.Running;

/// <summary>What an attempt waited for before it was granted its slot.</summary>
/// <param name="readyTime">When its node was first ready. All times are UTC ticks, 0 for none: a third of what they take otherwise.</param>
/// <param name="waitedFrom">Since when it waited for a slot or its pool.</param>
/// <param name="parkedTime">When there was no place in its pool.</param>
/// <param name="unparkedTime">When there was one again.</param>
internal sealed class AttemptTurn(long readyTime, long waitedFrom, long parkedTime, long unparkedTime)
{
    /// <summary>When its node was first ready.</summary>
    public DateTimeOffset? ReadyTime => RunTimes.OfTicks(readyTime);

    /// <summary>Since when it waited for a slot or its pool; <see langword="null"/> if it did not.</summary>
    public DateTimeOffset? WaitedFrom => RunTimes.OfTicks(waitedFrom);

    /// <summary>When there was no place in its pool; <see langword="null"/> if there was one.</summary>
    public DateTimeOffset? ParkedTime => RunTimes.OfTicks(parkedTime);

    /// <summary>When there was one again.</summary>
    public DateTimeOffset? UnparkedTime => RunTimes.OfTicks(unparkedTime);
}
