using System.Text.Json.Serialization;

namespace DagShell.Pictures.Json;

/// <summary>What the compiler finds out about the documents, so that nothing of them is looked up at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DagDocument))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(TraceDocument))]
internal sealed partial class JsonDocuments : JsonSerializerContext;
