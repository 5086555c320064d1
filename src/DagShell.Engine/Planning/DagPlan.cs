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

    private DagPlan(DagGraph graph, int? throttleLimit, Func<int, TimeSpan?>? estimate)
    {
        Graph = graph;
        _durationTicks = DurationTicks(graph, estimate, out bool hasEstimates);
        _level = GraphLevels.Of(graph);
        LevelCount = _level.Max() + 1;
        LongestPath path = new(graph, _durationTicks, toLeaf: true);
        _remainingTicks = path.RemainingTicks;
        int[] byRank = StartOrder.Sort(graph, _remainingTicks);
        if (throttleLimit is { } limit && hasEstimates)
        {
            byRank = StartOrderSearch.Find(graph, _durationTicks, _remainingTicks, byRank, limit);
        }

        _startRank = Invert(byRank);
        _order = OrderOfOneSlot(graph, byRank, _startRank);
        _criticalPath = path.Nodes;
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

    /// <summary>All nodes in the order in which one slot would start them.</summary>
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
    /// <param name="estimate">How long a node is expected to run that does not say so itself, by index: what it took before, if that is
    /// known.</param>
    /// <returns>The plan.</returns>
    public static DagPlan Create(DagGraph graph, Func<int, TimeSpan?>? estimate = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new DagPlan(graph, throttleLimit: null, estimate);
    }

    /// <summary>
    /// Plans a graph for a throttle limit. If it is known how long nodes take, an order of start is looked for that ends sooner
    /// under that limit than the one by remaining path; where none does, by more than a trifle, the plan is the same as without.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="throttleLimit">How many nodes run at once at most.</param>
    /// <param name="estimate">How long a node is expected to run that does not say so itself, by index: what it took before, if that is
    /// known.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public static DagPlan Create(DagGraph graph, int throttleLimit, Func<int, TimeSpan?>? estimate = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(throttleLimit, 1);
        return new DagPlan(graph, throttleLimit, estimate);
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
    /// the longest first; then as they were defined. A plan for a throttle limit may have another order than by remaining path,
    /// one that ends sooner. No two nodes have the same place.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns>The rank, 0 for the node that goes before all others.</returns>
    public int StartRank(int node) => _startRank[node];

    /// <summary>Whether a node is on the <see cref="CriticalPath"/>.</summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if it is.</returns>
    public bool IsCritical(int node) => _isCritical[node];

    private static long[] DurationTicks(DagGraph graph, Func<int, TimeSpan?>? estimate, out bool hasEstimates)
    {
        long[] ticks = new long[graph.Count];
        hasEstimates = false;
        for (int node = 0; node < ticks.Length; node++)
        {
            TimeSpan? expected = graph[node].EstimatedDuration ?? estimate?.Invoke(node);
            hasEstimates |= expected is not null;

            // A fallback is not expected to run, and what stands for a dag takes as long as what is inside, if that is known.
            bool isKnownDag = graph.IsDag(node) && !graph[node].ExpandsAtTurn;
            ticks[node] = graph.FallbackFor(node) >= 0 || isKnownDag ? 0 : Math.Max(0, expected?.Ticks ?? TimeSpan.TicksPerSecond);
        }

        return ticks;
    }

    private static int[] Invert(int[] order)
    {
        int[] place = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }

        return place;
    }

    private static int[] OrderOfOneSlot(DagGraph graph, int[] byRank, int[] startRank)
    {
        int[] unmet = new int[graph.Count];
        RankQueue ready = new(graph.Count);
        foreach (int node in byRank)
        {
            unmet[node] = graph.Awaited(node).Length;
            if (unmet[node] == 0)
            {
                ready.Add(startRank[node]);
            }
        }

        int[] order = new int[graph.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = byRank[ready.Take()];
            foreach (int dependent in graph.Awaiting(order[i]))
            {
                if (--unmet[dependent] == 0)
                {
                    ready.Add(startRank[dependent]);
                }
            }
        }

        return order;
    }
}
