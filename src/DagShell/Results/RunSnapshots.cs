using System.Globalization;
using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Scripts;

namespace DagShell.Results;

/// <summary>Takes snapshots of runs, for figures, pictures and reports: of what a session has, and of what a journal tells.</summary>
internal static class RunSnapshots
{
    /// <summary>Of so many lines of what a node said a page tells the last.</summary>
    private const int MostLogLines = 100;

    /// <summary>Of so many items that failed a page tells, of one node and of all.</summary>
    private const int MostFailedItems = 100;
    private const int MostFailedItemsOfAll = 2_000;

    /// <summary>Characters of the line of a script at which it failed, and of a stack.</summary>
    private const int LongestLine = 1_000;
    private const int LongestStack = 8_000;

    /// <summary>How a run stands now.</summary>
    /// <param name="run">The run.</param>
    /// <param name="withTexts">Whether scripts and outputs are wanted too, as on a page.</param>
    public static RunSnapshot Of(DagRun run, bool withTexts = false)
    {
        if (run.Replay is { } replay)
        {
            return Of(replay, run.Path!, run.ResumedFrom);
        }

        RunHistory history = run.ToHistory();
        var endings = new NodeEnding[history.Graph.Count];
        int itemsLeft = MostFailedItemsOfAll;
        for (int node = 0; node < endings.Length; node++)
        {
            DagNodeResult? result = run.ResultOf(history.Graph[node].Name);
            FailureTrace trace = result?.Failure is { } failure ? TraceOf(failure, run.WithoutSecrets) : default;
            endings[node] = EndingOf(result, history.Nodes[node]) with
            {
                SourceLine = trace.SourceLine,
                Stack = trace.Stack,
                IsRestored = result?.FromCheckpoint == true,
                Log = withTexts && result is not null
                    ? LinesOf(Array.ConvertAll(result.Log, line => (line.Time, line.Stream.ToString(), line.Text)))
                    : null,
                Script = withTexts && !history.Graph.IsDag(node)
                    ? TextOf(DagNode.Of(history.Graph[node]).ScriptBlock, run.WithoutSecrets)
                    : null,
                Output = withTexts && result is not null ? OutputSummary.Of(result.Output, run.WithoutSecrets) : null,
                FailedItems = history.Nodes[node].Items is { Failed: > 0 } && result is not null
                    ? FailedItemsOf(result, run.WithoutSecrets, Math.Min(MostFailedItems, itemsLeft))
                    : null,
            };
            itemsLeft -= endings[node].FailedItems?.Count ?? 0;
        }

        return new RunSnapshot(history, endings)
        {
            Id = run.Id,
            Name = run.Name,
            Description = run.Description,
            EarlierRuns = run.ResumedFrom,
            ResumeCommand = history.Status is RunStatus.Failed or RunStatus.Cancelled ? run.ResumeCommand : null,
        };
    }

    /// <summary>How a run stands, as its journal tells it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="file">The journal.</param>
    /// <param name="earlier">The runs in it that this one goes on with, the newest first.</param>
    public static RunSnapshot Of(JournalReplay run, string file, IReadOnlyList<EarlierRun> earlier)
    {
        var endings = new NodeEnding[run.History.Graph.Count];
        int itemsLeft = MostFailedItemsOfAll;
        for (int node = 0; node < endings.Length; node++)
        {
            JournalRecord? ending = run.EndingOf(node);
            endings[node] = EndingOf(run, node) with
            {
                SourceLine = ending?.SourceLine,
                Stack = ending?.Stack,
                Script = run.ScriptOf(node),
                Output = run.OutputOf(node),
                IsRestored = run.IsRestored(node),
                Log = LinesOf([.. run.LogOf(node).Select(line => (line.Time.LocalDateTime, line.Stream, line.Text))]),
                FailedItems = run.ItemsOf(node) is { Failed: > 0 }
                    ? [.. run.FailedItemsOf(node, Math.Min(MostFailedItems, itemsLeft))
                        .Select(item => item with { Message = Cut(item.Message, LongestLine) })]
                    : null,
            };
            itemsLeft -= endings[node].FailedItems?.Count ?? 0;
        }

        JournalHeader header = run.Run.Header;
        bool isOver = run.History.Status is RunStatus.Succeeded or RunStatus.Running;
        return new RunSnapshot(run.History, endings)
        {
            Id = header.RunId,
            Name = header.DagName,
            Description = header.Description,
            EarlierRuns = earlier,
            ResumeCommand = isOver ? null : header.ResumeCommand ?? ResumeLine.Of(file),
            LacksLogsOfSuccesses = true,
        };
    }

