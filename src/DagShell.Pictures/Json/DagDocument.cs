using System.Text.Json.Serialization;

namespace DagShell.Pictures.Json;

/// <summary>A dag, or a run of one, as JSON. Durations are seconds.</summary>
/// <remarks>Properties are written in this order; those that are null are left out.</remarks>
internal sealed record DagDocument
{
    public string Format { get; } = "DagShell.Dag";

    public int Version { get; } = 1;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Description { get; init; }

    public RunStatus? Status { get; init; }

    public required IEnumerable<DagNodeDocument> Nodes { get; init; }

    public required IEnumerable<DagEdgeDocument> Edges { get; init; }
}

/// <summary>A node of a dag; what begins with its state is there in a run alone.</summary>
internal sealed record DagNodeDocument
{
    public required string Name { get; init; }

    /// <summary>The node that stands for the dag that it is of; left out in the dag as a whole.</summary>
    public string? Dag { get; init; }

    public required int Level { get; init; }

    public string? Description { get; init; }

    public TriggerRule? TriggerRule { get; init; }

    public IEnumerable<string>? CleanUpOf { get; init; }

    public string? FallbackFor { get; init; }

    public string? Pool { get; init; }

    public int? Priority { get; init; }

    public int? RetryCount { get; init; }

    public double? Timeout { get; init; }

    public double? EstimatedDuration { get; init; }

    public bool? ContinueOnError { get; init; }

    public NodeState? State { get; init; }

    public int? Attempts { get; init; }

    public double? Duration { get; init; }

    public ItemsDocument? Items { get; init; }

    public string? Note { get; init; }

    public bool? IsCritical { get; init; }
}

/// <summary>How many items a node has, and how they stand.</summary>
internal sealed record ItemsDocument(int Total, int Succeeded, int Failed, int Done);

/// <summary>An edge of a dag, by the names of its nodes; its kind says so where it leads to a fallback or to clean-up.</summary>
internal sealed record DagEdgeDocument(string From, string To, string? Kind);
