namespace DagShell.Engine.Running;

/// <summary>What went wrong with an attempt.</summary>
public sealed class NodeFailure
{
    /// <summary>Makes a failure.</summary>
    /// <param name="kind">Why the attempt failed.</param>
    /// <param name="message">What happened, for the user.</param>
    /// <param name="cause">The exception behind it, where there is one.</param>
    /// <param name="canRetry">Whether the node's retry policy applies to it.</param>
    public NodeFailure(FailureKind kind, string message, Exception? cause = null, bool canRetry = true)
    {
        Kind = kind;
        Message = message;
        Cause = cause;
        CanRetry = canRetry;
    }

    /// <summary>Why the attempt failed.</summary>
    public FailureKind Kind { get; }

    /// <summary>What happened, for the user.</summary>
    public string Message { get; }

    /// <summary>Where it happened, for the user: a file and a line, if that is known.</summary>
    public string? Position { get; init; }

    /// <summary>
    /// What is said of a precondition that does not hold as long as it is polled: <see cref="Message"/> says how that ended.
    /// </summary>
    public string MessageOfPoll { get => field ?? Message; init; }

    /// <summary>
    /// Says of a precondition that did not hold for how long it was polled, where the run ended the polling before its own time was over.
    /// Called under the scheduler's lock; <see langword="null"/> if nothing more is to be said.
    /// </summary>
    public Func<TimeSpan, string>? MessageAfterPolling { get; init; }

    /// <summary>The exception behind it, where there is one.</summary>
    public Exception? Cause { get; }

    /// <summary>Whether the node's retry policy applies to it.</summary>
    public bool CanRetry { get; }

    /// <summary>The same failure, after which no retry makes sense.</summary>
    /// <returns>A copy.</returns>
    public NodeFailure WithoutRetry() => new(Kind, Message, Cause, canRetry: false) { Position = Position };

    /// <summary>The failure of a node that is not run again, since its fallback stands for it.</summary>
    internal static NodeFailure InEarlierRun(string node, string fallback) =>
        new(FailureKind.Error, $"Node '{node}' failed in an earlier run; its fallback '{fallback}' stands for it.", canRetry: false);

    /// <summary>The failure of a precondition whose polling the run ended.</summary>
    /// <param name="time">For how long it was polled.</param>
    internal NodeFailure AfterPolling(TimeSpan time) =>
        MessageAfterPolling is { } say
            ? new(Kind, say(time), Cause, CanRetry) { Position = Position, MessageOfPoll = MessageOfPoll }
            : this;

    /// <summary>The failure of an attempt that took longer than its node's timeout.</summary>
    internal static NodeFailure TimedOut(string node, TimeSpan timeout, bool wasAbandoned, (string? Position, string? Text) stop)
    {
        string message = $"Node '{node}' took longer than its timeout of {DurationText.Of(timeout)}";
        message += stop.Text is { } where ? $"; it was at {where}" : string.Empty;
        message += wasAbandoned
            ? $", and what it was doing could not be stopped within {DurationText.Of(RunTimes.GracePeriod)}: it was given up."
            : ".";
        return new NodeFailure(FailureKind.AttemptTimedOut, message, canRetry: !wasAbandoned) { Position = stop.Position };
    }
}
