using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>
/// Where nodes may run, and the ready ones that wait to: this process, under the throttle limit, and each group of places. All nodes of a
/// pool run in one lane, so lanes have nothing in common and each is a queue and its slots.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>; not safe for several threads.</remarks>
internal sealed class LaneTable
{
    /// <summary>More attempts than this are in no lane at a time, whatever its limit says: the numbers of slots must not run out.</summary>
    private const int WidestLane = 1 << 20;

    private readonly GrowingPlan _plan;
    private readonly WorkTable _work;
    private readonly RunOptions _options;
    private readonly List<Lane> _lanes = [];
    private readonly Dictionary<string, Lane> _byPool = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<PlaceGroup, Lane> _byGroup = [];

    /// <summary>Lanes that may have both a free slot and a node for it.</summary>
    private readonly Queue<Lane> _noted = new();
    private List<PlaceGroup> _wanting = [];
    private Lane? _here;
    private int _nextSlot;

    public LaneTable(GrowingPlan plan, WorkTable work, RunOptions options)
    {
        _plan = plan;
        _work = work;
        _options = options;
        Usual = options.Places is { } places ? Of(places) : Add(group: null, options.ThrottleLimit, options.ThrottleLimit);
        foreach (var (pool, group) in options.PoolPlaces)
        {
            _byPool.Add(pool, Of(group));
        }
    }

    /// <summary>Where nodes run whose pool has no places of its own.</summary>
    private Lane Usual { get; }

    /// <summary>This process, where nodes are asked for the dag that they stand for, wherever the nodes inside run.</summary>
    private Lane Here => Usual.Group is null ? Usual : _here ??= Add(group: null, _options.ThrottleLimit, _options.ThrottleLimit);

    /// <summary>Queues a node or item that is ready.</summary>
    /// <param name="unit">The node or item.</param>
    /// <param name="isStart">Whether an attempt is to start; only a question is to be asked if not.</param>
    public void Add(int unit, bool isStart)
    {
        Lane lane = Of(_work.NodeOf(unit));
        lane.Ready.Add(unit, isStart);
        Mark(lane);
    }

    /// <summary>Takes the best node, or item, of a lane that has a slot for it, and a place in the node's pool.</summary>
    /// <param name="now">The time.</param>
    /// <param name="moves">Gets those that were met and whose pool is full, and those whose pool is not any more.</param>
    /// <param name="unit">The node or item.</param>
    /// <param name="fullTime">When its lane last had no free slot, in UTC ticks.</param>
    public bool TryTake(DateTimeOffset now, PoolMoves moves, out int unit, out long fullTime)
    {
        while (MayGiveMore(now))
        {
            Lane lane = _noted.Peek();
            if (lane.Ready.TryTake(now.UtcTicks, out unit, moves, lane.FullTicks))
            {
                fullTime = lane.FullTicks;
                return true;
            }

            Pass();
        }

        unit = -1;
        fullTime = -1;
        return false;
    }

    /// <summary>Whether a lane has a free slot, and may have a node for it. Notes of those before it that they have none.</summary>
    public bool MayGiveMore(DateTimeOffset now)
    {
        while (_noted.TryPeek(out Lane? lane))
        {
            if (lane.Slots.HasFree)
            {
                return true;
            }

            lane.FullTicks = now.UtcTicks;
            Pass();
        }

        return false;
    }

    /// <summary>The groups in which nodes found no free place since this was asked last.</summary>
    public IReadOnlyList<PlaceGroup> TakeWanting()
    {
        if (_wanting.Count == 0)
        {
            return [];
        }

        List<PlaceGroup> wanting = _wanting;
        _wanting = [];
        return wanting;
    }

    /// <summary>Puts an attempt, whose node was taken, into a slot.</summary>
    public void Put(NodeAttempt attempt) => Of(attempt.Index).Slots.Take(attempt);

    /// <summary>Takes an attempt out of its slot, and its node out of its pool.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="next">A node for which there is a place in the pool now; null if there is none.</param>
    public NodeAttempt Free(int slot, out int? next)
    {
        Lane lane = LaneOf(slot);
        NodeAttempt attempt = lane.Slots.Free(slot);
        next = lane.Ready.Release(attempt.Index);
        Mark(lane);
        return attempt;
    }

    /// <summary>An attempt that has its slot begins: from now on its pool's rate counts it.</summary>
    /// <param name="slot">Its slot. An attempt may have been given up before it began.</param>
    /// <param name="now">The time.</param>
    public void Begin(int slot, DateTimeOffset now)
    {
        if (LaneOf(slot).Slots.AttemptOrNull(slot) is { } attempt)
        {
            Begin(attempt, now);
        }
    }

    /// <inheritdoc cref="Begin(int, DateTimeOffset)"/>
    public void Begin(NodeAttempt attempt, DateTimeOffset now)
    {
        if (attempt is { IsInquiry: false, RateTicks: 0 })
        {
            attempt.RateTicks = now.UtcTicks;
            Of(attempt.Index).Ready.Begin(attempt.Index, now.UtcTicks);
        }
    }

