using System.Globalization;
using System.Text.Json;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Pictures.Formats;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Writes a run as trace events, the format of chrome://tracing that Perfetto reads too: a process the run, a thread a slot, a
/// slice an attempt, an asynchronous slice a wait, a flow an edge.
/// </summary>
internal sealed class TraceWriter
{
    private const int Process = 1;

    /// <summary>Threads are numbered from 1: trace viewers hide thread 0 of a process.</summary>
    private const int FirstThread = 1;

    private readonly RunSnapshot _run;
    private readonly Utf8JsonWriter _json;

    private TraceWriter(RunSnapshot run, Utf8JsonWriter json)
    {
        _run = run;
        _json = json;
    }

    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, JsonWriter.Options with { Indented = false });
        new TraceWriter(run, json).Write();
    }

    private void Write()
    {
        Timeline timeline = Timeline.Of(_run.History);
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ms");
        _json.WriteStartObject("otherData");
        _json.WriteString("run", _run.Id);
        _json.WriteString("status", _run.History.Status.ToString());
        _json.WriteString("startTime", _run.History.StartTime);
        _json.WriteEndObject();
        _json.WriteStartArray("traceEvents");
        WriteName("process_name", 0, _run.Name ?? "dag");
        for (int slot = 0; slot < timeline.SlotCount; slot++)
        {
            WriteName("thread_name", FirstThread + slot, string.Create(CultureInfo.InvariantCulture, $"slot {slot + 1}"));
        }

        foreach (TimelineBar bar in timeline.Attempts)
        {
            WriteAttempt(bar);
        }

        int waits = 0;
        foreach (TimelineBar bar in timeline.Waits)
        {
            waits++;
            WriteWait(bar, waits, "b", bar.Start);
            WriteWait(bar, waits, "e", bar.End);
        }

        WriteFlows(timeline);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteName(string kind, int thread, string name)
    {
        Start("M", kind, thread);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteAttempt(TimelineBar bar)
    {
        AttemptRecord attempt = bar.Attempt!.Value;
        Start("X", NameOf(bar.Node), FirstThread + bar.Row);
        _json.WriteString("cat", CategoryOf(attempt));
        WriteTime("ts", bar.Start);
        WriteTime("dur", bar.Duration);
        if (ColorOf(attempt) is { } color)
        {
            _json.WriteString("cname", color);
        }

        _json.WriteStartObject("args");
        _json.WriteNumber("attempt", attempt.Number);
        _json.WriteString("outcome", attempt.Outcome?.ToString() ?? "Running");
        if (attempt.Message is not null)
        {
            _json.WriteString("message", attempt.Message);
        }

        _json.WriteString("state", _run.History.Nodes[bar.Node].State.ToString());
        _json.WriteBoolean("criticalPath", _run.Figures.IsCritical(bar.Node));
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteWait(TimelineBar bar, int id, string phase, TimeSpan time)
    {
        Start(phase, NameOf(bar.Node), FirstThread);
        _json.WriteString("cat", "wait");
        _json.WriteNumber("id", id);
        WriteTime("ts", time);
        _json.WriteEndObject();
    }

    /// <summary>An arrow for each edge, from the last attempt of a node to the first of its dependent.</summary>
    private void WriteFlows(Timeline timeline)
    {
        DagGraph graph = _run.History.Graph;
        var first = new Dictionary<int, TimelineBar>();
        var last = new Dictionary<int, TimelineBar>();
        foreach (TimelineBar bar in timeline.Attempts)
        {
            if (!first.TryGetValue(bar.Node, out TimelineBar before) || bar.Start < before.Start)
            {
                first[bar.Node] = bar;
            }

            if (bar.IsLast)
            {
                last[bar.Node] = bar;
            }
        }

        int flows = 0;
        foreach (int node in first.Keys.Order())
        {
            foreach (int dependency in graph.Upstream(node))
            {
                if (last.TryGetValue(dependency, out TimelineBar from))
                {
                    flows++;

                    // An arrow belongs to the slice that it is inside of, so it leaves a moment before the end.
                    TimeSpan leave = from.End - TimeSpan.FromMicroseconds(1);
                    WriteFlow("s", flows, FirstThread + from.Row, leave > from.Start ? leave : from.Start);
                    WriteFlow("f", flows, FirstThread + first[node].Row, first[node].Start);
                }
            }
        }
    }

    private void WriteFlow(string phase, int id, int thread, TimeSpan time)
    {
        Start(phase, "edge", thread);
        _json.WriteString("cat", "edge");
        _json.WriteNumber("id", id);
        WriteTime("ts", time);
        if (phase == "f")
        {
            _json.WriteString("bp", "e");
        }

        _json.WriteEndObject();
    }

    private void Start(string phase, string name, int thread)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteNumber("pid", Process);
        _json.WriteNumber("tid", thread);
    }

    /// <summary>Times are microseconds.</summary>
    private void WriteTime(string property, TimeSpan time) => _json.WriteNumber(property, time.TotalMicroseconds);

    private string NameOf(int node) => _run.History.Graph[node].Name;

    private static string CategoryOf(AttemptRecord attempt) => attempt switch
    {
        { IsPoll: true } => "poll",
        { Outcome: AttemptOutcomeKind.Failed } => "failed",
        { Outcome: null } => "running",
        { Outcome: AttemptOutcomeKind.Succeeded } => "succeeded",
        _ => "stopped",
    };

    // Names of colours that chrome://tracing has; Perfetto has its own and overlooks them.
    private static string? ColorOf(AttemptRecord attempt) => CategoryOf(attempt) switch
    {
        "failed" => "terrible",
        "poll" => "bad",
        "stopped" => "grey",
        "succeeded" => "good",
        _ => null,
    };
}
