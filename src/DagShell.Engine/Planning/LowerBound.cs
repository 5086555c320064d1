using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>What no run can be shorter than.</summary>
internal static class LowerBound
{
    /// <summary>The longest of the critical path, the work that each worker has to do, and that of each place in a pool.</summary>
    public static long Of(DagGraph graph, long[] ticks, long[] remainingTicks, int workers)
    {
        double work = 0;
        Dictionary<string, double> workOfPool = new(StringComparer.OrdinalIgnoreCase);
        for (int node = 0; node < ticks.Length; node++)
        {
            work += ticks[node];
            if (graph[node].Pool is { } pool)
            {
                workOfPool[pool] = workOfPool.GetValueOrDefault(pool) + ticks[node];
            }
        }

        double bound = Math.Max(remainingTicks.Max(), work / workers);
        foreach (var (pool, poolWork) in workOfPool)
        {
            bound = Math.Max(bound, poolWork / graph.PoolLimits[pool]);
        }

        return bound >= long.MaxValue ? long.MaxValue : (long)Math.Ceiling(bound);
    }
}
