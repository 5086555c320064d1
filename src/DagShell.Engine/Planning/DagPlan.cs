using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>
/// What can be known of a run before it starts: levels, remaining paths, which of the ready nodes goes first, and the
/// critical path. A node without <see cref="Node.EstimatedDuration"/> counts as one second.
/// </summary>
/// <remarks>Immutable; may be read from any thread.</remarks>
public sealed class DagPlan
{
    private readonly long[] _durationTicks;
    private readonly int[] _level;
    private readonly long[] _remainingTicks;
    private readonly int[] _startRank;
    private readonly int[] _order;
    private readonly int[] _criticalPath;
    private readonly bool[] _isCritical;

    private DagPlan(DagGraph graph, int? workers, Func<int, TimeSpan?>? estimate)
    {
        Graph = graph;
        _durationTicks = DurationTicks(graph, estimate, out bool hasEstimates);
        _level = Levels(graph);
        LevelCount = _level.Max() + 1;
        _remainingTicks = RemainingTicks(graph, _durationTicks);
        int[] byRank = StartOrder.Sort(graph, _remainingTicks);
        if (workers is { } count && hasEstimates)
        {
            byRank = StartOrderSearch.Find(graph, _durationTicks, _remainingTicks, byRank, count);
        }

        _startRank = Invert(byRank);
        _order = OrderOfOneWorker(graph, byRank, _startRank);
        _criticalPath = FindCriticalPath(graph, _remainingTicks);
        _isCritical = new bool[graph.Count];
        foreach (int node in _criticalPath)
        {
            _isCritical[node] = true;
        }
    }

    /// <summary>The graph that is planned.</summary>
    public DagGraph Graph { get; }

    /// <summary>The number of levels.</summary>
    public int LevelCount { get; }

    /// <summary>All nodes in the order in which one worker would start them.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>
    /// The longest path from a root to a leaf; of several as long the one whose nodes were defined first, decided from
    /// the root on.
    /// </summary>
    public ReadOnlySpan<int> CriticalPath => _criticalPath;

    /// <summary>How long the critical path takes: no run is shorter, however many nodes run at once.</summary>
    public TimeSpan CriticalPathLength => RemainingPath(_criticalPath[0]);

    /// <summary>Plans a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="estimate">How long a node is expected to run that does not say so itself, by index: what it took before, if that is known.</param>
    /// <returns>The plan.</returns>
    public static DagPlan Create(DagGraph graph, Func<int, TimeSpan?>? estimate = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new DagPlan(graph, workers: null, estimate);
    }

    /// <summary>
    /// Plans a graph for so many workers. If it is known how long nodes take, an order of start is looked for that ends sooner
    /// with these workers than that by remaining path; where none does, by more than a trifle, the plan is the same as without.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="workers">How many nodes run at once at most.</param>
    /// <param name="estimate">How long a node is expected to run that does not say so itself, by index: what it took before, if that is known.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is not even one worker.</exception>
    public static DagPlan Create(DagGraph graph, int workers, Func<int, TimeSpan?>? estimate = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        return new DagPlan(graph, workers, estimate);
    }

    /// <summary>How long a node is expected to run.</summary>
    /// <param name="node">The node.</param>
    /// <returns>What it says itself, or else what it took before, or else a second.</returns>
    public TimeSpan ExpectedDuration(int node) => new(_durationTicks[node]);

    /// <summary>The level of a node: 0 for a root, else one more than the highest of its dependencies.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The level.</returns>
    public int Level(int node) => _level[node];

    /// <summary>How long it takes at least from the node's start to the end of all that depends on it.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Its own duration and the longest path after it.</returns>
    public TimeSpan RemainingPath(int node) => new(_remainingTicks[node]);

    /// <summary>
    /// The node's place in the order in which ready nodes start: by priority, the highest first; then by remaining path,
    /// the longest first; then as they were defined. A plan for so many workers may have another order than by remaining path,
    /// one that ends sooner. No two nodes have the same place.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns>The rank, 0 for the node that goes before all others.</returns>
    public int StartRank(int node) => _startRank[node];

    /// <summary>Whether a node is on the <see cref="CriticalPath"/>.</summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if it is.</returns>
    public bool IsCritical(int node) => _isCritical[node];

    private static int[] Levels(DagGraph graph)
    {
        int[] level = new int[graph.Count];
        foreach (int node in graph.TopologicalOrder)
        {
            foreach (int dependency in graph.Upstream(node))
            {
                level[node] = Math.Max(level[node], level[dependency] + 1);
            }
        }

        return level;
    }

    private static long[] DurationTicks(DagGraph graph, Func<int, TimeSpan?>? estimate, out bool hasEstimates)
    {
        long[] ticks = new long[graph.Count];
        hasEstimates = false;
        for (int node = 0; node < ticks.Length; node++)
        {
            TimeSpan? expected = graph[node].EstimatedDuration ?? estimate?.Invoke(node);
            hasEstimates |= expected is not null;
            ticks[node] = Math.Max(0, expected?.Ticks ?? TimeSpan.TicksPerSecond);
        }

        return ticks;
    }

    private static long[] RemainingTicks(DagGraph graph, long[] durationTicks)
    {
        long[] remaining = new long[graph.Count];
        ReadOnlySpan<int> order = graph.TopologicalOrder;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int node = order[i];
            long longest = 0;
            foreach (int dependent in graph.Downstream(node))
            {
                longest = Math.Max(longest, remaining[dependent]);
            }

            remaining[node] = AddSaturating(longest, durationTicks[node]);
        }

        return remaining;
    }

    // Of two numbers that are not negative.
    private static long AddSaturating(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;

    private static int[] Invert(int[] order)
    {
        int[] place = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }

        return place;
    }

    private static int[] OrderOfOneWorker(DagGraph graph, int[] byRank, int[] startRank)
    {
        int[] unmet = new int[graph.Count];
        RankQueue ready = new(graph.Count);
        foreach (int node in byRank)
        {
            unmet[node] = graph.Upstream(node).Length;
            if (unmet[node] == 0)
            {
                ready.Add(startRank[node]);
            }
        }

        int[] order = new int[graph.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = byRank[ready.Take()];
            foreach (int dependent in graph.Downstream(order[i]))
            {
                if (--unmet[dependent] == 0)
                {
                    ready.Add(startRank[dependent]);
                }
            }
        }

        return order;
    }

    private static int[] FindCriticalPath(DagGraph graph, long[] remaining)
    {
        int start = -1;
        for (int node = 0; node < graph.Count; node++)
        {
            if (graph.Upstream(node).IsEmpty && (start < 0 || remaining[node] > remaining[start]))
            {
                start = node;
            }
        }

        List<int> path = [start];
        for (ReadOnlySpan<int> next = graph.Downstream(start); !next.IsEmpty; next = graph.Downstream(path[^1]))
        {
            int longest = next[0];
            foreach (int dependent in next)
            {
                if (remaining[dependent] > remaining[longest])
                {
                    longest = dependent;
                }
            }

            path.Add(longest);
        }

        return [.. path];
    }
}
