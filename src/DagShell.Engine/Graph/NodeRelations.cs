namespace DagShell.Engine.Graph;

/// <summary>
/// What nodes are to each other besides dependency and dependent: clean-up, and fallback. Of a graph that has neither, nothing is kept but
/// what it has anyway.
/// </summary>
internal sealed class NodeRelations
{
    private const int None = -1;

    private readonly Adjacency? _cleanUpOf;
    private readonly Adjacency? _cleanUps;
    private readonly Adjacency? _alsoAwaited;
    private readonly Adjacency? _alsoAwaiting;
    private readonly int[]? _fallbackFor;
    private readonly int[]? _fallback;

    private NodeRelations(Adjacency awaited, Adjacency awaiting)
    {
        Awaited = awaited;
        Awaiting = awaiting;
    }

    /// <param name="awaited">All that each node waits for: its dependencies first.</param>
    /// <param name="alsoAwaited">Of that, what is no dependency.</param>
    /// <param name="cleanUpOf">What each node cleans up after.</param>
    /// <param name="fallbackFor">What each node is the fallback for; -1 for nothing.</param>
    public NodeRelations(Adjacency awaited, Adjacency alsoAwaited, Adjacency cleanUpOf, int[] fallbackFor)
        : this(awaited, awaited.Reverse())
    {
        _alsoAwaited = alsoAwaited;
        _alsoAwaiting = alsoAwaited.Reverse();
        _cleanUpOf = cleanUpOf;
        _cleanUps = cleanUpOf.Reverse();
        _fallbackFor = fallbackFor;
        _fallback = new int[fallbackFor.Length];
        Array.Fill(_fallback, None);
        for (int node = 0; node < fallbackFor.Length; node++)
        {
            if (fallbackFor[node] != None)
            {
                _fallback[fallbackFor[node]] = node;
            }
        }
    }

    private NodeRelations(NodeRelations other, int by)
        : this(other.Awaited.Shifted(by), other.Awaiting.Shifted(by))
    {
        _alsoAwaited = other._alsoAwaited?.Shifted(by);
        _alsoAwaiting = other._alsoAwaiting?.Shifted(by);
        _cleanUpOf = other._cleanUpOf?.Shifted(by);
        _cleanUps = other._cleanUps?.Shifted(by);
        _fallbackFor = Shift(other._fallbackFor, by);
        _fallback = Shift(other._fallback, by);
    }

    /// <summary>Whether there is any clean-up or fallback.</summary>
    public bool IsEmpty => _fallbackFor is null;

    /// <summary>All that each node waits for.</summary>
    public Adjacency Awaited { get; }

    /// <summary>All that wait for each node.</summary>
    public Adjacency Awaiting { get; }

    /// <summary>Those of a graph without clean-up and fallbacks: nodes wait for their dependencies.</summary>
    public static NodeRelations Plain(Adjacency upstream, Adjacency downstream) => new(upstream, downstream);

    /// <summary>What a node waits for and does not depend on.</summary>
    public ReadOnlySpan<int> AlsoAwaited(int node) => Row(_alsoAwaited, node);

    /// <summary>Those that wait for a node and do not depend on it.</summary>
    public ReadOnlySpan<int> AlsoAwaiting(int node) => Row(_alsoAwaiting, node);

    /// <summary>What a node cleans up after.</summary>
    public ReadOnlySpan<int> CleanUpOf(int node) => Row(_cleanUpOf, node);

    /// <summary>Those that clean up after a node.</summary>
    public ReadOnlySpan<int> CleanUps(int node) => Row(_cleanUps, node);

    /// <summary>What a node is the fallback for; -1 for nothing.</summary>
    public int FallbackFor(int node) => _fallbackFor is null ? None : _fallbackFor[node];

    /// <summary>The fallback for a node; -1 if there is none.</summary>
    public int Fallback(int node) => _fallback is null ? None : _fallback[node];

    /// <summary>The same, where each node has a number that is higher by so much.</summary>
    public NodeRelations Shifted(int by) => IsEmpty
        ? Plain(Awaited.Shifted(by), Awaiting.Shifted(by))
        : new NodeRelations(this, by);

    /// <summary>Those of a part of the graph.</summary>
    /// <param name="isNeeded">Whether a node is in it.</param>
    /// <param name="newIndex">The index in the part of each node that is.</param>
    /// <param name="upstream">The dependencies in the part.</param>
    /// <param name="downstream">The dependents in the part.</param>
    public NodeRelations Part(bool[] isNeeded, int[] newIndex, Adjacency upstream, Adjacency downstream)
    {
        if (IsEmpty)
        {
            return Plain(upstream, downstream);
        }

        int[] fallbackFor = new int[upstream.NodeCount];
        for (int node = 0; node < isNeeded.Length; node++)
        {
            if (isNeeded[node])
            {
                int other = _fallbackFor![node];
                fallbackFor[newIndex[node]] = other != None && isNeeded[other] ? newIndex[other] : None;
            }
        }

        return new NodeRelations(
            Awaited.Part(isNeeded, newIndex), _alsoAwaited!.Value.Part(isNeeded, newIndex), _cleanUpOf!.Value.Part(isNeeded, newIndex),
            fallbackFor);
    }

    private static int[]? Shift(int[]? nodes, int by) =>
        nodes is null ? null : Array.ConvertAll(nodes, node => node == None ? None : by + node);

    private static ReadOnlySpan<int> Row(Adjacency? rows, int node) => rows is { } some ? some[node] : [];
}
