namespace DagShell.Runs;

/// <summary>What is said when a run is over that did not go well: how it ended, each failed node once, and what goes on with it.</summary>
internal static class RunClosing
{
    /// <summary>Of so many failed nodes it is told what they failed with.</summary>
    private const int ShownFailures = 10;

    /// <summary>Characters of each such cause; the whole of it is in the node's result.</summary>
    private const int LongestCause = 300;

    private static readonly char[] LineEnds = ['\r', '\n'];

    /// <summary>The lines; none of a run that went well.</summary>
    /// <param name="run">The run, which is over.</param>
    /// <param name="withNodes">Whether the failed nodes are told too; not where an error tells them.</param>
    public static IReadOnlyList<string> Of(DagRun run, bool withNodes)
    {
        if (run.Status == RunStatus.Succeeded && !run.HasFailedNode)
        {
            return [];
        }

        List<DagNodeResult> results = [.. run.Nodes.Values.Cast<DagNodeResult>()];
        List<DagNodeResult> failed = [.. results.Where(result => result.Status == NodeState.Failed)];
        List<string> lines =
        [
            Messages.RunEnded(
                run.Status,
                run.Duration,
                failed.Count,
                failed.Count(result => !result.FailsRun),
                results.Count(result => result.Status == NodeState.Skipped),
                results.Count(result => result.Status == NodeState.Cancelled)),
        ];
        if (withNodes)
        {
            // Those that count first.
            lines.AddRange(failed.OrderBy(result => !result.FailsRun).Take(ShownFailures).Select(LineOf));
            if (failed.Count > ShownFailures)
            {
                lines.Add(Messages.MoreFailed(failed.Count - ShownFailures));
            }
        }

        if (run.Status != RunStatus.Succeeded && run.ResumeCommand is { } command)
        {
            lines.Add(Messages.ResumeWith(command));
        }

        return lines;
    }

    /// <summary>What a node failed with, in a line.</summary>
    private static string LineOf(DagNodeResult result)
    {
        string message = result.Failure?.Message ?? string.Empty;
        string cause = string.Join(' ', message.Split(LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return Messages.FailedLine(
            Messages.FailedNode(
                result.Name,
                result.Failure is null ? null : FailurePlace.TextOf(result),
                cause.Length <= LongestCause ? cause : string.Concat(cause.AsSpan(0, LongestCause), "…")),
            isHarmless: !result.FailsRun);
    }
}
