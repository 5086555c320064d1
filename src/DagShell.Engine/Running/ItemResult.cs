namespace DagShell.Engine.Running;

/// <summary>How an item of a node ended.</summary>
public readonly struct ItemResult
{
    private readonly WorkRecord _record;

    internal ItemResult(int index, object? value, in WorkRecord record)
    {
        _record = record;
        Index = index;
        Value = value;
    }

    /// <summary>Which item, from 0.</summary>
    public int Index { get; }

    /// <summary>What the item is.</summary>
    public object? Value { get; }

    /// <summary>Its final state; where it stands, while its node goes on.</summary>
    public NodeState State => _record.State;

    /// <summary>What its work gave back, when it succeeded or skipped itself.</summary>
    public object? Output => _record.Output;

    /// <summary>The last thing that went wrong with it.</summary>
    public NodeFailure? Failure => _record.Failure;

    /// <summary>Attempts in which the work itself was started.</summary>
    public int Attempts => _record.Attempts;

    /// <summary>How often a precondition was asked and did not hold. These are no attempts.</summary>
    public int Polls => _record.Polls;

    /// <summary>What it waited for and when, in that order; of more than a few hundred the first and the last.</summary>
    public IReadOnlyList<WaitRecord> Waits => _record.Waits.Of(EndTime);

    /// <summary>When its first attempt took a slot; <see langword="null"/> if none did.</summary>
    public DateTimeOffset? StartTime => _record.StartTime;

    /// <summary>When it reached its final state; <see langword="null"/> while it has not.</summary>
    public DateTimeOffset? EndTime => _record.EndTime;

    /// <summary>The machine that its last attempt ran on; <see langword="null"/> for the run's own.</summary>
    public string? Host => _record.Log.Host;

    /// <summary>Whether it was done in an earlier run and was not done again.</summary>
    public bool FromCheckpoint => _record.FromCheckpoint;

    /// <summary>Whether it succeeded without its work being started, because what that makes is there already.</summary>
    public bool IsUpToDate => State == NodeState.Succeeded && _record.Log.IsUpToDate;

    /// <summary>Why it was skipped, when it was.</summary>
    public SkipCause SkipCause => _record.SkipCause;

    /// <summary>Why it skipped itself, in the user's words; <see langword="null"/> if nothing was said.</summary>
    public string? SkipReason => _record.SkipReason;

    /// <summary>Why it was cancelled, when it was.</summary>
    public CancelCause CancelCause => _record.CancelCause;

    /// <summary>Its attempts and polls one by one, in their order; of more than a few hundred the first and the last.</summary>
    public IReadOnlyList<AttemptRecord> History => EndTime is { } end
        ? _record.Log.Of(State, Attempts > 0, Failure, StartTime, end)
        : _record.Log.With(null);
}
