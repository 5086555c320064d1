using System.Diagnostics.CodeAnalysis;

namespace DagShell.Engine.Graph;

/// <summary>
/// A valid dag: nodes that each come after what they depend on, and no cycle. Nodes are spoken of by their index, the
/// order of definition.
/// </summary>
/// <remarks>Immutable; may be read from any thread.</remarks>
public sealed class DagGraph
{
    private readonly GraphParts _parts;

    /// <summary>What it began with; the rest was added.</summary>
    private readonly GraphPiece _start;
    private readonly AddedDags? _added;

    /// <summary>The order of all nodes, where some were added, once somebody has asked for it.</summary>
    private int[]? _order;

    private DagGraph(GraphParts parts)
    {
        _parts = parts;
        _start = new GraphPiece(parts);
        Count = parts.Nodes.Length;
        EdgeCount = parts.Upstream.EdgeCount;
        HasRelations = !parts.Relations.IsEmpty;
        IsNested = parts.Outer is not null;
        PoolLimits = parts.PoolLimits;
    }

    /// <summary>A graph and a dag that is added to it.</summary>
    private DagGraph(DagGraph graph, AddedDags added, DagGraph inner)
    {
        _parts = graph._parts;
        _start = graph._start;
        _added = added;
        Count = graph.Count + inner.Count;
        EdgeCount = graph.EdgeCount + inner.EdgeCount;
        HasRelations = graph.HasRelations || inner.HasRelations;
        IsNested = true;
        PoolLimits = Lower(graph.PoolLimits, inner.PoolLimits);
    }

    /// <summary>The number of nodes; at least one.</summary>
    public int Count { get; }

    /// <summary>The number of edges; one that was given several times counts once.</summary>
    public int EdgeCount { get; }

    /// <summary>All nodes, each after everything it waits for.</summary>
    public ReadOnlySpan<int> TopologicalOrder => _added is null ? _start.TopologicalOrder : _order ??= OrderOfAll();

    /// <summary>How many attempts of each pool may run at once. Case makes no difference in the names.</summary>
    public IReadOnlyDictionary<string, int> PoolLimits { get; }

    /// <summary>Whether some node is clean-up of others or a fallback.</summary>
    internal bool HasRelations { get; }

    /// <summary>All that every node waits for, of a graph to which nothing was added.</summary>
    internal Adjacency Dependencies => Whole.Relations.Awaited;

    /// <summary>All that wait for every node, of a graph to which nothing was added.</summary>
    internal Adjacency Dependents => Whole.Relations.Awaiting;

    private GraphParts Whole => _added is null ? _parts : throw new InvalidOperationException("Something was added to the graph.");

    /// <summary>A node.</summary>
    /// <param name="index">Its place in the order of definition.</param>
    public Node this[int index] => PieceOf(index)[index];

    /// <summary>Makes a graph, if it is a valid dag.</summary>
    /// <param name="nodes">The nodes, in the order of definition.</param>
    /// <param name="edges">Edges besides those that <see cref="Node.DependsOn"/> gives.</param>
    /// <param name="poolLimits">How many attempts of each pool may run at once.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="problems">Everything that is wrong with it, found in one go; empty for a valid dag.</param>
    /// <returns><see langword="true"/> if it is a valid dag.</returns>
    public static bool TryCreate(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<Edge> edges,
        IReadOnlyDictionary<string, int> poolLimits,
        [NotNullWhen(true)] out DagGraph? graph,
        out IReadOnlyList<GraphProblem> problems) =>
        TryCreate(nodes, edges, poolLimits, new Dictionary<Node, DagGraph>(), out graph, out problems);

    /// <summary>Makes a graph in which nodes stand for dags, if it is a valid dag.</summary>
    /// <param name="nodes">The nodes, in the order of definition.</param>
    /// <param name="edges">Edges besides those that <see cref="Node.DependsOn"/> gives.</param>
    /// <param name="poolLimits">How many attempts of each pool may run at once.</param>
    /// <param name="inner">The dags that nodes stand for, whose nodes are <see cref="Node.InsideOf"/> those.</param>
    /// <param name="graph">The graph; what is inside of a node comes right behind it.</param>
    /// <param name="problems">Everything that is wrong with it, found in one go; empty for a valid dag.</param>
    /// <returns><see langword="true"/> if it is a valid dag.</returns>
    public static bool TryCreate(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<Edge> edges,
        IReadOnlyDictionary<string, int> poolLimits,
        IReadOnlyDictionary<Node, DagGraph> inner,
        [NotNullWhen(true)] out DagGraph? graph,
        out IReadOnlyList<GraphProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(inner);
        GraphParts? parts = GraphBuilder.Build(
            nodes, edges, poolLimits, inner.ToDictionary(node => node.Key, node => node.Value._parts), out problems);
        graph = parts is null ? null : new DagGraph(parts);
        return graph is not null;
    }

