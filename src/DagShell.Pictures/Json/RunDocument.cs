using System.Text.Json.Serialization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Json;

/// <summary>A run as JSON. Durations are seconds.</summary>
/// <remarks>Properties are written in this order; those that are null are left out.</remarks>
internal sealed record RunDocument
{
    public string Format { get; } = "DagShell.Run";

    public int Version { get; } = 1;

    public required Guid Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Description { get; init; }

    public required RunStatus Status { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Of a run that goes on: the moment that this tells of.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The runs that it goes on with, the newest first; left out where there are none.</summary>
    public IEnumerable<EarlierRun>? ResumedFrom { get; init; }

    public required int ThrottleLimit { get; init; }

    public required RunFiguresDocument Figures { get; init; }

    public required IEnumerable<RunNodeDocument> Nodes { get; init; }
}

/// <summary>The figures of a run.</summary>
internal sealed record RunFiguresDocument
{
    public required double Makespan { get; init; }

    public required double TotalWork { get; init; }

    public required double CriticalPathLength { get; init; }

    public required IEnumerable<string> CriticalPath { get; init; }

    public required double AverageParallelism { get; init; }

    public required double LowerBound { get; init; }

    public required LowerBoundKind LimitedBy { get; init; }

    public string? LimitingPool { get; init; }

    public required double Efficiency { get; init; }

    public required double RetryTime { get; init; }

    public required double WaitTime { get; init; }

    public required double SlotWaitTime { get; init; }

    public required double PoolWaitTime { get; init; }

    public required double RetryWaitTime { get; init; }

    public required double PreconditionWaitTime { get; init; }

    public required double RunspaceWaitTime { get; init; }

    public required int Polls { get; init; }

    public required Dictionary<string, int> NodesByState { get; init; }

    public required IEnumerable<BottleneckDocument> Bottlenecks { get; init; }
}

/// <summary>A node that a faster run would come from.</summary>
internal sealed record BottleneckDocument(string Name, double Duration, double Saving);

/// <summary>A node of a run.</summary>
internal sealed record RunNodeDocument
{
    public required string Name { get; init; }

    /// <summary>The node that stands for the dag that it is of; left out in the dag as a whole.</summary>
    public string? Dag { get; init; }

    public required NodeState State { get; init; }

    public required bool IsCritical { get; init; }

    public required IEnumerable<string> DependsOn { get; init; }

    public IEnumerable<string>? CleanUpOf { get; init; }

    public string? FallbackFor { get; init; }

    public string? Pool { get; init; }

    public DateTimeOffset? ReadyTime { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public required double Duration { get; init; }

    public ItemsDocument? Items { get; init; }

    /// <summary>The first of its items that failed; left out where none did.</summary>
    public IEnumerable<FailedItemDocument>? FailedItems { get; init; }

    public required IEnumerable<WaitDocument> Waits { get; init; }

    /// <summary>How long it waited in its slots for runspaces.</summary>
    public double? RunspaceWait { get; init; }

    public required int Polls { get; init; }

    public string? SkipReason { get; init; }

    public string? CancelReason { get; init; }

    public OriginDocument? Origin { get; init; }

    public string? Message { get; init; }

    public string? Position { get; init; }

    public required IEnumerable<AttemptDocument> Attempts { get; init; }
}

/// <summary>An item of a node that failed.</summary>
internal sealed record FailedItemDocument(string Name, string? Value, int Attempts, double Duration, string? Message, string? Position);

/// <summary>A time that a node waited.</summary>
internal sealed record WaitDocument(NodeWaitKind Kind, DateTimeOffset StartTime, double Duration);

/// <summary>The earlier run that a node was done in.</summary>
internal sealed record OriginDocument(Guid Run, DateTimeOffset StartTime);

/// <summary>An attempt at a node, or a poll of its preconditions.</summary>
internal sealed record AttemptDocument
{
    public required int Number { get; init; }

    public required int Slot { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public AttemptOutcomeKind? Outcome { get; init; }

    public FailureKind? Failure { get; init; }

    public string? Message { get; init; }
}
