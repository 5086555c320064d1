using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>
/// Plays runs of a graph through in virtual time, as the scheduler would run it: whenever a slot is free, the ready node
/// starts that is first in a given order and whose pool has room. Played backward, a node is ready when all that depend on it are done.
/// </summary>
/// <remarks>Made once for many plays, which allocate nothing. Not safe for several threads.</remarks>
internal sealed class SimulatedRun
{
    private readonly Adjacency _prerequisites;
    private readonly Adjacency _released;
    private readonly int _slots;
    private readonly int[]? _poolOf;
    private readonly int[] _poolLimits;
    private readonly int[] _poolFree;
    private readonly RankQueue[] _parked;
    private readonly RankQueue _ready;
    private readonly int[] _unmet;
    private readonly int[] _rank;
    private readonly int[] _arrivals;
    private readonly Ending[] _running;
    private int _runningCount;
    private int _arrived;
    private bool _isFirstCome;

    /// <summary>Prepares plays of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="throttleLimit">How many nodes run at once at most.</param>
    /// <param name="isBackward">Whether time runs from the leaves to the roots.</param>
    public SimulatedRun(DagGraph graph, int throttleLimit, bool isBackward)
    {
        (_prerequisites, _released) = isBackward ? (graph.Dependents, graph.Dependencies) : (graph.Dependencies, graph.Dependents);
        _slots = Math.Min(throttleLimit, graph.Count);
        (_poolOf, _poolLimits) = Pools(graph);
        _poolFree = new int[_poolLimits.Length];
        _parked = Array.ConvertAll(_poolLimits, _ => new RankQueue(graph.Count));
        _ready = new RankQueue(graph.Count);
        _unmet = new int[graph.Count];
        _rank = new int[graph.Count];
        _arrivals = new int[graph.Count];
        _running = new Ending[_slots];
        StartOrder = new int[graph.Count];
        EndOrder = new int[graph.Count];
    }

    /// <summary>The nodes in the order in which they started in the last play.</summary>
    public int[] StartOrder { get; }

    /// <summary>The nodes in the order in which they ended in the last play.</summary>
    public int[] EndOrder { get; }

    /// <summary>Plays a run.</summary>
    /// <param name="ticks">How long each node takes.</param>
    /// <param name="order">All nodes, the one first that is to start before all others; <see langword="null"/> to start them as they become
    /// ready.</param>
    /// <returns>The makespan.</returns>
    public long Play(long[] ticks, int[]? order)
    {
        Reset(order);
        int[] nodeAt = order ?? _arrivals;
        long now = 0;
        int started = 0;
        int ended = 0;
        while (true)
        {
            while (_runningCount < _slots && TryTake(nodeAt, out int node))
            {
                long end = now > long.MaxValue - ticks[node] ? long.MaxValue : now + ticks[node];
                Push(new Ending(end, started, node));
                StartOrder[started++] = node;
            }

            if (_runningCount == 0)
            {
                return now;
            }

            Ending next = Pop();
            now = next.Time;
            EndOrder[ended++] = next.Node;
            Release(next.Node);
        }
    }

    private void Reset(int[]? order)
    {
        _isFirstCome = order is null;
        _arrived = 0;
        for (int rank = 0; rank < order?.Length; rank++)
        {
            _rank[order[rank]] = rank;
        }

        _poolLimits.CopyTo(_poolFree, 0);
        for (int node = 0; node < _unmet.Length; node++)
        {
            _unmet[node] = _prerequisites[node].Length;
            if (_unmet[node] == 0)
            {
                MakeReady(node);
            }
        }
    }

    private void MakeReady(int node)
    {
        if (_isFirstCome)
        {
            _rank[node] = _arrived;
            _arrivals[_arrived++] = node;
        }

        _ready.Add(_rank[node]);
    }

    // A node whose pool is full is parked with the pool until a place there is free.
    private bool TryTake(int[] nodeAt, out int node)
    {
        while (!_ready.IsEmpty)
        {
            int rank = _ready.Take();
            node = nodeAt[rank];
            if (_poolOf is null || _poolOf[node] < 0)
            {
                return true;
            }

            if (_poolFree[_poolOf[node]] > 0)
            {
                _poolFree[_poolOf[node]]--;
                return true;
            }

            _parked[_poolOf[node]].Add(rank);
        }

        node = -1;
        return false;
    }

    private void Release(int node)
    {
        if (_poolOf is not null && _poolOf[node] is >= 0 and int pool)
        {
            _poolFree[pool]++;
            if (!_parked[pool].IsEmpty)
            {
                _ready.Add(_parked[pool].Take());
            }
        }

        foreach (int next in _released[node])
        {
            if (--_unmet[next] == 0)
            {
                MakeReady(next);
            }
        }
    }

    // What runs is a binary heap, the first to end at its top.
    private void Push(Ending ending)
    {
        int place = _runningCount++;
        while (place > 0 && ending.IsBefore(_running[(place - 1) / 2]))
        {
            _running[place] = _running[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _running[place] = ending;
    }

    private Ending Pop()
    {
        Ending first = _running[0];
        Ending last = _running[--_runningCount];
        int place = 0;
        for (int child = 1; child < _runningCount; child = (2 * place) + 1)
        {
            if (child + 1 < _runningCount && _running[child + 1].IsBefore(_running[child]))
            {
                child++;
            }

            if (!_running[child].IsBefore(last))
            {
                break;
            }

            _running[place] = _running[child];
            place = child;
        }

        _running[place] = last;
        return first;
    }

    private static (int[]? PoolOf, int[] Limits) Pools(DagGraph graph)
    {
        if (graph.PoolLimits.Count == 0)
        {
            return (null, []);
        }

        Dictionary<string, int> numbers = new(StringComparer.OrdinalIgnoreCase);
        List<int> limits = [];
        foreach (var (name, limit) in graph.PoolLimits)
        {
            numbers.Add(name, limits.Count);
            limits.Add(limit);
        }

        int[] poolOf = new int[graph.Count];
        for (int node = 0; node < poolOf.Length; node++)
        {
            poolOf[node] = graph[node].Pool is { } name ? numbers[name] : -1;
        }

        return (poolOf, [.. limits]);
    }

    /// <summary>When a node that runs will end. Of those that end together the one that started first comes first.</summary>
    private readonly record struct Ending(long Time, int Start, int Node)
    {
        public bool IsBefore(in Ending other) => Time < other.Time || (Time == other.Time && Start < other.Start);
    }
}
