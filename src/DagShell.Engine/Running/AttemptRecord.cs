namespace DagShell.Engine.Running;

/// <summary>One attempt of a node as it was: the time it held its slot, and how it ended. A poll of preconditions is one too.</summary>
/// <param name="Number">Which attempt, from 1. A poll has the number of the attempt that it stands before.</param>
/// <param name="Slot">Which of the run's slots it held, from 0.</param>
/// <param name="StartTime">When its work began.</param>
/// <param name="EndTime">When it gave the slot back; <see langword="null"/> while it goes on.</param>
/// <param name="Outcome">How it ended; <see langword="null"/> while it goes on.</param>
/// <param name="FailureKind">Why it failed, if it did.</param>
/// <param name="Message">What it failed with, for the user.</param>
public readonly record struct AttemptRecord(
    int Number,
    int Slot,
    DateTimeOffset StartTime,
    DateTimeOffset? EndTime,
    AttemptOutcomeKind? Outcome,
    FailureKind? FailureKind,
    string? Message)
{
    /// <summary>How long before that it had held its slot already: what its work was to be done in was not there.</summary>
    public TimeSpan StartUpTime { get; init; }

    /// <summary>The machine that it ran on; <see langword="null"/> for the run's own.</summary>
    public string? Host { get; init; }

    /// <summary>
    /// Whether the node's work was not started: its condition was false, a precondition did not hold, or what it makes is there already.
    /// </summary>
    public bool IsPoll => Outcome is AttemptOutcomeKind.ConditionFalse or AttemptOutcomeKind.UpToDate
        || FailureKind == Running.FailureKind.PreconditionNotMet;
}
