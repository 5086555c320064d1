using System.Globalization;
using System.Text;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Shell;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Benchmarks.Traces;

/// <summary>Traces in real runspaces: each node is a script block of its own that sleeps as long as its task took, scaled.</summary>
internal static class RealRun
{
    private const int Workers = 8;

    /// <summary>Runs some traces, and prints how much longer they took than in virtual time.</summary>
    /// <param name="traces">All traces; those with the most different numbers of tasks are run.</param>
    /// <param name="isQuick">Whether each is to take 5 s instead of 20 s.</param>
    public static void Run(IReadOnlyList<WorkflowTrace> traces, bool isQuick)
    {
        double seconds = isQuick ? 5 : 20;
        using BuiltModule module = new();
        using Session session = new(module);
        session.Run("New-DagNode A { 1 } | Invoke-Dag | Out-Null");
        Table table = new($"trace, on {Workers} workers", "tasks", "simulated, s", "real, s", "real / simulated");
        WorkflowTrace[] bySize = [.. traces.OrderBy(trace => trace.Graph.Count)];
        foreach (WorkflowTrace trace in new[] { bySize[0], bySize[bySize.Length / 2], bySize[^1] }.Distinct())
        {
            TimeSpan[] durations = Scale(trace, seconds);
            DagGraph graph = trace.ToGraph(durations);
            double simulated = VirtualRun.Makespan(DagPlan.Create(graph, Workers), durations, Workers).TotalSeconds;
            session.Run("$nodes = $(" + ScriptOf(graph, durations) + ")");
            double real = session.Time($"$nodes | Invoke-Dag -ThrottleLimit {Workers}") / 1e6;
            table.Add(
                trace.Name,
                graph.Count.ToString("N0", CultureInfo.InvariantCulture),
                Figures.Short(simulated),
                Figures.Short(real),
                Figures.Ratio(real / simulated));
        }

        table.Print();
    }

    /// <summary>Durations in whole milliseconds, as one can sleep, of a makespan of so many seconds.</summary>
    private static TimeSpan[] Scale(WorkflowTrace trace, double seconds)
    {
        double factor = seconds / VirtualRun.Makespan(DagPlan.Create(trace.Graph, Workers), trace.Durations, Workers).TotalSeconds;
        return [.. trace.Durations.Select(duration => TimeSpan.FromMilliseconds(Math.Round(duration.TotalMilliseconds * factor)))];
    }

    private static string ScriptOf(DagGraph graph, TimeSpan[] durations)
    {
        StringBuilder script = new();
        for (int node = 0; node < graph.Count; node++)
        {
            script.Append(CultureInfo.InvariantCulture,
                $"New-DagNode '{graph[node].Name}' {{ [Threading.Thread]::Sleep({durations[node].TotalMilliseconds}) }}");
            script.Append(CultureInfo.InvariantCulture, $" -EstimatedDuration {durations[node].TotalMilliseconds}ms");
            if (graph[node].DependsOn.Count > 0)
            {
                script.Append(" -DependsOn ").AppendJoin(", ", graph[node].DependsOn.Select(name => $"'{name}'"));
            }

            script.AppendLine();
        }

        return script.ToString();
    }
}
