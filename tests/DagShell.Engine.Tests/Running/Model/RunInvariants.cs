using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>What holds for every run that has ended, told from its log alone.</summary>
internal static class RunInvariants
{
    public static void Check(DagGraph graph, int throttleLimit, Scheduler scheduler, RunLog log)
    {
        IReadOnlyList<RunEvent> events = log.Events;
        CheckEachNodeEndsOnce(graph, scheduler, events);
        CheckOrder(graph, events);
        CheckLimits(graph, throttleLimit, events);
        CheckResults(graph, events);
    }

    private static void CheckEachNodeEndsOnce(DagGraph graph, Scheduler scheduler, IReadOnlyList<RunEvent> events)
    {
        int[] ends = new int[graph.Count];
        int[] inState = new int[Enum.GetValues<NodeState>().Length];
        foreach (NodeResult result in events.Select(e => e.Result).OfType<NodeResult>())
        {
            ends[result.Index]++;
            inState[(int)result.State]++;
            Assert.Same(graph[result.Index], result.Node);
        }

        Assert.All(ends, times => Assert.Equal(1, times));
        Assert.Equal(
            new RunCounts(
                graph.Count, Running: 0, Waiting: 0, inState[(int)NodeState.Succeeded], inState[(int)NodeState.Failed],
                inState[(int)NodeState.Skipped], inState[(int)NodeState.Cancelled]),
            scheduler.Counts);
        Assert.Equal(graph.Count, scheduler.Counts.Done);
    }

    /// <summary>No attempt before all dependencies have ended, nor after the node itself has; one at a time.</summary>
    private static void CheckOrder(DagGraph graph, IReadOnlyList<RunEvent> events)
    {
        HashSet<string> finished = new(StringComparer.OrdinalIgnoreCase);
        HashSet<NodeAttempt> abandoned = [];
        Dictionary<string, NodeAttempt> granted = new(StringComparer.OrdinalIgnoreCase);

        // The grant before the last: it is the last again when that one's place was gone.
        Dictionary<string, NodeAttempt?> before = new(StringComparer.OrdinalIgnoreCase);
        foreach (RunEvent e in events)
        {
            switch (e.Kind)
            {
                case RunEventKind.Granted:
                    Assert.DoesNotContain(e.Node, finished);
                    Assert.All(
                        graph.Awaited(e.Attempt!.Index).ToArray().Where(awaited => awaited != graph.Outer(e.Attempt.Index)),
                        dependency => Assert.Contains(graph[dependency].Name, finished));
                    CheckAround(graph, e.Attempt.Index, finished);
                    Assert.Equal(!granted.TryGetValue(e.Node, out NodeAttempt? last) && e.Attempt.Items is null, e.Attempt.AsksCondition);
                    Assert.True(e.Attempt.Items is null || !finished.Contains(e.Attempt.Node.Name));
                    Assert.InRange(e.Attempt.Number, last?.Number ?? 1, (last?.Number ?? 0) + 1);
                    Assert.Equal(last is null, e.Attempt.LastFailure is null);
                    before[e.Node] = last;
                    granted[e.Node] = e.Attempt;
                    break;
                case RunEventKind.Lost:
                    granted.Remove(e.Node);
                    if (before[e.Node] is { } earlier)
                    {
                        granted.Add(e.Node, earlier);
                    }

                    break;
                case RunEventKind.Started:
                    // An attempt may have been given up before a slow thread comes to start it.
                    Assert.True(granted[e.Node] == e.Attempt || abandoned.Contains(e.Attempt!));
                    Assert.True(!finished.Contains(e.Node) || abandoned.Contains(e.Attempt!));
                    break;
                case RunEventKind.Abandoned:
                    Assert.True(abandoned.Add(e.Attempt!));
                    break;
                case RunEventKind.Waiting:
                    Assert.Contains(e.Node, granted);
                    Assert.DoesNotContain(e.Node, finished);
                    break;
                case RunEventKind.Finished or RunEventKind.ItemFinished:
                    Assert.True(finished.Add(e.Node));
                    break;
            }
        }
    }

    /// <summary>What a node is inside of has begun and not ended.</summary>
    private static void CheckAround(DagGraph graph, int node, HashSet<string> finished)
    {
        for (int dag = graph.Outer(node); dag >= 0; dag = graph.Outer(dag))
        {
            Assert.DoesNotContain(graph[dag].Name, finished);
            Assert.All(graph.Upstream(dag).ToArray(), dependency => Assert.Contains(graph[dependency].Name, finished));
        }
    }