    /// <summary>An attempt that had its slot was none: its pool's rate does not count it.</summary>
    public void TakeBackStart(NodeAttempt attempt)
    {
        Lane lane = Of(attempt.Index);
        lane.Ready.TakeBackStart(attempt.Index, attempt.RateTicks);
        attempt.RateTicks = -1;
        Mark(lane);
    }

    /// <summary>When the next node that waits for its pool's rate may start; null if none does.</summary>
    public DateTimeOffset? NextStart(DateTimeOffset now) =>
        _lanes.Min(lane => lane.Ready.NextStart(now.UtcTicks)) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>It is time for nodes that waited for their pool's rate.</summary>
    public void LookAgain() => _lanes.ForEach(Mark);

    /// <summary>Drops the nodes that are not to start any more.</summary>
    public void RemoveWhere(Predicate<int> match)
    {
        foreach (Lane lane in _lanes)
        {
            lane.Ready.RemoveWhere(match);
            Mark(lane);
        }
    }

    /// <summary>Pools may have lower limits than before.</summary>
    public void Narrow() => _lanes.ForEach(lane => lane.Ready.Narrow());

    /// <summary>The attempt in a slot that is taken.</summary>
    public NodeAttempt AttemptIn(int slot) => LaneOf(slot).Slots.AttemptIn(slot);

    public List<NodeAttempt> Running() => [.. _lanes.SelectMany(lane => lane.Slots.Running())];

    public NodeAttempt? AttemptOf(int unit) => Of(_work.NodeOf(unit)).Slots.AttemptOf(unit);

    /// <summary>Sets how many places a group has, which is never more than its limit nor less than none.</summary>
    public void ChangePlaces(PlaceGroup group, Func<int, int> change)
    {
        if (LaneOf(group) is { HasEnded: false } lane)
        {
            lane.Slots.Limit = Math.Clamp(change(lane.Slots.Limit), 0, group.Limit);
            Mark(lane);
        }
    }

    /// <summary>Has a group hand out all its nodes, as if each had a place: no place is left, and none will come.</summary>
    public void EndPlaces(PlaceGroup group)
    {
        ChangePlaces(group, static _ => int.MaxValue);
        if (LaneOf(group) is { } lane)
        {
            lane.HasEnded = true;
        }
    }

    /// <summary>Takes back a place that nothing runs in.</summary>
    public bool TryTakePlace(PlaceGroup group)
    {
        if (LaneOf(group) is not { Slots.HasFree: true, HasEnded: false } lane)
        {
            return false;
        }

        lane.Slots.Limit--;
        return true;
    }

    /// <summary>How many ready nodes and items of a group wait for a place.</summary>
    public int NodesWithoutPlace(PlaceGroup group) => LaneOf(group) is { } lane
        ? lane.Ready.Count + _work.Mapped.Where(items => Of(items.NodeIndex) == lane).Sum(items => items.Unqueued)
        : 0;

    /// <summary>Whether there are any. Asked at the end of each attempt in a place.</summary>
    public bool HasNodesWithoutPlace(PlaceGroup group) => LaneOf(group)?.Ready.Count > 0 || NodesWithoutPlace(group) > 0;

    /// <summary>The first lane that was noted has nothing to give now.</summary>
    private void Pass()
    {
        Lane lane = _noted.Dequeue();
        lane.IsNoted = false;
        if (lane.IsWanting)
        {
            _wanting.Add(lane.Group!);
        }
    }

    private void Mark(Lane lane)
    {
        if (!lane.IsNoted)
        {
            lane.IsNoted = true;
            _noted.Enqueue(lane);
        }
    }

    private Lane Of(int node)
    {
        if (_byGroup.Count == 0)
        {
            return Usual;
        }

        Node of = _plan.Graph[node];
        return of.ExpandsAtTurn ? Here
            : of.Pool is { } pool && _byPool.TryGetValue(pool, out Lane? lane) ? lane
            : Usual;
    }

    private Lane Of(PlaceGroup group) =>
        _byGroup.TryGetValue(group, out Lane? lane) ? lane : _byGroup[group] = Add(group, limit: 0, group.Limit);

    private Lane Add(PlaceGroup? group, int limit, int width)
    {
        Lane lane = new(_plan, _work, _options, group, _nextSlot, limit);
        _lanes.Add(lane);
        _nextSlot += Math.Min(width, WidestLane);
        return lane;
    }

    private Lane? LaneOf(PlaceGroup group) => _byGroup.GetValueOrDefault(group);

    private Lane LaneOf(int slot)
    {
        int low = 0;
        for (int high = _lanes.Count - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _lanes[middle].Slots.First <= slot ? (middle, high) : (low, middle - 1);
        }

        return _lanes[low];
    }
}
