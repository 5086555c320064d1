namespace DagShell;

/// <summary>A line that tells how a node, or an item of one, ended.</summary>
internal static class EndText
{
    public static string Of(DagNodeResult result) => Of(
        result.Name, result.Status, result.Duration, result.Failure?.Message, result.SkipReason, result.CancelReason, result.FromCheckpoint,
        result.UpToDate);

    /// <summary>The same of an item.</summary>
    public static string Of(DagNodeItem item) => Of(
        item.Name, item.Status, item.Duration, item.FailureMessage, item.SkipReason, item.CancelReason, item.FromCheckpoint, item.UpToDate);

    private static string Of(
        string name, NodeState state, TimeSpan duration, string? failure, string? skipReason, string? cancelReason, bool fromCheckpoint,
        bool isUpToDate) => state switch
        {
            NodeState.Skipped => Messages.Skipped(name, skipReason),
            NodeState.Failed => Messages.Failed(name, duration, failure),
            NodeState.Cancelled => Messages.Cancelled(name, cancelReason),
            _ when fromCheckpoint => Messages.RestoredNode(name),
            _ when isUpToDate => Messages.UpToDateNode(name),
            _ => Messages.Succeeded(name, duration),
        };
}
