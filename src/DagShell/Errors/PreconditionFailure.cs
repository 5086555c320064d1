using DagShell.Engine.Running;

namespace DagShell.Errors;

/// <summary>The failure of a precondition that does not hold, wherever it was asked.</summary>
internal static class PreconditionFailure
{
    /// <summary>Makes it.</summary>
    /// <param name="attempt">The attempt that asked.</param>
    /// <param name="what">The precondition, with its values and its place, as messages tell it.</param>
    /// <param name="cause">What it failed with; null if it gave false.</param>
    /// <param name="exception">The exception behind that.</param>
    /// <param name="position">Where the precondition stands, if that is to be told.</param>
    public static NodeFailure Of(
        NodeAttempt attempt, string what, string? cause, Exception? exception, string? position) => new(
            FailureKind.PreconditionNotMet,
            Messages.PreconditionNotMet(attempt.Name, what, attempt.Node.PreconditionTimeout, cause),
            exception,
            canRetry: false)
        {
            Position = position,
            MessageOfPoll = Messages.PreconditionPolled(what, cause),
            MessageAfterPolling = time => Messages.PreconditionCut(attempt.Name, what, time, cause),
        };
}