    /// <summary>Makes a graph.</summary>
    /// <param name="nodes">The nodes, in the order of definition.</param>
    /// <param name="edges">Edges besides those that <see cref="Node.DependsOn"/> gives.</param>
    /// <param name="poolLimits">How many attempts of each pool may run at once.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="InvalidDagException">It is not a valid dag; the exception has every problem.</exception>
    public static DagGraph Create(IReadOnlyList<Node> nodes, IReadOnlyList<Edge> edges, IReadOnlyDictionary<string, int> poolLimits) =>
        Create(nodes, edges, poolLimits, new Dictionary<Node, DagGraph>());

    /// <summary>Makes a graph in which nodes stand for dags.</summary>
    /// <param name="nodes">The nodes, in the order of definition.</param>
    /// <param name="edges">Edges besides those that <see cref="Node.DependsOn"/> gives.</param>
    /// <param name="poolLimits">How many attempts of each pool may run at once.</param>
    /// <param name="inner">The dags that nodes stand for, whose nodes are <see cref="Node.InsideOf"/> those.</param>
    /// <returns>The graph; what is inside of a node comes right behind it.</returns>
    /// <exception cref="InvalidDagException">It is not a valid dag; the exception has every problem.</exception>
    public static DagGraph Create(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<Edge> edges,
        IReadOnlyDictionary<string, int> poolLimits,
        IReadOnlyDictionary<Node, DagGraph> inner) =>
        TryCreate(nodes, edges, poolLimits, inner, out DagGraph? graph, out IReadOnlyList<GraphProblem> problems)
            ? graph
            : throw new InvalidDagException(problems);

