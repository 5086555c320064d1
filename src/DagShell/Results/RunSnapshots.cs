using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Results;

/// <summary>Takes snapshots of runs, for figures, pictures and reports: of what a session has, and of what a journal tells.</summary>
internal static class RunSnapshots
{
    /// <summary>How a run stands now.</summary>
    public static RunSnapshot Of(DagRun run)
    {
        RunHistory history = run.ToHistory();
        var endings = new NodeEnding[history.Graph.Count];
        for (int node = 0; node < endings.Length; node++)
        {
            endings[node] = EndingOf(run.ResultOf(node), history.Nodes[node]);
        }

        return new RunSnapshot(history, endings) { Id = run.Id, Name = run.Name, Description = run.Description };
    }

    /// <summary>How a run stands, as its journal tells it.</summary>
    public static RunSnapshot Of(JournalReplay run)
    {
        var endings = new NodeEnding[run.History.Graph.Count];
        for (int node = 0; node < endings.Length; node++)
        {
            endings[node] = EndingOf(run, node);
        }

        JournalHeader header = run.Run.Header;
        return new RunSnapshot(run.History, endings) { Id = header.RunId, Name = header.DagName, Description = header.Description };
    }

    private static NodeEnding EndingOf(JournalReplay run, int node)
    {
        JournalRecord? ending = run.EndingOf(node);
        return run.History.Nodes[node].State switch
        {
            NodeState.Skipped => new NodeEnding(
                Messages.SkipReason(ending?.SkipCause ?? SkipCause.None, ending?.SkippedBy, ending?.SkipReason), null, null),
            NodeState.Cancelled when ending is { CancelCause: { } cause } => EndingOfCancelled(
                Messages.CancelReason(cause, ending.CancelledBy), ending.Message, ending.Position),
            NodeState.Succeeded => new NodeEnding(
                run.IsRestored(node) ? Messages.Restored(run.History.Nodes[node].Origin) : null, null, null),
            NodeState.Running => new NodeEnding(run.History.Status == RunStatus.Interrupted ? Messages.WasRunning() : null, null, null),
            _ => new NodeEnding(ending?.Message, ending?.Position, null),
        };
    }

    private static NodeEnding EndingOf(DagNodeResult? result, NodeHistory history)
    {
        if (result?.Error is { } error)
        {
            return new NodeEnding(error.Exception.Message, ErrorText.Position(error), StackOf(error), result.CancelReason);
        }

        // What the attempt failed with after which a node waits; why it did not run.
        string? message = history is { State: NodeState.Waiting, Attempts: [.., { Message: { } last }] } ? last
            : result?.FromCheckpoint == true ? Messages.Restored(result.Origin)
            : result?.SkipReason ?? result?.CancelReason;
        return new NodeEnding(message, null, null, result?.CancelReason);
    }

    private static NodeEnding EndingOfCancelled(string reason, string? message, string? position) =>
        new(message ?? reason, position, null, reason);

    private static string? StackOf(ErrorRecord error) => string.IsNullOrWhiteSpace(error.ScriptStackTrace) ? null : error.ScriptStackTrace;
}
