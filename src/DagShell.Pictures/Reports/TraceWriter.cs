using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Pictures.Json;

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
    private readonly Timeline _timeline;

    private TraceWriter(RunSnapshot run)
    {
        _run = run;
        _timeline = Timeline.Of(run.History);
    }

    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, Stream stream)
    {
        var document = new TraceDocument
        {
            OtherData = new TraceRun(run.Id, run.History.Status, run.History.StartTime),
            TraceEvents = new TraceWriter(run).Events(),
        };
        JsonFile.Write(stream, document, indented: false);
    }

    private IEnumerable<TraceEvent> Events()
    {
        yield return Name("process_name", 0, _run.Name ?? "dag");
        for (int slot = 0; slot < _timeline.SlotCount; slot++)
        {
            yield return Name("thread_name", FirstThread + slot, string.Create(CultureInfo.InvariantCulture, $"slot {slot + 1}"));
        }

        foreach (TimelineBar bar in _timeline.Attempts)
        {
            yield return Attempt(bar, NameOf(bar.Node));
        }

        foreach (var (item, bar) in _timeline.Items)
        {
            yield return Attempt(bar, NodeItems.NameOf(NameOf(bar.Node), item));
        }

        foreach (TraceEvent wait in Waits())
        {
            yield return wait;
        }

        foreach (TraceEvent flow in Flows())
        {
            yield return flow;
        }
    }

    private static TraceEvent Name(string kind, int thread, string name) => new()
    {
        Phase = "M",
        Name = kind,
        Process = Process,
        Thread = thread,
        Arguments = new TraceArguments { Name = name },
    };

    private TraceEvent Attempt(TimelineBar bar, string name)
    {
        AttemptRecord attempt = bar.Attempt!.Value;
        return new TraceEvent
        {
            Phase = "X",
            Name = name,
            Process = Process,
            Thread = FirstThread + bar.Row,
            Category = CategoryOf(attempt),
            Time = bar.Start.TotalMicroseconds,
            Duration = bar.Duration.TotalMicroseconds,
            Color = ColorOf(attempt),
            Arguments = new TraceArguments
            {
                Attempt = attempt.Number,
                RunspaceWait = SecondsOrNull(attempt.StartUpTime),
                Outcome = attempt.Outcome?.ToString() ?? "Running",
                Message = attempt.Message,
                State = _run.History.Nodes[bar.Node].State,
                CriticalPath = _run.Figures.IsCritical(bar.Node),
            },
        };
    }

    private IEnumerable<TraceEvent> Waits()
    {
        int waits = 0;
        for (int node = 0; node < _run.History.Nodes.Count; node++)
        {
            foreach (WaitRecord wait in _run.History.Nodes[node].Waits)
            {
                waits++;
                TimeSpan start = wait.StartTime - _run.History.StartTime;
                yield return Wait(node, wait.Kind, waits, "b", start);
                yield return Wait(node, wait.Kind, waits, "e", start + _run.History.DurationOf(wait));
            }
        }
    }

    private TraceEvent Wait(int node, NodeWaitKind kind, int id, string phase, TimeSpan time) => new()
    {
        Phase = phase,
        Name = NameOf(node),
        Process = Process,
        Thread = FirstThread,
        Category = "wait",
        Id = id,
        Time = time < TimeSpan.Zero ? 0 : time.TotalMicroseconds,
        Arguments = phase == "b" ? new TraceArguments { Wait = kind } : null,
    };

    /// <summary>An arrow for each edge, from the last attempt of a node to the first of its dependent.</summary>
    private IEnumerable<TraceEvent> Flows()
    {
        DagGraph graph = _run.History.Graph;
        var first = new Dictionary<int, TimelineBar>();
        var last = new Dictionary<int, TimelineBar>();
        foreach (TimelineBar bar in _timeline.Attempts)
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

        // What comes after a node with items came after the last of those.
        foreach (var (_, bar) in _timeline.Items)
        {
            if (!last.TryGetValue(bar.Node, out TimelineBar before) || bar.End > before.End)
            {
                last[bar.Node] = bar;
            }
        }

        int flows = 0;
        foreach (int node in first.Keys.Order())
        {
            foreach (int dependency in graph.Upstream(node).ToArray())
            {
                if (last.TryGetValue(dependency, out TimelineBar from))
                {
                    flows++;

                    // An arrow belongs to the slice that it is inside of, so it leaves a moment before the end.
                    TimeSpan leave = from.End - TimeSpan.FromMicroseconds(1);
                    yield return Flow("s", flows, FirstThread + from.Row, leave > from.Start ? leave : from.Start);
                    yield return Flow("f", flows, FirstThread + first[node].Row, first[node].Start);
                }
            }
        }
    }

    private static TraceEvent Flow(string phase, int id, int thread, TimeSpan time) => new()
    {
        Phase = phase,
        Name = "edge",
        Process = Process,
        Thread = thread,
        Category = "edge",
        Id = id,
        Time = time.TotalMicroseconds,
        BindingPoint = phase == "f" ? "e" : null,
    };

    private static double? SecondsOrNull(TimeSpan time) => time == TimeSpan.Zero ? null : time.TotalSeconds;

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
