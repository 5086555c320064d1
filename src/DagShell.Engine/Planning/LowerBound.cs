using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>What no run can be shorter than, because its work is shared out among the slots, and that of a pool among its places.</summary>
internal sealed class LowerBound
{
    private readonly DagGraph _graph;
    private readonly int _throttleLimit;
    private readonly Int128 _work;
    private readonly Dictionary<string, Int128> _workOfPool = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds up the work.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="work">How long each node holds a slot.</param>
    /// <param name="throttleLimit">How many nodes run at once at most.</param>
    public LowerBound(DagGraph graph, long[] work, int throttleLimit)
    {
        _graph = graph;
        _throttleLimit = throttleLimit;
        for (int node = 0; node < work.Length; node++)
        {
            _work += work[node];
            if (graph[node].Pool is { } pool)
            {
                _workOfPool[pool] = _workOfPool.GetValueOrDefault(pool) + work[node];
            }
        }
    }

    /// <summary>The longest of the critical path, the work that each slot has to do, and that of each place in a pool.</summary>
    public static long Of(DagGraph graph, long[] work, long criticalPath, int throttleLimit) =>
        Math.Max(criticalPath, new LowerBound(graph, work, throttleLimit).Without(0, null).Ticks);

    /// <summary>The bound that would be without some of the work.</summary>
    /// <param name="work">How much of it.</param>
    /// <param name="poolOfWork">The pool that it is done in, if it is.</param>
    /// <returns>The bound, and the pool that sets it; null if the slots do.</returns>
    public (long Ticks, string? Pool) Without(long work, string? poolOfWork)
    {
        (long Ticks, string? Pool) longest = (Share(_work - work, _throttleLimit), null);
        foreach (var (pool, all) in _workOfPool)
        {
            Int128 rest = string.Equals(pool, poolOfWork, StringComparison.OrdinalIgnoreCase) ? all - work : all;
            long bound = Share(rest, _graph.PoolLimits[pool]);
            if (bound > longest.Ticks)
            {
                longest = (bound, pool);
            }
        }

        return longest;
    }

    private static long Share(Int128 work, int places) => (long)Int128.Min(work / places, long.MaxValue);
}
