using System.Text.Json.Serialization;

namespace DagShell.Engine.Journal;

/// <summary>The header of a run, as JSON: properties in this order, those that are null left out. Durations are seconds.</summary>
internal sealed class HeaderDocument
{
    [JsonRequired]
    public string Journal { get; set; } = string.Empty;

    [JsonRequired]
    public int Version { get; set; }

    [JsonRequired]
    public string Event { get; set; } = string.Empty;

    [JsonRequired]
    public Guid Run { get; set; }

    public string? Dag { get; set; }

    public string? Description { get; set; }

    public string? Salt { get; set; }

    [JsonRequired]
    public DateTimeOffset Time { get; set; }

    public string? Host { get; set; }

    public int? Process { get; set; }

    [JsonRequired]
    public int ThrottleLimit { get; set; }

    public Dictionary<string, int>? Pools { get; set; }

    /// <summary>The line that goes on with the run.</summary>
    public string? Resume { get; set; }

    /// <summary>The texts of the nodes' scripts, each once; nodes name them by their place in this list.</summary>
    public List<string>? Scripts { get; set; }

    /// <summary>The earlier runs that nodes were done in, which name them by their place in this list.</summary>
    public List<EarlierRunDocument>? Origins { get; set; }

    [JsonRequired]
    public IEnumerable<NodeDocument> Nodes { get; set; } = [];
}

/// <summary>An earlier run.</summary>
internal sealed class EarlierRunDocument
{
    [JsonRequired]
    public Guid Run { get; set; }

    [JsonRequired]
    public DateTimeOffset Time { get; set; }
}

/// <summary>A node, in a header or in a record that adds it.</summary>
internal sealed class NodeDocument
{
    [JsonRequired]
    public string Name { get; set; } = string.Empty;

    [JsonRequired]
    public string Definition { get; set; } = string.Empty;

    public string? ItemDefinition { get; set; }

    public string? LastDefinition { get; set; }

    public bool? KeepsItems { get; set; }

    public string? ItemValue { get; set; }

    public string? RestoredFrom { get; set; }

    public IReadOnlyList<string>? DependsOn { get; set; }

    public IReadOnlyList<string>? CleanUpOf { get; set; }

    public string? FallbackFor { get; set; }

    public string? Outer { get; set; }

    public string? Description { get; set; }

    public string? Pool { get; set; }

    public string? Rule { get; set; }

    public bool? ContinueOnError { get; set; }

    public bool? Outside { get; set; }

    public bool? Restored { get; set; }

    public bool? FallenBack { get; set; }

    public int? Origin { get; set; }

    public double? Took { get; set; }

    public int? Script { get; set; }
}

/// <summary>A record, but for its output, which is added by hand. Times are seconds since the run's start.</summary>
internal sealed class RecordDocument
{
    [JsonRequired]
    public string Event { get; set; } = string.Empty;

    [JsonRequired]
    public double Time { get; set; }

    public string? Node { get; set; }

    public int? Item { get; set; }

    public int? Count { get; set; }

    public string? Value { get; set; }

    public int? Attempt { get; set; }

    public int? Slot { get; set; }

    public string? Host { get; set; }

    public double? Ready { get; set; }

    public double? Waited { get; set; }

    public double? Parked { get; set; }

    public double? Unparked { get; set; }

    public double? Start { get; set; }

    public int? Attempts { get; set; }

    public string? Failure { get; set; }

    public string? Message { get; set; }

    public string? Position { get; set; }

    public string? Source { get; set; }

    public string? Stack { get; set; }

    public double? Delay { get; set; }

    public string? Cause { get; set; }

    public string? By { get; set; }

    public string? Reason { get; set; }

    public string? CancelCause { get; set; }

    public string? CancelledBy { get; set; }

    public string? StoppedAt { get; set; }

    public string? Status { get; set; }

    /// <summary>What the node gave back, as pages show it.</summary>
    public string? Shown { get; set; }

    public List<LogLineDocument>? Log { get; set; }

    /// <summary>Texts of scripts that are not among those of the header and of records before; their places follow on.</summary>
    public List<string>? Scripts { get; set; }

    /// <summary>The earlier runs that the nodes of this record were done in.</summary>
    public List<EarlierRunDocument>? Origins { get; set; }

    public List<NodeDocument>? Nodes { get; set; }
}

/// <summary>A line that an attempt wrote.</summary>
internal sealed class LogLineDocument
{
    [JsonRequired]
    public double Time { get; set; }

    [JsonRequired]
    public string Stream { get; set; } = string.Empty;

    [JsonRequired]
    public string Text { get; set; } = string.Empty;
}

/// <summary>What the compiler finds out about the documents, so that nothing of them is looked up at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HeaderDocument))]
[JsonSerializable(typeof(RecordDocument))]
internal sealed partial class JournalDocuments : JsonSerializerContext;
