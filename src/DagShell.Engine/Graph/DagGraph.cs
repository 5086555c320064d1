using System.Diagnostics.CodeAnalysis;

namespace DagShell.Engine.Graph;

/// <summary>
/// A valid dag: nodes that each come after what they depend on, and no cycle. Nodes are spoken of by their index, the
/// order of definition.
/// </summary>
/// <remarks>Immutable; may be read from any thread.</remarks>
public sealed class DagGraph
{
    private readonly Node[] _nodes;
    private readonly Dictionary<string, int> _indexByName;
    private readonly Adjacency _upstream;
    private readonly Adjacency _downstream;
    private readonly int[] _topologicalOrder;

    private DagGraph(GraphParts parts)
    {
        _nodes = parts.Nodes;
        _indexByName = parts.IndexByName;
        _upstream = parts.Upstream;
        _downstream = parts.Downstream;
        _topologicalOrder = parts.TopologicalOrder;
        PoolLimits = parts.PoolLimits;
    }

    /// <summary>The number of nodes; at least one.</summary>
    public int Count => _nodes.Length;

    /// <summary>The number of edges; one that was given several times counts once.</summary>
    public int EdgeCount => _upstream.EdgeCount;

    /// <summary>All nodes, each after everything it depends on.</summary>
    public ReadOnlySpan<int> TopologicalOrder => _topologicalOrder;

    /// <summary>How many attempts of each pool may run at once. Case makes no difference in the names.</summary>
    public IReadOnlyDictionary<string, int> PoolLimits { get; }

    /// <summary>The dependencies of every node.</summary>
    internal Adjacency Dependencies => _upstream;

    /// <summary>The dependents of every node.</summary>
    internal Adjacency Dependents => _downstream;

    /// <summary>A node.</summary>
    /// <param name="index">Its place in the order of definition.</param>
    public Node this[int index] => _nodes[index];

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
        out IReadOnlyList<GraphProblem> problems)
    {
        GraphParts? parts = GraphBuilder.Build(nodes, edges, poolLimits, out problems);
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
        TryCreate(nodes, edges, poolLimits, out DagGraph? graph, out IReadOnlyList<GraphProblem> problems)
            ? graph
            : throw new InvalidDagException(problems);

    /// <summary>Looks a node up by its name.</summary>
    /// <param name="name">The name; case makes no difference.</param>
    /// <param name="index">The node's index.</param>
    /// <returns><see langword="true"/> if there is such a node.</returns>
    public bool TryGetIndex(string name, out int index)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _indexByName.TryGetValue(name, out index);
    }

    /// <summary>The nodes that a node depends on: those it names, then those that edges add, each once.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes.</returns>
    public ReadOnlySpan<int> Upstream(int node) => _upstream[node];

    /// <summary>The nodes that depend on a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Their indexes, ascending.</returns>
    public ReadOnlySpan<int> Downstream(int node) => _downstream[node];

    /// <summary>The part of the graph that some nodes need: these nodes and all they depend on.</summary>
    /// <param name="targets">The indexes of the nodes, at least one.</param>
    /// <returns>A graph of these nodes, in the same order among themselves, with indexes of its own.</returns>
    /// <exception cref="ArgumentException">There is no target, or a target is not in the graph.</exception>
    public DagGraph UpstreamClosure(IEnumerable<int> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);

        bool[] isNeeded = new bool[Count];
        int needed = MarkUpstream(targets, isNeeded);
        if (needed == 0)
        {
            throw new ArgumentException("There must be at least one target.", nameof(targets));
        }

        return needed == Count ? this : Part(isNeeded, needed);
    }

    private int MarkUpstream(IEnumerable<int> targets, bool[] isNeeded)
    {
        int needed = 0;
        Stack<int> toVisit = new();
        foreach (int target in targets)
        {
            if ((uint)target >= (uint)Count)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), target, "There is no node with this index.");
            }

            Mark(target);
        }

        while (toVisit.TryPop(out int node))
        {
            foreach (int dependency in _upstream[node])
            {
                Mark(dependency);
            }
        }

        return needed;

        void Mark(int node)
        {
            if (!isNeeded[node])
            {
                isNeeded[node] = true;
                needed++;
                toVisit.Push(node);
            }
        }
    }

    // The nodes that are needed must have all their dependencies among them.
    private DagGraph Part(bool[] isNeeded, int needed)
    {
        Node[] nodes = new Node[needed];
        Dictionary<string, int> indexByName = new(needed, StringComparer.OrdinalIgnoreCase);
        int[] newIndex = new int[Count];
        for (int node = 0, next = 0; node < Count; node++)
        {
            if (isNeeded[node])
            {
                nodes[next] = _nodes[node];
                indexByName.Add(_nodes[node].Name, next);
                newIndex[node] = next++;
            }
        }

        int[] order = new int[needed];
        int ordered = 0;
        foreach (int node in _topologicalOrder)
        {
            if (isNeeded[node])
            {
                order[ordered++] = newIndex[node];
            }
        }

        Adjacency upstream = _upstream.Part(isNeeded, newIndex);
        return new DagGraph(new GraphParts(nodes, indexByName, upstream, upstream.Reverse(), order, PoolLimits));
    }
}
