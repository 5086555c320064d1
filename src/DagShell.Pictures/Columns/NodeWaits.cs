using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Columns;

/// <summary>When nodes waited, and for what.</summary>
internal static class NodeWaits
{
    /// <summary>When all that a node waits for had ended; null of one that never started.</summary>
    public static DateTimeOffset? ReadyTimeOf(RunHistory run, int node)
    {
        if (run.Nodes[node].StartTime is not { } start)
        {
            return null;
        }

        DateTimeOffset ready = run.StartTime;
        foreach (int dependency in run.Graph.Awaited(node))
        {
            if (run.Nodes[dependency].EndTime is { } end && end > ready)
            {
                ready = end;
            }
        }

        // A rule may let a node start before all that it depends on has ended.
        return ready < start ? ready : start;
    }

    /// <summary>The waits of a node, in their order.</summary>
    public static IEnumerable<PageWait> Of(RunHistory run, int node)
    {
        if (run.Nodes[node].StartTime is { } start && ReadyTimeOf(run, node) is { } ready && ready < start)
        {
            yield return new PageWait(PageWaitKind.Queue, ready, start);
        }

        foreach (var (from, to) in run.WaitsOf(node))
        {
            yield return new PageWait(PageWaitKind.Between, from, to);
        }
    }
}