    private static void CheckLimits(DagGraph graph, int throttleLimit, IReadOnlyList<RunEvent> events)
    {
        HashSet<NodeAttempt> running = [];
        HashSet<NodeAttempt> ended = [];
        foreach (RunEvent e in events)
        {
            if (e.Kind is RunEventKind.Ended or RunEventKind.Abandoned)
            {
                running.Remove(e.Attempt!);
                ended.Add(e.Attempt!);
            }

            if (e.Kind != RunEventKind.Started || ended.Contains(e.Attempt!))
            {
                continue;
            }

            Assert.InRange(e.Attempt!.Slot, 0, throttleLimit - 1);
            Assert.DoesNotContain(running, other => other.Slot == e.Attempt.Slot || other.Name == e.Attempt.Name);
            running.Add(e.Attempt);
            Assert.True(running.Count <= throttleLimit);
            if (e.Attempt.Node.Pool is { } pool)
            {
                int inPool = running.Count(other => string.Equals(other.Node.Pool, pool, StringComparison.OrdinalIgnoreCase));
                Assert.True(inPool <= graph.PoolLimits[pool]);
            }
        }
    }

    private static void CheckResults(DagGraph graph, IReadOnlyList<RunEvent> events)
    {
        Dictionary<int, NodeResult> results = events.Select(e => e.Result).OfType<NodeResult>().ToDictionary(result => result.Index);
        foreach (NodeResult result in results.Values)
        {
            Assert.Equal(result.State == NodeState.Skipped, result.SkipCause != SkipCause.None);
            Assert.True(result.State != NodeState.Failed || result.Failure is not null);
            Assert.True(result.StartTime is null || result.StartTime <= result.EndTime);
            CheckItems(graph, result, events, results);
            Assert.True(result.StartTime is not null || result.Attempts == 0);
            if (result.SkippedBy is { } by)
            {
                Assert.True(graph.TryGetIndex(by.Name, out int index));
                if (result.SkipCause == SkipCause.DagNotStarted)
                {
                    Assert.Equal(graph.Outer(result.Index), index);
                    continue;
                }

                bool isNotNeeded = result.SkipCause == SkipCause.NotNeeded;
                Assert.Equal(!isNotNeeded, graph.Upstream(result.Index).Contains(index));
                Assert.Equal(isNotNeeded, graph.FallbackFor(result.Index) == index);
                Assert.True(isNotNeeded || result.SkipCause == CauseOf(results[index].State));
            }
        }
    }

    /// <summary>Each item ends once, before its node, which ends as they did. Those that had a dag are nodes.</summary>
    private static void CheckItems(
        DagGraph graph, NodeResult result, IReadOnlyList<RunEvent> events, Dictionary<int, NodeResult> results)
    {
        int[] ended = [.. events.Where(e => e.Item is not null && e.Node.StartsWith(result.Node.Name + "#", StringComparison.Ordinal))
            .Select(e => e.Item!.Value.Index).Order()];
        Assert.Equal(Enumerable.Range(0, graph.IsDag(result.Index) ? 0 : result.Items?.Count ?? 0), ended);
        if (graph.IsDag(result.Index) && result.Items is { } dags)
        {
            Assert.Equal(results.Values.Where(inner => graph.Outer(inner.Index) == result.Index).OrderBy(inner => inner.Index)
                .Select(inner => inner.State), dags.Select(item => item.State));
        }

        if (result.Items is { } items)
        {
            Assert.True(graph[result.Index].IsMapped);
            Assert.Equal(items.Count, items.Counts.Done);
            NodeState expected = items.Counts.Failed > 0 ? NodeState.Failed
                : items.Counts.Cancelled > 0 ? NodeState.Cancelled : NodeState.Succeeded;
            Assert.Equal(expected, result.State);
        }
    }

    private static SkipCause CauseOf(NodeState state) => state switch
    {
        NodeState.Failed => SkipCause.DependencyFailed,
        NodeState.Skipped => SkipCause.DependencySkipped,
        NodeState.Cancelled => SkipCause.DependencyCancelled,
        _ => SkipCause.None,
    };
}
