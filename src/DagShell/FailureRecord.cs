using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>Makes of a failed attempt the error record that the user sees.</summary>
internal static class FailureRecord
{
    /// <summary>The error itself, also where the failure is told in words of its own, as that of a node whose items failed.</summary>
    public static ErrorRecord CauseOf(NodeFailure failure) =>
        failure.Cause is null or FlowControlException ? Of(failure) : ErrorText.RecordOf(failure.Cause);

    public static ErrorRecord Of(NodeFailure failure)
    {
        // Flow control is how the engine carries exit and break; what the user is shown is the message that explains it.
        return failure.Cause is null or FlowControlException || failure.Kind != FailureKind.Error
            ? new ErrorRecord(
                new DagNodeException(failure.Message, failure.Cause), failure.Kind.ToString(), CategoryOf(failure.Kind), null)
            : ErrorText.RecordOf(failure.Cause);
    }

    public static ErrorCategory CategoryOf(FailureKind kind) => kind switch
    {
        FailureKind.AttemptTimedOut => ErrorCategory.OperationTimeout,
        FailureKind.ItemsFailed => ErrorCategory.OperationStopped,
        FailureKind.PreconditionNotMet => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.OperationStopped,
    };
}
