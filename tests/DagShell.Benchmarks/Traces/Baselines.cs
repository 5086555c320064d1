using DagShell.Engine.Graph;

namespace DagShell.Benchmarks.Traces;

/// <summary>What one would do without a scheduler to speak of.</summary>
internal static class Baselines
{
    /// <summary>Nodes start in the order in which they became ready.</summary>
    public static TimeSpan FirstComeFirstServed(DagGraph graph, IReadOnlyList<TimeSpan> durations, int workers)
    {
        Queue<int> ready = new();
        PriorityQueue<int, (TimeSpan End, int Start)> running = new();
        int[] unmet = new int[graph.Count];
        for (int node = 0; node < graph.Count; node++)
        {
            unmet[node] = graph.Upstream(node).Length;
            if (unmet[node] == 0)
            {
                ready.Enqueue(node);
            }
        }

        TimeSpan now = TimeSpan.Zero;
        int started = 0;
        while (true)
        {
            while (running.Count < workers && ready.TryDequeue(out int node))
            {
                running.Enqueue(node, (now + durations[node], started++));
            }

            if (!running.TryDequeue(out int ended, out var ending))
            {
                return now;
            }

            now = ending.End;
            foreach (int dependent in graph.Downstream(ended))
            {
                if (--unmet[dependent] == 0)
                {
                    ready.Enqueue(dependent);
                }
            }
        }
    }

    /// <summary>A level starts when the one before it has ended; within a level, first come first served.</summary>
    public static TimeSpan LevelByLevel(DagGraph graph, IReadOnlyList<TimeSpan> durations, int workers)
    {
        TimeSpan end = TimeSpan.Zero;
        foreach (IGrouping<int, int> level in Enumerable.Range(0, graph.Count).GroupBy(LevelsOf(graph)).OrderBy(level => level.Key))
        {
            PriorityQueue<TimeSpan, TimeSpan> free = new();
            TimeSpan start = end;
            foreach (int node in level)
            {
                TimeSpan from = free.Count < workers ? start : free.Dequeue();
                TimeSpan to = from + durations[node];
                free.Enqueue(to, to);
                end = to > end ? to : end;
            }
        }

        return end;
    }

    private static Func<int, int> LevelsOf(DagGraph graph)
    {
        int[] levels = new int[graph.Count];
        foreach (int node in graph.TopologicalOrder)
        {
            foreach (int dependency in graph.Upstream(node))
            {
                levels[node] = Math.Max(levels[node], levels[dependency] + 1);
            }
        }

        return node => levels[node];
    }
}