    /// <summary>All edges of nodes that may not make a valid dag yet, each once: those that the nodes name, then the others.</summary>
    /// <param name="nodes">The nodes, in the order of definition.</param>
    /// <param name="edges">Edges besides those that the nodes name.</param>
    /// <returns>
    /// The edges, patterns by what they fit. A name that no node has, and a pattern that fits nothing, stands there as it is.
    /// </returns>
    public static IReadOnlyList<Edge> EdgesOf(IReadOnlyList<Node> nodes, IEnumerable<Edge> edges)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(edges);
        NodeNames names = new(nodes);
        HashSet<(string From, string To)> seen = [];
        return nodes.SelectMany(node => node.DependsOn.Concat(node.CleanUpOf).Select(dependency => new Edge(dependency, node.Name)))
            .Concat(edges)
            .SelectMany(names.EdgesOf)
            .Where(edge => seen.Add((edge.From.ToUpperInvariant(), edge.To.ToUpperInvariant())))
            .ToArray();
    }

    /// <summary>Looks a node up by its name.</summary>
    /// <param name="name">The name; case makes no difference.</param>
    /// <param name="index">The node's index.</param>
    /// <returns><see langword="true"/> if there is such a node.</returns>
    public bool TryGetIndex(string name, out int index)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _parts.IndexByName.TryGetValue(name, out index)
            || (_added is not null && _added.TryGetIndex(name, out index) && index < Count);
    }

    /// <summary>The nodes that a node depends on: those it names, then those that edges add, each once.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes.</returns>
    public ReadOnlySpan<int> Upstream(int node) => PieceOf(node).Upstream(node);

    /// <summary>The nodes that depend on a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes, ascending.</returns>
    public ReadOnlySpan<int> Downstream(int node) => PieceOf(node).Downstream(node);

    /// <summary>
    /// All that must be in a final state before a node may start: its <see cref="Upstream"/>, what it is the fallback for, the fallbacks
    /// for its dependencies, and, of clean-up, all that depends on what it cleans up after, with the clean-up of that.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes, those of <see cref="Upstream"/> first.</returns>
    public ReadOnlySpan<int> Awaited(int node) => PieceOf(node).Awaited(node);

    /// <summary>The nodes for which a node is among the <see cref="Awaited"/>.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes.</returns>
    public ReadOnlySpan<int> Awaiting(int node) => PieceOf(node).Awaiting(node);

    /// <summary>The nodes that a node cleans up after; they are among its <see cref="Upstream"/>.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes; none of a node that is no such clean-up.</returns>
    public ReadOnlySpan<int> CleanUpOf(int node) => PieceOf(node).CleanUpOf(node);

    /// <summary>The nodes that clean up after a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes.</returns>
    public ReadOnlySpan<int> CleanUps(int node) => PieceOf(node).CleanUps(node);

    /// <summary>The node that a node is the fallback for.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Its index; -1 if it is no fallback.</returns>
    public int FallbackFor(int node) => PieceOf(node).FallbackFor(node);

    /// <summary>The fallback for a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Its index; -1 if there is none.</returns>
    public int Fallback(int node) => PieceOf(node).Fallback(node);

    /// <summary>
    /// Whether a node is clean-up or notification, which a run that is cut short still starts: by its rule, as the clean-up of others, or
    /// because all it depends on is.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if it is.</returns>
    public bool IsCleanUp(int node) => Has(node, NodeTraits.CleanUp);

    /// <summary>
    /// Whether a node's failure does no harm: by its own <see cref="Node.ContinueOnError"/>, or that of what it is the fallback for.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool IsTolerated(int node)
    {
        for (int other = node; other >= 0; other = FallbackFor(other))
        {
            if (this[other].ContinueOnError)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some node stands for a dag.</summary>
    public bool IsNested { get; }

    /// <summary>Whether a node stands for a dag, whose nodes are inside of it.</summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if it does.</returns>
    public bool IsDag(int node) => Has(node, NodeTraits.Dag);

    /// <summary>The node that stands for the dag that a node is of.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Its index; -1 if the node is of the dag as a whole.</returns>
    public int Outer(int node) => IsNested ? PieceOf(node).Outer(node) : -1;

    /// <summary>
    /// How many nodes are inside of one, also of dags in its dag: those that come right behind it. Those of a dag that was added later
    /// stand elsewhere, and do not count for the dags around it.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns>The number; 0 of a node that stands for no dag.</returns>
    public int CountInside(int node) => _added?.OfDag(node, Count)?.Count ?? PieceOf(node).CountInside(node);

    /// <summary>The nodes of a node's dag, without those of dags in it.</summary>
    /// <param name="dag">The node.</param>
    /// <returns>Their indexes, ascending.</returns>
    public IEnumerable<int> Inside(int dag)
    {
        int first = _added?.OfDag(dag, Count)?.First ?? dag + 1;
        int end = first + CountInside(dag);
        for (int node = first; node < end; node += 1 + PieceOf(node).CountInside(node))
        {
            yield return node;
        }
    }

    /// <summary>
    /// The same graph, and behind its nodes those of the dag that one of them stands for, which was not known before. Indexes stay what
    /// they are; what comes after that node waits for it alone, and so must not start before it has ended.
    /// </summary>
    /// <param name="dag">The node.</param>
    /// <param name="inner">The dag, whose nodes are <see cref="Node.InsideOf"/> that node, with names that are not there yet.</param>
    /// <returns>Another graph.</returns>
    internal DagGraph With(int dag, DagGraph inner)
    {
        // Who adds to a graph that has been added to already goes another way.
        AddedDags added = _added ?? new AddedDags(_start);
        added = added.Count == Count ? added : added.Until(Count);
        added.Add(dag, GraphPiece.Added(inner._parts, Count, dag, IsCleanUp(dag)));
        return new DagGraph(this, added, inner);
    }

    /// <summary>
    /// The same graph with each dag that was added right behind the node that stands for it, as if it had been known from the start.
    /// </summary>
    /// <param name="nodes">For each place in the graph that is returned the index in this one.</param>
    /// <returns>This graph, if nothing was added.</returns>
    public DagGraph InOrder(out IReadOnlyList<int> nodes)
    {
        if (_added is null)
        {
            nodes = [.. Enumerable.Range(0, Count)];
            return this;
        }

        List<int> order = new(Count);
        GraphParts parts = _added.InOrder(Count, order) with { PoolLimits = PoolLimits };
        nodes = order;
        return new DagGraph(parts);
    }

    /// <summary>
    /// Whether a node's failure does no harm to the run by itself: it may fail, or a node that it is inside of may, or has a fallback,
    /// which is decided later.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool IsOverlooked(int node)
    {
        if (IsTolerated(node))
        {
            return true;
        }

        for (int outer = Outer(node); outer >= 0; outer = Outer(outer))
        {
            if (IsTolerated(outer) || Fallback(outer) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether what a node of a dag gives out is that dag's: nothing depends on it but clean-up, and it is neither that nor a fallback.
    /// </summary>
    internal bool IsResult(int node)
    {
        foreach (int dependent in Downstream(node))
        {
            if (CleanUpOf(dependent).IsEmpty)
            {
                return false;
            }
        }

        return CleanUpOf(node).IsEmpty && FallbackFor(node) < 0;
    }

    /// <summary>What a node is and has that few are and have.</summary>
    internal NodeTraits TraitsOf(int node) => PieceOf(node).TraitsOf(node);

    /// <summary>Whether a node is, or has, such a thing.</summary>
    internal bool Has(int node, NodeTraits trait) => (TraitsOf(node) & trait) != 0;

    /// <summary>What a node waits for and does not depend on.</summary>
    internal ReadOnlySpan<int> AlsoAwaited(int node) => PieceOf(node).AlsoAwaited(node);

    /// <summary>Those that wait for a node and do not depend on it.</summary>
    internal ReadOnlySpan<int> AlsoAwaiting(int node) => PieceOf(node).AlsoAwaiting(node);

    /// <summary>
    /// The part of the graph that some nodes need: these nodes and all they depend on, with fallbacks and clean-up. Clean-up that comes
    /// along brings no set-up with it.
    /// </summary>
    /// <param name="targets">The indexes of the nodes, at least one.</param>
    /// <returns>A graph of these nodes, in the same order among themselves, with indexes of its own.</returns>
    /// <exception cref="ArgumentException">There is no target, or a target is not in the graph.</exception>
    public DagGraph UpstreamClosure(IEnumerable<int> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);

        bool[] isNeeded = UpstreamMarks.Of(Whole, _start.Inside, targets);
        int needed = isNeeded.Count(static isNeeded => isNeeded);
        if (needed == 0)
        {
            throw new ArgumentException("There must be at least one target.", nameof(targets));
        }

        return needed == Count ? this : Part(isNeeded, needed);
    }

    /// <summary>The nodes of a piece that was added, each after everything it waits for.</summary>
    /// <param name="first">The first of them.</param>
    internal ReadOnlySpan<int> OrderFrom(int first) => PieceOf(first).TopologicalOrder;

    private GraphPiece PieceOf(int node) => _added is null || node < _start.Count ? _start : _added.PieceOf(node);

    private int[] OrderOfAll() => [.. _start.TopologicalOrder, .. _added!.Pieces(Count).SelectMany(piece => piece.TopologicalOrder)];

    /// <summary>Of each pool the lower limit; the same limits, if none of the others is lower.</summary>
    private static IReadOnlyDictionary<string, int> Lower(IReadOnlyDictionary<string, int> limits, IReadOnlyDictionary<string, int> others)
    {
        Dictionary<string, int>? lower = null;
        foreach (var (pool, limit) in others)
        {
            if (!limits.TryGetValue(pool, out int own) || limit < own)
            {
                lower ??= new Dictionary<string, int>(limits, StringComparer.OrdinalIgnoreCase);
                lower[pool] = limit;
            }
        }

        return lower?.AsReadOnly() ?? limits;
    }

    // The nodes that are needed have all their dependencies among them, but for what clean-up cleans up after.
    private DagGraph Part(bool[] isNeeded, int needed)
    {
        Node[] nodes = new Node[needed];
        Dictionary<string, int> indexByName = new(needed, StringComparer.OrdinalIgnoreCase);
        int[] newIndex = new int[Count];
        for (int node = 0, next = 0; node < Count; node++)
        {
            if (isNeeded[node])
            {
                nodes[next] = _parts.Nodes[node];
                indexByName.Add(_parts.Nodes[node].Name, next);
                newIndex[node] = next++;
            }
        }

        int[] order = new int[needed];
        int ordered = 0;
        foreach (int node in _parts.TopologicalOrder)
        {
            if (isNeeded[node])
            {
                order[ordered++] = newIndex[node];
            }
        }

        Adjacency upstream = _parts.Upstream.Part(isNeeded, newIndex);
        Adjacency downstream = upstream.Reverse();
        NodeRelations relations = _parts.Relations.Part(isNeeded, newIndex, upstream, downstream);
        return new DagGraph(new GraphParts(nodes, indexByName, upstream, downstream, relations, order, PoolLimits)
        {
            Outer = _parts.Outer is null ? null : OuterOf(isNeeded, newIndex, needed),
        });
    }

    private int[] OuterOf(bool[] isNeeded, int[] newIndex, int needed)
    {
        int[] outer = new int[needed];
        for (int node = 0; node < Count; node++)
        {
            if (isNeeded[node])
            {
                outer[newIndex[node]] = Outer(node) is >= 0 and var other ? newIndex[other] : -1;
            }
        }

        return outer;
    }
}
