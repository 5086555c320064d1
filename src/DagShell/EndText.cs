namespace DagShell;

/// <summary>A line that tells how a node ended.</summary>
internal static class EndText
{
    public static string Of(DagNodeResult result) => result.Status switch
    {
        NodeState.Skipped => Messages.Skipped(result.Name, result.SkipReason),
        NodeState.Failed => Messages.Failed(result.Name, result.Duration, result.Failure?.Message),
        NodeState.Cancelled => Messages.Cancelled(result.Name, result.CancelReason),
        _ when result.FromCheckpoint => Messages.RestoredNode(result.Name),
        _ when result.UpToDate => Messages.UpToDateNode(result.Name),
        _ => Messages.Succeeded(result.Name, result.Duration),
    };
}