    /// <summary>The text of a script as pages show it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="withoutSecrets">Takes secrets out of a text.</param>
    public static string TextOf(ScriptBlock script, Func<string?, string?> withoutSecrets) =>
        withoutSecrets(script.ToString().Trim())!;

    /// <summary>What helps to find where a node failed; where an item or a node inside did, where the first of them did.</summary>
    /// <param name="failure">What it failed with.</param>
    /// <param name="withoutSecrets">Takes secrets out of a text.</param>
    public static FailureTrace TraceOf(NodeFailure failure, Func<string?, string?> withoutSecrets)
    {
        ErrorRecord error = FailureRecord.CauseOf(failure);
        return new(Cut(withoutSecrets(SourceLineOf(error)), LongestLine), Cut(withoutSecrets(StackOf(error)), LongestStack));
    }

    private static ItemEnding[] FailedItemsOf(DagNodeResult result, Func<string?, string?> withoutSecrets, int most) =>
    [
        .. result.Items.Where(item => item.Status == NodeState.Failed).Take(most).Select(item => new ItemEnding(
            item.Name,
            ItemText.Of(item.Item, text => withoutSecrets(text)!),
            Cut(withoutSecrets(item.Error?.Exception.Message), LongestLine),
            item.Error is { } error ? ErrorText.Position(error) : null,
            item.Attempts,
            item.Duration)),
    ];

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
                run.IsRestored(node) ? Messages.Restored(run.History.Nodes[node].Origin)
                    : run.History.Nodes[node].IsUpToDate ? Messages.UpToDate
                    : null,
                null,
                null),
            NodeState.Running => new NodeEnding(
                run.ItemsOf(node) is { } items ? Messages.ItemProgress(items.Done, items.Total, items.Failed)
                : run.History.Status == RunStatus.Interrupted ? Messages.WasRunning()
                : null,
                null,
                null),
            _ => new NodeEnding(ending?.Message, ending?.Position, null),
        };
    }

    private static NodeEnding EndingOf(DagNodeResult? result, NodeHistory history)
    {
        if (result?.Error is { } error)
        {
            string? position = result.Failure?.Position ?? ErrorText.Position(error);
            return new NodeEnding(error.Exception.Message, position, null, result.CancelReason);
        }

        // What the attempt failed with after which a node waits; why it did not run.
        string? message = history is { State: NodeState.Waiting, Attempts: [.., { Message: { } last }] } ? last
            : result?.FromCheckpoint == true ? Messages.Restored(result.Origin)
            : result?.UpToDate == true ? Messages.UpToDate
            : result?.SkipReason ?? result?.CancelReason;
        return new NodeEnding(message, null, null, result?.CancelReason);
    }

    private static NodeEnding EndingOfCancelled(string reason, string? message, string? position) =>
        new(message ?? reason, position, null, reason);

    /// <summary>What a node said last, a text a line; what is no plain output with its stream.</summary>
    private static string[]? LinesOf((DateTime Time, string Stream, string Text)[] log) => log.Length == 0 ? null :
    [
        .. log.TakeLast(MostLogLines).Select(line => line.Stream == nameof(DagLogSource.Output)
            ? string.Create(CultureInfo.InvariantCulture, $"{line.Time:HH:mm:ss}  {line.Text}")
            : string.Create(CultureInfo.InvariantCulture, $"{line.Time:HH:mm:ss}  {line.Stream}: {line.Text}")),
    ];

    /// <summary>The line of the script at which it failed; not that of a prompt, which is all of what was typed.</summary>
    private static string? SourceLineOf(ErrorRecord? error) =>
        error?.InvocationInfo is { ScriptLineNumber: > 0, Line: { Length: > 0 } line } ? line.Trim('\r', '\n') : null;

    private static string? Cut(string? text, int length) =>
        text is null || text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");

    private static string? StackOf(ErrorRecord error) => string.IsNullOrWhiteSpace(error.ScriptStackTrace) ? null : error.ScriptStackTrace;
}
