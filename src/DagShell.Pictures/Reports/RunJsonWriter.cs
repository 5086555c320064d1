using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Json;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>Writes a run as JSON: its figures, and each node with each of its attempts. No outputs are in it.</summary>
internal static class RunJsonWriter
{
    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, Stream stream)
    {
        RunHistory history = run.History;
        bool goesOn = history.Status == RunStatus.Running;
        JsonFile.Write(stream, new RunDocument
        {
            Id = run.Id,
            Name = run.Name,
            Description = run.Description,
            Status = history.Status,
            StartTime = history.StartTime,
            TakenAt = goesOn ? history.EndTime : null,
            EndTime = goesOn ? null : history.EndTime,
            ResumedFrom = run.EarlierRuns.Count == 0 ? null : run.EarlierRuns,
            ThrottleLimit = history.ThrottleLimit,
            Figures = DocumentOf(run.Figures),
            Nodes = Enumerable.Range(0, history.Nodes.Count).Select(node => DocumentOf(run, node)),
        });
    }

    private static RunFiguresDocument DocumentOf(RunFigures figures) => new()
    {
        Makespan = figures.Run.Makespan.TotalSeconds,
        TotalWork = figures.TotalWork.TotalSeconds,
        CriticalPathLength = figures.CriticalPathLength.TotalSeconds,
        CriticalPath = figures.CriticalPath.Select(node => figures.Run.Graph[node].Name),
        AverageParallelism = figures.AverageParallelism,
        LowerBound = figures.LowerBound.TotalSeconds,
        LimitedBy = figures.LowerBoundKind,
        LimitingPool = figures.LimitingPool,
        Efficiency = figures.Efficiency,
        RetryTime = figures.RetryTime.TotalSeconds,
        WaitTime = figures.WaitTime.TotalSeconds,
        SlotWaitTime = figures.SlotWaitTime.TotalSeconds,
        PoolWaitTime = figures.PoolWaitTime.TotalSeconds,
        RetryWaitTime = figures.RetryWaitTime.TotalSeconds,
        PreconditionWaitTime = figures.PreconditionWaitTime.TotalSeconds,
        RunspaceWaitTime = figures.StartUpTime.TotalSeconds,
        Polls = figures.Polls,
        NodesByState = Enum.GetValues<NodeState>().ToDictionary(StateText.Word, figures.CountOf),
        Bottlenecks = figures.Bottlenecks.Select(bottleneck => new BottleneckDocument(
            figures.Run.Graph[bottleneck.Node].Name, bottleneck.Duration.TotalSeconds, bottleneck.Saving.TotalSeconds)),
    };

    private static RunNodeDocument DocumentOf(RunSnapshot run, int node)
    {
        RunHistory history = run.History;
        NodeHistory of = history.Nodes[node];
        return new RunNodeDocument
        {
            Name = history.Graph[node].Name,
            Dag = history.Graph.Outer(node) is >= 0 and var dag ? history.Graph[dag].Name : null,
            State = of.State,
            IsCritical = run.Figures.IsCritical(node),
            DependsOn = Array.ConvertAll(history.Graph.Upstream(node).ToArray(), dependency => history.Graph[dependency].Name),
            CleanUpOf = history.Graph[node].CleanUpOf is { Count: > 0 } setUps ? setUps : null,
            FallbackFor = history.Graph.FallbackFor(node) is >= 0 and var primary ? history.Graph[primary].Name : null,
            Pool = history.Graph[node].Pool,
            ReadyTime = of.ReadyTime?.ToLocalTime(),
            Waits = of.Waits.Select(wait => new WaitDocument(
                wait.Kind, wait.StartTime.ToLocalTime(), history.DurationOf(wait).TotalSeconds)),
            RunspaceWait = of.StartUpTime == TimeSpan.Zero ? null : of.StartUpTime.TotalSeconds,
            Polls = of.Polls,
            SkipReason = of.State == NodeState.Skipped ? run.Endings[node].Message : null,
            CancelReason = run.Endings[node].CancelReason,
            Origin = of.Origin is { } origin ? new OriginDocument(origin.RunId, origin.StartTime) : null,
            StartTime = of.StartTime?.ToLocalTime(),
            EndTime = of.EndTime?.ToLocalTime(),
            Duration = history.DurationOf(node).TotalSeconds,
            Items = of.Items is { } items ? new ItemsDocument(items.Total, items.Succeeded, items.Failed, items.Done) : null,
            FailedItems = run.Endings[node].FailedItems?.Select(item => new FailedItemDocument(
                item.Name, item.Value, item.Attempts, item.Duration.TotalSeconds, item.Message, item.Position)),
            Message = run.Endings[node].Message,
            Position = run.Endings[node].Position,
            Attempts = of.Attempts.Select(DocumentOf),
        };
    }

    private static AttemptDocument DocumentOf(AttemptRecord attempt) => new()
    {
        Number = attempt.Number,
        Slot = attempt.Slot,
        StartTime = attempt.StartTime,
        EndTime = attempt.EndTime?.ToLocalTime(),
        Outcome = attempt.Outcome,
        Failure = attempt.FailureKind,
        Message = attempt.Message,
    };
}
