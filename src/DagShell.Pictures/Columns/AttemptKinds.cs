using DagShell.Engine.Running;

namespace DagShell.Pictures.Columns;

/// <summary>Tells how attempts are drawn.</summary>
internal static class AttemptKinds
{
    /// <summary>The kind of an attempt.</summary>
    public static AttemptKind Of(AttemptRecord attempt, bool isLast) => attempt switch
    {
        { IsPoll: true } => AttemptKind.Poll,
        { Outcome: null } => AttemptKind.Running,
        { Outcome: AttemptOutcomeKind.Succeeded } => AttemptKind.Succeeded,
        { Outcome: AttemptOutcomeKind.Failed } => isLast ? AttemptKind.Failed : AttemptKind.FailedAgain,
        _ => AttemptKind.Cancelled,
    };
}
