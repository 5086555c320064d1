using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>
/// The ready nodes and items, best start rank first, of which only such are given out as their pool has room for. One met while
/// its pool is full, or has had as many starts as its rate allows, is parked with the pool, as Ninja delays an edge, and comes back when
/// a place in the pool is free and it is time.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>; not safe for several threads.</remarks>
internal sealed class ReadyQueue
{
    private readonly GrowingPlan _plan;
    private readonly WorkTable _work;
    private readonly Dictionary<string, PoolPlaces> _pools = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyDictionary<string, IReadOnlyList<PoolRate>> _rates;

    /// <summary>The pools that have rates.</summary>
    private readonly List<PoolPlaces> _rated = [];

    /// <summary>Queued nodes and items whose next grant is no start: only a question is asked.</summary>
    private readonly HashSet<int> _asking = [];
    private PriorityQueue<int, StartKey> _ready = new();

    public ReadyQueue(GrowingPlan plan, WorkTable work, IReadOnlyDictionary<string, IReadOnlyList<PoolRate>> rates)
    {
        _plan = plan;
        _work = work;
        _rates = rates;
    }

    /// <summary>How many are queued, but for those that are parked with their pool.</summary>
    public int Count => _ready.Count;

    /// <summary>Adds a node or an item; of the items of one node the first goes first.</summary>
    /// <param name="unit">The node or item.</param>
    /// <param name="isStart">Whether an attempt is to start, which its pool's rate counts.</param>
    public void Add(int unit, bool isStart)
    {
        if (!isStart && _rates.Count > 0)
        {
            _asking.Add(unit);
        }

        _ready.Enqueue(unit, _plan.KeyOf(_work.NodeOf(unit)).Of(_work.ItemOf(unit)));
    }

    /// <summary>Takes the best one whose pool has room, and a place in that pool.</summary>
    /// <param name="now">The time, in UTC ticks.</param>
    /// <param name="unit">The node or item.</param>
    /// <param name="moves">Gets those that were met before it, and whose pool is full, and those whose pool is not any more.</param>
    /// <param name="fullTime">When the lane last had no free slot.</param>
    public bool TryTake(long now, out int unit, PoolMoves moves, long fullTime)
    {
        Unpark(now, moves);
        while (_ready.TryDequeue(out unit, out StartKey key))
        {
            if (PoolOf(_work.NodeOf(unit)) is not { } pool)
            {
                return true;
            }

            bool isStart = !_asking.Contains(unit);
            if (pool.Free > 0 && (!isStart || pool.IsOpen(now)))
            {
                pool.Free--;
                pool.Add(isStart);
                _asking.Remove(unit);
                return true;
            }

            pool.Parked.Enqueue(unit, key);
            moves.Parked.Add((unit, fullTime));
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
            if (pool.Parked.TryDequeue(out int parked, out StartKey key))
            {
                _ready.Enqueue(parked, key);
                return parked;
            }
        }

        return null;
    }

    /// <summary>An attempt whose node was taken begins.</summary>
    public void Begin(int node, long now) => PoolOf(node)?.Begin(now);

    /// <summary>An attempt that took a start of its pool's rate was none.</summary>
    /// <param name="node">Its node.</param>
    /// <param name="time">When it had begun; 0 if it had not.</param>
    public void TakeBackStart(int node, long time) => PoolOf(node)?.Remove(time);

    /// <summary>When the next node that waits for a rate may start; null if none does.</summary>
    public long? NextStart(long now)
    {
        long? next = null;
        foreach (PoolPlaces pool in _rated)
        {
            // Where its rate lets it start, it waits for a slot.
            if (pool is { Free: > 0, Parked.Count: > 0 } && !pool.IsOpen(now) && pool.OpensAt(now) is { } opens)
            {
                next = next < opens ? next : opens;
            }
        }

        return next;
    }

    /// <summary>Queues one of each pool whose rate lets one start again.</summary>
    private void Unpark(long now, PoolMoves moves)
    {
        foreach (PoolPlaces pool in _rated)
        {
            if (pool.Free > 0 && pool.IsOpen(now) && pool.Parked.TryDequeue(out int parked, out StartKey key))
            {
                _ready.Enqueue(parked, key);
                moves.Unparked.Add(parked);
            }
        }
    }

    /// <summary>Drops what is not to start any more.</summary>
    public void RemoveWhere(Predicate<int> match)
    {
        // What is parked goes back too: the one that was to come for a free place may be among those dropped.
        IEnumerable<(int Element, StartKey Priority)> all = _ready.UnorderedItems;
        foreach (PoolPlaces pool in _pools.Values)
        {
            all = all.Concat(pool.Parked.UnorderedItems);
        }

        _ready = new PriorityQueue<int, StartKey>(all.Where(item => !match(item.Element)).ToList());
        foreach (PoolPlaces pool in _pools.Values)
        {
            pool.Parked.Clear();
        }
    }

    /// <summary>Pools may have lower limits than before. What is under way goes on.</summary>
    public void Narrow()
    {
        foreach (var (name, pool) in _pools)
        {
            pool.SetLimit(_plan.Graph.PoolLimits[name]);
        }
    }

    private PoolPlaces? PoolOf(int node)
    {
        if (!_plan.Graph.Has(node, NodeTraits.Pool))
        {
            return null;
        }

        string name = _plan.Graph[node].Pool!;
        if (!_pools.TryGetValue(name, out PoolPlaces? pool))
        {
            pool = new PoolPlaces(_rates.GetValueOrDefault(name, []));
            pool.SetLimit(_plan.Graph.PoolLimits[name]);
            _pools.Add(name, pool);
            if (pool.HasRates)
            {
                _rated.Add(pool);
            }
        }

        return pool;
    }

    private sealed class PoolPlaces(IReadOnlyList<PoolRate> rates)
    {
        private readonly RateWindow[] _windows = [.. rates.Select(rate => new RateWindow(rate))];

        private int _limit;

        public bool HasRates => _windows.Length > 0;

        public int Free { get; set; }

        public PriorityQueue<int, StartKey> Parked { get; } = new();

        public void SetLimit(int limit)
        {
            Free += limit - _limit;
            _limit = limit;
        }

        public bool IsOpen(long now) => Array.TrueForAll(_windows, window => window.IsOpen(now));

        public long? OpensAt(long now)
        {
            long?[] times = [.. _windows.Where(window => !window.IsOpen(now)).Select(window => window.OpensAt())];
            return Array.TrueForAll(times, time => time is not null) ? times.Max() : null;
        }

        public void Add(bool isStart)
        {
            foreach (RateWindow window in isStart ? _windows : [])
            {
                window.Add();
            }
        }

        public void Begin(long time)
        {
            foreach (RateWindow window in _windows)
            {
                window.Begin(time);
            }
        }

        public void Remove(long time)
        {
            foreach (RateWindow window in _windows)
            {
                window.Remove(time);
            }
        }
    }
}
