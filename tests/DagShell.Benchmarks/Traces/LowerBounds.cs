using DagShell.Engine.Graph;

namespace DagShell.Benchmarks.Traces;

/// <summary>What no schedule of a graph on so many workers can be shorter than, in ticks.</summary>
internal sealed class LowerBounds
{
    // All pairs of thresholds would take long on a large graph; some leave a bound that is as true.
    private const int MostThresholds = 64;

    private readonly long[] _ticks;
    private readonly int _workers;

    private LowerBounds(IReadOnlyList<TimeSpan> durations, int workers)
    {
        _ticks = [.. durations.Select(duration => duration.Ticks)];
        _workers = workers;
    }

    /// <summary>The longest path, or the work that is each worker's part of the whole.</summary>
    public static double Simple(DagGraph graph, IReadOnlyList<TimeSpan> durations, int workers)
    {
        long[] heads = new long[graph.Count];
        long longest = 0;
        foreach (int node in graph.TopologicalOrder)
        {
            foreach (int dependency in graph.Upstream(node))
            {
                heads[node] = Math.Max(heads[node], heads[dependency]);
            }

            heads[node] += durations[node].Ticks;
            longest = Math.Max(longest, heads[node]);
        }

        return Math.Max(longest, durations.Sum(duration => (double)duration.Ticks) / workers);
    }

    /// <summary>
    /// The simple bound, and for sets of nodes what must be before them, the work in them, and what must be after them. Before
    /// a node comes all that it depends on, which is bounded in the same way.
    /// </summary>
    public static double Tight(DagGraph graph, IReadOnlyList<TimeSpan> durations, int workers)
    {
        LowerBounds bounds = new(durations, workers);
        long[] heads = bounds.Heads(graph.TopologicalOrder.ToArray(), graph.Upstream);
        long[] tails = bounds.Heads([.. graph.TopologicalOrder.ToArray().Reverse()], graph.Downstream);
        long path = Enumerable.Range(0, graph.Count).Max(node => heads[node] + bounds._ticks[node] + tails[node]);
        return Math.Max(Simple(graph, durations, workers), Math.Max(path, bounds.OfSets(heads, tails)));
    }

    /// <summary>
    /// For each node, what it cannot start before: of those of its ancestors that start late, the work, after the earliest start.
    /// </summary>
    private long[] Heads(int[] order, Neighbours dependenciesOf)
    {
        long[] heads = new long[order.Length];
        ulong[][] ancestors = new ulong[order.Length][];
        foreach (int node in order)
        {
            ulong[] set = ancestors[node] = new ulong[(order.Length / 64) + 1];
            foreach (int dependency in dependenciesOf(node))
            {
                for (int i = 0; i < set.Length; i++)
                {
                    set[i] |= ancestors[dependency][i];
                }

                set[dependency / 64] |= 1UL << dependency;
                heads[node] = Math.Max(heads[node], heads[dependency] + _ticks[dependency]);
            }

            int[] byHead = [.. Members(set).OrderBy(member => heads[member])];
            long work = 0;
            for (int i = byHead.Length - 1; i >= 0; i--)
            {
                work += _ticks[byHead[i]];
                heads[node] = Math.Max(heads[node], heads[byHead[i]] + Share(work));
                if (byHead.Length - i >= _workers)
                {
                    // Each worker begins with another one of them.
                    heads[node] = Math.Max(heads[node], Share(work + byHead.AsSpan(i, _workers).ToArray().Sum(first => heads[first])));
                }
            }
        }

        return heads;
    }

    private long OfSets(long[] heads, long[] tails)
    {
        long bound = 0;
        int[] byTail = [.. Enumerable.Range(0, heads.Length).OrderByDescending(node => tails[node])];
        int[] byLength = [.. Enumerable.Range(0, heads.Length).OrderByDescending(node => _ticks[node])];
        long[] someTails = Thresholds(tails);
        foreach (long head in Thresholds(heads))
        {
            bound = Math.Max(bound, OfWork(byTail.Where(node => heads[node] >= head), heads, tails));
            foreach (long tail in someTails)
            {
                int[] set = [.. byLength.Where(node => heads[node] >= head && tails[node] >= tail)];
                bound = Math.Max(bound, set.Length == 0 ? 0 : head + tail + Packing(set));
            }
        }

        return bound;
    }

    // The nodes come with falling tails: those that came before one are the set with tails of at least its own.
    private long OfWork(IEnumerable<int> nodes, long[] heads, long[] tails)
    {
        long bound = 0;
        long work = 0;
        long firstHeads = 0;
        long lastTails = 0;
        PriorityQueue<long, long> first = new();
        Queue<long> last = new();
        foreach (int node in nodes)
        {
            work += _ticks[node];
            first.Enqueue(heads[node], -heads[node]);
            firstHeads += heads[node];
            last.Enqueue(tails[node]);
            lastTails += tails[node];
            if (first.Count > _workers)
            {
                firstHeads -= first.Dequeue();
                lastTails -= last.Dequeue();
            }

            if (first.Count == _workers)
            {
                bound = Math.Max(bound, Share(firstHeads + work + lastTails));
            }
        }

        return bound;
    }

    // Of k times as many nodes as workers, and one, a worker gets k + 1; at least the shortest of them.
    private long Packing(int[] byLength)
    {
        long bound = 0;
        for (int last = 0, count = 1; last < byLength.Length; last += _workers, count++)
        {
            bound = Math.Max(bound, byLength.AsSpan(last + 1 - count, count).ToArray().Sum(node => _ticks[node]));
        }

        return bound;
    }

    private long Share(long work) => (work + _workers - 1) / _workers;

    private static long[] Thresholds(long[] values)
    {
        long[] distinct = [.. values.Distinct().Order()];
        int count = Math.Min(distinct.Length, MostThresholds);
        return [.. Enumerable.Range(0, count).Select(i => distinct[(int)((long)i * distinct.Length / count)])];
    }

    private static IEnumerable<int> Members(ulong[] set)
    {
        for (int i = 0; i < set.Length; i++)
        {
            for (ulong rest = set[i]; rest != 0; rest &= rest - 1)
            {
                yield return (i * 64) + System.Numerics.BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    private delegate ReadOnlySpan<int> Neighbours(int node);
}
