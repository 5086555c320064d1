using System.Text.Json.Serialization;

namespace DagShell.Pictures.Json;

/// <summary>A run as trace events, in the format of chrome://tracing.</summary>
/// <remarks>Properties are written in this order; those that are null are left out.</remarks>
internal sealed record TraceDocument
{
    public string DisplayTimeUnit { get; } = "ms";

    public required TraceRun OtherData { get; init; }

    public required IEnumerable<TraceEvent> TraceEvents { get; init; }
}

/// <summary>What is said of the run as a whole.</summary>
internal sealed record TraceRun(Guid Run, RunStatus Status, DateTimeOffset StartTime);

/// <summary>One event. Times are microseconds.</summary>
internal sealed record TraceEvent
{
    [JsonPropertyName("ph")]
    public required string Phase { get; init; }

    public required string Name { get; init; }

    [JsonPropertyName("pid")]
    public required int Process { get; init; }

    [JsonPropertyName("tid")]
    public required int Thread { get; init; }

    [JsonPropertyName("cat")]
    public string? Category { get; init; }

    public int? Id { get; init; }

    [JsonPropertyName("ts")]
    public double? Time { get; init; }

    [JsonPropertyName("dur")]
    public double? Duration { get; init; }

    [JsonPropertyName("cname")]
    public string? Color { get; init; }

    /// <summary>Which slice an arrow ends at: "e" for the one around it.</summary>
    [JsonPropertyName("bp")]
    public string? BindingPoint { get; init; }

    [JsonPropertyName("args")]
    public TraceArguments? Arguments { get; init; }
}

/// <summary>What a viewer shows of an event that is selected; of a name, the name.</summary>
internal sealed record TraceArguments
{
    public string? Name { get; init; }

    public int? Attempt { get; init; }

    /// <summary>How long it waited in its slot for a runspace, before it began; in seconds.</summary>
    public double? RunspaceWait { get; init; }

    public string? Outcome { get; init; }

    public string? Message { get; init; }

    public NodeState? State { get; init; }

    public bool? CriticalPath { get; init; }

    /// <summary>What a wait was for.</summary>
    public NodeWaitKind? Wait { get; init; }
}
