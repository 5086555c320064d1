using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace DagShell.Pictures.Formats;

/// <summary>Writes a picture as JSON, for other programs to draw or look through. Durations are seconds.</summary>
internal static class JsonWriter
{
    /// <summary>How every JSON file of the module is written: indented, and safe to be put into a page.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>Writes the dag.</summary>
    public static void Write(DagPicture picture, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, Options);
        json.WriteStartObject();
        json.WriteString("format", "DagShell.Dag");
        json.WriteNumber("version", 1);
        json.WriteString("name", picture.Name);
        json.WriteString("description", picture.Description);
        if (picture.Status is { } status)
        {
            json.WriteString("status", status.ToString());
        }

        json.WriteStartArray("nodes");
        foreach (PictureNode node in picture.Nodes)
        {
            WriteNode(json, node);
        }

        json.WriteEndArray();
        json.WriteStartArray("edges");
        foreach (PictureEdge edge in picture.Edges)
        {
            json.WriteStartObject();
            json.WriteString("from", picture.Nodes[edge.From].Name);
            json.WriteString("to", picture.Nodes[edge.To].Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, PictureNode node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteNumber("level", node.Level);
        WriteUnlessNull(json, "description", node.Description);
        if (node.Node.TriggerRule != TriggerRule.AllSucceeded)
        {
            json.WriteString("triggerRule", node.Node.TriggerRule.ToString());
        }

        WriteUnlessNull(json, "pool", node.Node.Pool);
        if (node.Node.Priority != 0)
        {
            json.WriteNumber("priority", node.Node.Priority);
        }

        if (node.Node.Retry is { } retry)
        {
            json.WriteNumber("retryCount", retry.Count);
        }

        WriteUnlessNull(json, "timeout", node.Node.Timeout);
        WriteUnlessNull(json, "estimatedDuration", node.Node.EstimatedDuration);
        if (node.Node.ContinueOnError)
        {
            json.WriteBoolean("continueOnError", true);
        }

        if (node.State is { } state)
        {
            json.WriteString("state", state.ToString());
            json.WriteNumber("attempts", node.Attempts);
            WriteUnlessNull(json, "duration", node.Duration);
            WriteUnlessNull(json, "note", node.Note);
            json.WriteBoolean("isCritical", node.IsCritical);
        }

        json.WriteEndObject();
    }

    private static void WriteUnlessNull(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteUnlessNull(Utf8JsonWriter json, string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            json.WriteNumber(name, time.TotalSeconds);
        }
    }
}
