namespace DagShell.Engine.Running;

/// <summary>Where a node of a run stands, and how it came there.</summary>
/// <param name="State">Its state.</param>
/// <param name="StartTime">When the work of its first attempt began; <see langword="null"/> if there was none.</param>
/// <param name="EndTime">When it reached its final state; <see langword="null"/> if it has not.</param>
/// <param name="Attempts">Its attempts and polls, in their order, the one under way included.</param>
public readonly record struct NodeHistory(
    NodeState State, DateTimeOffset? StartTime, DateTimeOffset? EndTime, IReadOnlyList<AttemptRecord> Attempts)
{
    private readonly IReadOnlyList<WaitRecord>? _waits;
    private readonly IEnumerable<ItemAttempt>? _itemAttempts;

    /// <summary>When it was first ready; <see langword="null"/> if it never was.</summary>
    public DateTimeOffset? ReadyTime { get; init; }

    /// <summary>What it waited for and when, in that order; of more than a few hundred the first and the last.</summary>
    public IReadOnlyList<WaitRecord> Waits
    {
        get => _waits ?? [];
        init => _waits = value;
    }

    /// <summary>How often a precondition was asked and did not hold; of more than a few hundred the first and the last.</summary>
    public int Polls => Attempts.Count(attempt => attempt.FailureKind == FailureKind.PreconditionNotMet);

    /// <summary>How long its attempts held their slots before their work began.</summary>
    public TimeSpan StartUpTime => new(Attempts.Sum(attempt => attempt.StartUpTime.Ticks));

    /// <summary>Whether its work was not started, because what that makes is there already.</summary>
    public bool IsUpToDate => State == NodeState.Succeeded && Attempts is [.., { Outcome: AttemptOutcomeKind.UpToDate }];

    /// <summary>How many items it has, and how they stand, once it was asked for them; <see langword="null"/> if it was not.</summary>
    public ItemCounts? Items { get; init; }

    /// <summary>How long those attempts of its items held their slots that have ended.</summary>
    public TimeSpan WorkOfItems { get; init; }

    /// <summary>The attempts of its items, those that go on too, in no order. There may be very many.</summary>
    public IEnumerable<ItemAttempt> ItemAttempts
    {
        get => _itemAttempts ?? [];
        init => _itemAttempts = value;
    }

    /// <summary>The run that it was done in, if it was not run again.</summary>
    public RunOrigin? Origin { get; init; }
}
