namespace DagShell.Engine.Running;

/// <summary>How one attempt ended, as its runner reports it.</summary>
public sealed class AttemptOutcome
{
    private AttemptOutcome(AttemptOutcomeKind kind, object? output = null, NodeFailure? failure = null)
    {
        Kind = kind;
        Output = output;
        Failure = failure;
    }

    /// <summary>The node's condition was false: it is to be skipped.</summary>
    public static AttemptOutcome ConditionFalse { get; } = new(AttemptOutcomeKind.ConditionFalse);

    /// <summary>The attempt was stopped because its <see cref="NodeAttempt.StopToken"/> asked for it.</summary>
    public static AttemptOutcome Stopped { get; } = new(AttemptOutcomeKind.Stopped);

    /// <summary>
    /// The place that was to carry it was gone before anything of it had begun. It was no attempt: its node is ready again. The runner says
    /// that the place is lost before it says this. An attempt whose place breaks later has failed, with
    /// <see cref="FailureKind.SessionLost"/>.
    /// </summary>
    public static AttemptOutcome Lost { get; } = new(AttemptOutcomeKind.Lost);

    /// <summary>The attempt did not stop within the grace period; nobody waits for it any more.</summary>
    internal static AttemptOutcome Abandoned { get; } = new(AttemptOutcomeKind.Abandoned);

    /// <summary>Why the node is to be skipped, in its own words, where its script said so.</summary>
    public string? SkipReason { get; private init; }

    /// <summary>How it ended.</summary>
    public AttemptOutcomeKind Kind { get; }

    /// <summary>What the work gave back, when it succeeded or skipped itself; the engine only hands it on.</summary>
    public object? Output { get; }

    /// <summary>What the node's items are, when it was asked for them; <see langword="null"/> otherwise.</summary>
    public IReadOnlyList<object?>? Items { get; private init; }

    /// <summary>The dag that the node stands for, when it was asked for it; <see langword="null"/> otherwise.</summary>
    public Expansion? Expansion { get; private init; }

    /// <summary>What messages say of an item, if its value can be told in a few words.</summary>
    internal Func<object?, string?>? DescribeItem { get; private init; }

    /// <summary>What stands for their values in a journal.</summary>
    internal IReadOnlyList<string?>? ItemKeys { get; private init; }

    /// <summary>The values as a text that a journal keeps.</summary>
    internal string? ItemText { get; private init; }

    /// <summary>Those of <see cref="Items"/> that were done in an earlier run, by index, with what they gave back.</summary>
    public IReadOnlyDictionary<int, object?>? RestoredItems { get; private init; }

    /// <summary>What went wrong, when it failed.</summary>
    public NodeFailure? Failure { get; }

    /// <summary>
    /// For how long a stop may still come that explains this end: a program that failed may have got an interrupt that is not known yet.
    /// The attempt ends only after that time, as stopped if a stop has come.
    /// </summary>
    public TimeSpan Doubt { get; private init; }

    /// <summary>
    /// How long to wait before the next attempt, where the runner knows: of a failed attempt, or of the answer to an inquiry. It goes
    /// before the delay of the retry policy, though never beyond its longest. <see langword="null"/> for the policy's own.
    /// </summary>
    public TimeSpan? RetryDelay { get; private init; }

    /// <summary>The work ended well.</summary>
    /// <param name="output">What it gave back; handed to dependents as it is.</param>
    /// <param name="doubt">Its <see cref="Doubt"/>; zero, the default, where no stop is likely to explain it.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Succeeded(object? output, TimeSpan doubt = default) =>
        new(AttemptOutcomeKind.Succeeded, output) { Doubt = doubt };

    /// <summary>What the work makes is there already, so it was not started: no attempt, and the node has succeeded.</summary>
    /// <param name="output">What it would have given back.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome UpToDate(object? output) => new(AttemptOutcomeKind.UpToDate, output);

    /// <summary>The answer to an inquiry: the node is to be tried again.</summary>
    /// <param name="delay">After how long; <see langword="null"/> for as long as the retry policy says.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome TryAgain(TimeSpan? delay) => new(AttemptOutcomeKind.Succeeded) { RetryDelay = delay };

    /// <summary>The node was asked for its items, and these are they.</summary>
    /// <param name="items">The items; not changed any more.</param>
    /// <param name="restored">Those that were done in an earlier run and are not done again, by index, with what they gave back.</param>
    /// <param name="describe">
    /// Says in a few words what an item is, for messages, <see langword="null"/> if it cannot; called under the scheduler's lock.
    /// </param>
    /// <param name="keys">
    /// What stands for the items' values in a journal, in their order: items with the same are the same. <see langword="null"/> for one
    /// that is like no other.
    /// </param>
    /// <param name="text">
    /// The values as a text, for a journal, so that a run that restores the node knows them; <see langword="null"/> if it need not or
    /// cannot have them.
    /// </param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Mapped(
        IReadOnlyList<object?> items,
        IReadOnlyDictionary<int, object?>? restored = null,
        Func<object?, string?>? describe = null,
        IReadOnlyList<string?>? keys = null,
        string? text = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(AttemptOutcomeKind.Succeeded)
        {
            Items = items,
            RestoredItems = restored,
            DescribeItem = describe,
            ItemKeys = keys,
            ItemText = text,
        };
    }

    /// <summary>
    /// The node was asked for the dag that it stands for, as <see cref="Graph.Node.ExpandsAtTurn"/> says. It is running from then to the
    /// end of the last of its nodes.
    /// </summary>
    /// <param name="expansion">The dag, and what of it is done already.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Expanded(Expansion expansion)
    {
        ArgumentNullException.ThrowIfNull(expansion);
        return new(AttemptOutcomeKind.Succeeded) { Expansion = expansion };
    }

    /// <summary>The work ended itself as skipped.</summary>
    /// <param name="output">What it had given back until then.</param>
    /// <param name="reason">Why, in the user's words; <see langword="null"/> if nothing was said.</param>
    /// <param name="hasStarted">Whether the work itself had started; not so, if its condition or a precondition said this.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Skipped(object? output, string? reason, bool hasStarted = true) =>
        new(hasStarted ? AttemptOutcomeKind.Skipped : AttemptOutcomeKind.ConditionFalse, output) { SkipReason = reason ?? string.Empty };

    /// <summary>The work, or a precondition, failed.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="doubt">Its <see cref="Doubt"/>; zero, the default, where no stop is likely to explain it.</param>
    /// <param name="retryDelay">Its <see cref="RetryDelay"/>.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Failed(NodeFailure failure, TimeSpan doubt = default, TimeSpan? retryDelay = null)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new(AttemptOutcomeKind.Failed, failure: failure) { Doubt = doubt, RetryDelay = retryDelay };
    }
}
