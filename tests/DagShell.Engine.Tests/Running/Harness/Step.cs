using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>What a fake node does when it is started once.</summary>
internal sealed record Step
{
    private Step(TimeSpan duration, AttemptOutcome outcome)
    {
        Duration = duration;
        Outcome = outcome;
    }

    /// <summary>How long it takes unless it is stopped. Nothing: it ends inside <see cref="INodeRunner.Start"/>.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How it ends then.</summary>
    public AttemptOutcome Outcome { get; init; }

    /// <summary>How soon it ends when asked to stop; <see langword="null"/> if it ignores that.</summary>
    public TimeSpan? StopsAfter { get; init; } = TimeSpan.Zero;

    /// <summary>What <see cref="INodeRunner.Start"/> throws instead.</summary>
    public Exception? Throws { get; init; }

    public static Step Succeed(double after = 1, object? output = null) => new(Seconds(after), AttemptOutcome.Succeeded(output));

    /// <summary>Gives items, of the values from 0 on.</summary>
    public static Step Map(int count, double after = 0) => Map(Enumerable.Range(0, count).Cast<object?>().ToArray(), after);

    public static Step Map(
        object?[] values, double after = 0, IReadOnlyDictionary<int, object?>? restored = null, string[]? keys = null,
        string? text = null) =>
        new(Seconds(after), AttemptOutcome.Mapped(values, restored, keys: keys, text: text));

    /// <summary>Is found to stand for a dag.</summary>
    public static Step Expand(
        Node dag, Node[] inside, double after = 0, IReadOnlyDictionary<int, object?>? restored = null,
        IReadOnlyDictionary<string, int>? pools = null) =>
        new(Seconds(after), AttemptOutcome.Expanded(new Expansion(Nodes.Nested(inside, pools, dag))
        {
            Restored = restored ?? new Dictionary<int, object?>(),
        }));

    public static Step Fail(double after = 1, bool canRetry = true, string message = "it broke") =>
        new(Seconds(after), AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, message, canRetry: canRetry)));

    /// <summary>Fails, and says when to try again.</summary>
    public static Step FailUntil(double retryDelay, double after = 1) =>
        new(Seconds(after), AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "too many"), retryDelay: Seconds(retryDelay)));

    /// <summary>Answers an inquiry: yes, after so long.</summary>
    public static Step TryAgain(double delay, double after = 0.5) => new(Seconds(after), AttemptOutcome.TryAgain(Seconds(delay)));

    public static Step ConditionFalse(double after = 1) => new(Seconds(after), AttemptOutcome.ConditionFalse);

    /// <summary>Finds what it makes there already.</summary>
    public static Step UpToDate(double after = 0.5, object? output = null) => new(Seconds(after), AttemptOutcome.UpToDate(output));

    /// <summary>Skips itself.</summary>
    public static Step Skip(double after = 1, string? reason = null, object? output = null) =>
        new(Seconds(after), AttemptOutcome.Skipped(output, reason));

    public static Step PreconditionNotMet(double after = 0.25) =>
        new(Seconds(after), AttemptOutcome.Failed(new NodeFailure(FailureKind.PreconditionNotMet, "the precondition does not hold")));

    /// <summary>Is stopped though nobody asked for it.</summary>
    public static Step StopByItself(double after = 1) => new(Seconds(after), AttemptOutcome.Stopped);

    /// <summary>Ends only when asked to stop.</summary>
    public static Step Hang() => Succeed() with { Duration = Timeout.InfiniteTimeSpan };

    /// <summary>Never ends, whatever it is asked.</summary>
    public static Step HangAndIgnoreStop() => Hang() with { StopsAfter = null };

    /// <summary>Finds its place gone. The test says that the place is lost.</summary>
    public static Step Lose(double after = 0) => new(Seconds(after), AttemptOutcome.Lost);

    /// <summary>Its place breaks under it.</summary>
    public static Step Break(double after = 1) =>
        new(Seconds(after), AttemptOutcome.Failed(new NodeFailure(FailureKind.SessionLost, "the session broke")));

    /// <summary>Is told that there is no place.</summary>
    public static Step HaveNoPlace() =>
        new(TimeSpan.Zero, AttemptOutcome.Failed(new NodeFailure(FailureKind.NoSession, "no session is left", canRetry: false)));

    public static Step ThrowOnStart(Exception exception) => Succeed() with { Throws = exception };

    public override string ToString() =>
        $"{Outcome.Kind} {Outcome.Failure?.Kind}{(Outcome.Failure?.CanRetry == false ? " for good" : "")}"
        + $" after {Duration}, stops after {StopsAfter}";

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
