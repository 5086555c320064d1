using DagShell.Engine.Planning;

namespace DagShell.Engine.Running;

/// <summary>
/// The ready nodes and items, best start rank first, of which only such are given out as their pool has room for. One met while
/// its pool is full is parked with the pool, as Ninja delays an edge, and comes back when a place in the pool is free.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>; not safe for several threads.</remarks>
internal sealed class ReadyQueue
{
    private readonly DagPlan _plan;
    private readonly WorkTable _work;
    private readonly Dictionary<string, PoolPlaces> _pools = new(StringComparer.OrdinalIgnoreCase);
    private PriorityQueue<int, long> _ready = new();

    public ReadyQueue(DagPlan plan, WorkTable work)
    {
        _plan = plan;
        _work = work;
    }

    /// <summary>How many are queued, but for those that are parked with their pool.</summary>
    public int Count => _ready.Count;

    /// <summary>Adds a node or an item; of the items of one node the first goes first.</summary>
    public void Add(int unit) => _ready.Enqueue(unit, ((long)_plan.StartRank(_work.NodeOf(unit)) << 32) + _work.ItemOf(unit));

    /// <summary>Takes the best one whose pool has room, and a place in that pool.</summary>
    /// <param name="unit">The node or item.</param>
    /// <param name="parked">Gets those that were met before it, and whose pool is full, with what follows.</param>
    /// <param name="fullTime">When the lane last had no free slot.</param>
    public bool TryTake(out int unit, List<(int Unit, long FullTime)> parked, long fullTime)
    {
        while (_ready.TryDequeue(out unit, out long rank))
        {
            if (PoolOf(_work.NodeOf(unit)) is not { } pool)
            {
                return true;
            }

            if (pool.Free > 0)
            {
                pool.Free--;
                return true;
            }

            pool.Parked.Enqueue(unit, rank);
            parked.Add((unit, fullTime));
        }

        return false;
    }

    /// <summary>Gives back the place in its pool that a node, or an item of it, took.</summary>
    /// <returns>What was parked and may have it; null if there is none.</returns>
    public int? Release(int node)
    {
        if (PoolOf(node) is { } pool)
        {
            pool.Free++;
            if (pool.Parked.TryDequeue(out int parked, out long rank))
            {
                _ready.Enqueue(parked, rank);
                return parked;
            }
        }

        return null;
    }

    /// <summary>Drops what is not to start any more.</summary>
    public void RemoveWhere(Predicate<int> match)
    {
        // What is parked goes back too: the one that was to come for a free place may be among those dropped.
        IEnumerable<(int Element, long Priority)> all = _ready.UnorderedItems;
        foreach (PoolPlaces pool in _pools.Values)
        {
            all = all.Concat(pool.Parked.UnorderedItems);
        }

        _ready = new PriorityQueue<int, long>(all.Where(item => !match(item.Element)).ToList());
        foreach (PoolPlaces pool in _pools.Values)
        {
            pool.Parked.Clear();
        }
    }

    private PoolPlaces? PoolOf(int node)
    {
        if (_plan.Graph[node].Pool is not { } name)
        {
            return null;
        }

        if (!_pools.TryGetValue(name, out PoolPlaces? pool))
        {
            pool = new PoolPlaces { Free = _plan.Graph.PoolLimits[name] };
            _pools.Add(name, pool);
        }

        return pool;
    }

    private sealed class PoolPlaces
    {
        public int Free { get; set; }

        public PriorityQueue<int, long> Parked { get; } = new();
    }
}
