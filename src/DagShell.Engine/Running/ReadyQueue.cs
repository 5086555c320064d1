using DagShell.Engine.Planning;

namespace DagShell.Engine.Running;

/// <summary>
/// The ready nodes, best start rank first, of which only such are given out as their pool has room for. A node met while
/// its pool is full is parked with the pool, as Ninja delays an edge, and comes back when a place in the pool is free.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>; not safe for several threads.</remarks>
internal sealed class ReadyQueue
{
    private readonly DagPlan _plan;
    private readonly Dictionary<string, PoolPlaces> _pools = new(StringComparer.OrdinalIgnoreCase);
    private PriorityQueue<int, int> _ready = new();

    public ReadyQueue(DagPlan plan) => _plan = plan;

    /// <summary>How many nodes are queued, but for those that are parked with their pool.</summary>
    public int Count => _ready.Count;

    public void Add(int node) => _ready.Enqueue(node, _plan.StartRank(node));

    /// <summary>Takes the best node whose pool has room, and a place in that pool.</summary>
    public bool TryTake(out int node)
    {
        while (_ready.TryDequeue(out node, out int rank))
        {
            if (PoolOf(node) is not { } pool)
            {
                return true;
            }

            if (pool.Free > 0)
            {
                pool.Free--;
                return true;
            }

            pool.Parked.Enqueue(node, rank);
        }

        return false;
    }

    /// <summary>Gives back the place in its pool that a node took.</summary>
    public void Release(int node)
    {
        if (PoolOf(node) is { } pool)
        {
            pool.Free++;
            if (pool.Parked.TryDequeue(out int parked, out int rank))
            {
                _ready.Enqueue(parked, rank);
            }
        }
    }

    /// <summary>Drops the nodes that are not to start any more.</summary>
    public void RemoveWhere(Predicate<int> match)
    {
        // Parked nodes go back too: the one that was to come for a free place may be among those dropped.
        IEnumerable<(int Element, int Priority)> all = _ready.UnorderedItems;
        foreach (PoolPlaces pool in _pools.Values)
        {
            all = all.Concat(pool.Parked.UnorderedItems);
        }

        _ready = new PriorityQueue<int, int>(all.Where(item => !match(item.Element)).ToList());
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

        public PriorityQueue<int, int> Parked { get; } = new();
    }
}
