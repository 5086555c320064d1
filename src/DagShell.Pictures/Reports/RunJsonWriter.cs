using System.Text.Json;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Formats;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>Writes a run as JSON: its figures, and each node with each of its attempts. Durations are seconds. No outputs are in it.</summary>
internal static class RunJsonWriter
{
    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, Stream stream)
    {
        RunHistory history = run.History;
        using Utf8JsonWriter json = new(stream, JsonWriter.Options);
        json.WriteStartObject();
        json.WriteString("format", "DagShell.Run");
        json.WriteNumber("version", 1);
        json.WriteString("id", run.Id);
        json.WriteString("name", run.Name);
        json.WriteString("description", run.Description);
        json.WriteString("status", history.Status.ToString());
        json.WriteString("startTime", history.StartTime);
        if (history.Status == RunStatus.Running)
        {
            json.WriteString("takenAt", history.EndTime);
        }
        else
        {
            json.WriteString("endTime", history.EndTime);
        }

        json.WriteNumber("throttleLimit", history.ThrottleLimit);
        WriteFigures(json, run.Figures);
        json.WriteStartArray("nodes");
        for (int node = 0; node < history.Nodes.Count; node++)
        {
            WriteNode(json, run, node);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, RunFigures figures)
    {
        json.WriteStartObject("figures");
        json.WriteNumber("makespan", figures.Run.Makespan.TotalSeconds);
        json.WriteNumber("totalWork", figures.TotalWork.TotalSeconds);
        json.WriteNumber("criticalPathLength", figures.CriticalPathLength.TotalSeconds);
        WriteNames(json, "criticalPath", figures, figures.CriticalPath);
        json.WriteNumber("averageParallelism", figures.AverageParallelism);
        json.WriteNumber("lowerBound", figures.LowerBound.TotalSeconds);
        json.WriteString("limitedBy", figures.LowerBoundKind.ToString());
        if (figures.LimitingPool is { } pool)
        {
            json.WriteString("limitingPool", pool);
        }

        json.WriteNumber("efficiency", figures.Efficiency);
        json.WriteNumber("retryTime", figures.RetryTime.TotalSeconds);
        json.WriteNumber("waitTime", figures.WaitTime.TotalSeconds);
        json.WriteStartObject("nodesByState");
        foreach (NodeState state in Enum.GetValues<NodeState>())
        {
            json.WriteNumber(StateText.Word(state), figures.CountOf(state));
        }

        json.WriteEndObject();
        json.WriteStartArray("bottlenecks");
        foreach (Bottleneck bottleneck in figures.Bottlenecks)
        {
            json.WriteStartObject();
            json.WriteString("name", figures.Run.Graph[bottleneck.Node].Name);
            json.WriteNumber("duration", bottleneck.Duration.TotalSeconds);
            json.WriteNumber("saving", bottleneck.Saving.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, RunSnapshot run, int node)
    {
        RunHistory history = run.History;
        NodeHistory of = history.Nodes[node];
        json.WriteStartObject();
        json.WriteString("name", history.Graph[node].Name);
        json.WriteString("state", of.State.ToString());
        json.WriteBoolean("isCritical", run.Figures.IsCritical(node));
        WriteNames(json, "dependsOn", run.Figures, history.Graph.Upstream(node).ToArray());
        WriteTime(json, "startTime", of.StartTime);
        WriteTime(json, "endTime", of.EndTime);
        json.WriteNumber("duration", history.DurationOf(node).TotalSeconds);
        WriteText(json, "message", run.Endings[node].Message);
        WriteText(json, "position", run.Endings[node].Position);
        json.WriteStartArray("attempts");
        foreach (AttemptRecord attempt in of.Attempts)
        {
            json.WriteStartObject();
            json.WriteNumber("number", attempt.Number);
            json.WriteNumber("slot", attempt.Slot);
            json.WriteString("startTime", attempt.StartTime);
            WriteTime(json, "endTime", attempt.EndTime);
            WriteText(json, "outcome", attempt.Outcome?.ToString());
            WriteText(json, "failure", attempt.FailureKind?.ToString());
            WriteText(json, "message", attempt.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, RunFigures figures, IEnumerable<int> nodes)
    {
        json.WriteStartArray(property);
        foreach (int node in nodes)
        {
            json.WriteStringValue(figures.Run.Graph[node].Name);
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, string property, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(property, known.ToLocalTime());
        }
    }

    private static void WriteText(Utf8JsonWriter json, string property, string? text)
    {
        if (text is not null)
        {
            json.WriteString(property, text);
        }
    }
}
