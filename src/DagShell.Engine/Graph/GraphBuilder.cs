using System.Runtime.InteropServices;

namespace DagShell.Engine.Graph;

/// <summary>
/// Turns names into indexes and checks the graph as a whole. Goes on after a problem, so that all are found in one go:
/// what is wrong is reported and left out.
/// </summary>
internal sealed class GraphBuilder
{
    private const int NodesPerChunk = 20_000;

    private readonly Node[] _nodes;
    private readonly NodeNames _names;
    private readonly ProblemList _problems;

    // The nodes whose name an earlier one has: they take no part in the rest of the check.
    private readonly HashSet<int> _ignored = [];

    // What nodes clean up after and stand for; none in a graph without such.
    private NamedRelations _relations = NamedRelations.None;

    private GraphBuilder(IReadOnlyList<Node> nodes)
    {
        _nodes = [.. nodes];
        if (Array.IndexOf(_nodes, null) >= 0)
        {
            throw new ArgumentException("A node is null.", nameof(nodes));
        }

        _names = new NodeNames(_nodes);
        _problems = new ProblemList(_nodes);
    }

    /// <summary>Builds what the graph is made of, or finds what is wrong with it.</summary>
    /// <returns>The parts; <see langword="null"/> if there is a problem.</returns>
    public static GraphParts? Build(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<Edge> edges,
        IReadOnlyDictionary<string, int> poolLimits,
        IReadOnlyDictionary<Node, GraphParts> inner,
        out IReadOnlyList<GraphProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(edges);
        ArgumentNullException.ThrowIfNull(poolLimits);

        GraphBuilder builder = new(nodes);
        GraphParts? parts = builder.Build(edges, poolLimits, inner);
        problems = builder._problems.ToReadOnly();
        return parts;
    }

    private GraphParts? Build(
        IReadOnlyList<Edge> edges, IReadOnlyDictionary<string, int> poolLimits, IReadOnlyDictionary<Node, GraphParts> inner)
    {
        IndexNames();
        bool hasRelations = Array.Exists(_nodes, node => node.CleanUpOf.Count > 0 || node.FallbackFor is not null);
        if (hasRelations)
        {
            _relations = NamedRelations.Resolve(_nodes, _names, _ignored, _problems);
        }

        Adjacency upstream = ResolveDependencies(ResolveEdges(edges));
        Dictionary<string, int> limits = CheckPools(poolLimits);

        Adjacency downstream = upstream.Reverse();
        NodeRelations relations = hasRelations
            ? RelationFinder.Find(upstream, downstream, _relations.CleanUpOf, _relations.FallbackFor)
            : NodeRelations.Plain(upstream, downstream);
        if (!TopologicalSort.TrySort(relations.Awaited, relations.Awaiting, out int[] order, out int[] unmet))
        {
            foreach (int[] cycle in CycleFinder.Find(relations.Awaiting, unmet))
            {
                _problems.AddCycle(Array.ConvertAll(cycle, node => _nodes[node].Name), _relations.ReasonsIn(cycle, upstream));
            }
        }

        if (!_problems.IsEmpty)
        {
            return null;
        }

        GraphParts parts = new(_nodes, _names.IndexByName, upstream, downstream, relations, order, limits.AsReadOnly());
        parts = GraphNesting.Flatten(parts, inner, _problems);
        return _problems.IsEmpty ? parts : null;
    }

    private void IndexNames()
    {
        if (_nodes.Length == 0)
        {
            _problems.AddNoNodes();
        }

        SortedDictionary<int, List<string>> spellings = [];
        foreach (int i in _names.Repeated)
        {
            _ignored.Add(i);
            string name = _nodes[i].Name;
            int first = _names.IndexByName[_nodes[i].LocalName];
            if (!spellings.TryGetValue(first, out List<string>? names))
            {
                spellings.Add(first, names = [_nodes[first].Name]);
            }

            names.Add(name);
        }

        foreach (List<string> names in spellings.Values)
        {
            _problems.AddDuplicateName(names);
        }
    }

    /// <summary>The edges whose ends are both there: for each node the ones into it. What it cleans up after comes first.</summary>
    private Adjacency ResolveEdges(IReadOnlyList<Edge> edges)
    {
        List<int> to = new(edges.Count);
        List<int> from = new(edges.Count);
        for (int node = 0; node < _relations.CleanUpOf.NodeCount; node++)
        {
            foreach (int setUp in _relations.CleanUpOf[node])
            {
                from.Add(setUp);
                to.Add(node);
            }
        }

        HashSet<Edge> reported = [];
        foreach ((string? edgeFrom, string? edgeTo) in edges)
        {
            Edge edge = new(edgeFrom ?? "", edgeTo ?? "");
            bool knowsFrom = _names.IndexByName.TryGetValue(edge.From, out int start);
            bool knowsTo = _names.IndexByName.TryGetValue(edge.To, out int end);
            if (knowsFrom && knowsTo)
            {
                from.Add(start);
                to.Add(end);
            }
            else if (!AddFitting(knowsFrom ? [start] : _names.Fitting(edge.From), knowsTo ? [end] : _names.Fitting(edge.To), from, to)
                && reported.Add(edge))
            {
                ReportUnknownEnds(edge, knowsFrom, knowsTo);
            }
        }

        return Adjacency.FromPairs(_nodes.Length, CollectionsMarshal.AsSpan(to), CollectionsMarshal.AsSpan(from));
    }

    /// <summary>Adds the edges that one with patterns stands for. A pattern does not fit the node at the other end.</summary>
    /// <returns>Whether there is one.</returns>
    private static bool AddFitting(int[]? starts, int[]? ends, List<int> from, List<int> to)
    {
        int before = from.Count;
        foreach (int start in starts ?? [])
        {
            foreach (int end in ends ?? [])
            {
                if (start != end)
                {
                    from.Add(start);
                    to.Add(end);
                }
            }
        }

        return from.Count > before;
    }

    private void ReportUnknownEnds(Edge edge, bool knowsFrom, bool knowsTo)
    {
        bool isFromPattern = _names.Fitting(edge.From) is not null && !knowsFrom;
        bool isToPattern = _names.Fitting(edge.To) is not null && !knowsTo;
        bool fitsFrom = knowsFrom || _names.Fitting(edge.From) is { Length: > 0 };
        bool fitsTo = knowsTo || _names.Fitting(edge.To) is { Length: > 0 };
        if (fitsFrom && fitsTo)
        {
            _problems.AddUnfittingEdge(edge);
            return;
        }

        if (!fitsFrom)
        {
            _problems.AddUnknownEdgeStart(edge, isFromPattern);
        }

        bool isSameName = string.Equals(edge.From, edge.To, StringComparison.OrdinalIgnoreCase);
        if (!fitsTo && !isSameName)
        {
            _problems.AddUnknownEdgeEnd(edge, isToPattern);
        }
    }

    /// <summary>The dependencies of each node, each once: those it names, then those that edges add.</summary>
    private Adjacency ResolveDependencies(Adjacency added)
    {
        int[] starts = new int[_nodes.Length + 1];
        for (int node = 0; node < _nodes.Length; node++)
        {
            starts[node + 1] = checked(starts[node] + _nodes[node].DependsOn.Count + added[node].Length);
        }

        int[] named = new int[starts[^1]];
        LookUpNames(starts, named);
        List<int> dependencies = new(named.Length);

        // For each node the last one found to depend on it: that tells duplicates without a set for each node.
        int[] lastDependent = new int[_nodes.Length];
        Array.Fill(lastDependent, -1);

        // Each row without what it has twice or may not have, and with what its patterns fit.
        for (int node = 0, start = 0; node < _nodes.Length; node++)
        {
            int place = start;
            start = starts[node + 1];
            if (!_ignored.Contains(node))
            {
                AddNamed(node, place);
                foreach (int dependency in added[node])
                {
                    Add(node, dependency);
                }
            }

            starts[node + 1] = dependencies.Count;
        }

        return new Adjacency(starts, [.. dependencies]);

        void AddNamed(int node, int place)
        {
            IReadOnlyList<string> names = _nodes[node].DependsOn;
            HashSet<string>? unknown = null;
            for (int i = 0; i < names.Count; i++)
            {
                int dependency = named[place + i];
                if (dependency >= 0)
                {
                    Add(node, dependency);
                }
                else if (!AddFittingOf(node, names[i] ?? "")
                    && (unknown ??= new(StringComparer.OrdinalIgnoreCase)).Add(names[i] ?? ""))
                {
                    AddUnknown(node, names[i] ?? "");
                }
            }
        }

        bool AddFittingOf(int node, string pattern)
        {
            bool fits = false;
            foreach (int dependency in _names.Fitting(pattern) ?? [])
            {
                if (dependency != node)
                {
                    fits = true;
                    Add(node, dependency);
                }
            }

            return fits;
        }

        void AddUnknown(int node, string name)
        {
            if (_names.Fitting(name) is null)
            {
                _problems.AddUnknownDependency(_nodes[node].Name, name);
            }
            else
            {
                _problems.AddUnfitting(_nodes[node].Name, name, "depends on");
            }
        }

        void Add(int node, int dependency)
        {
            if (lastDependent[dependency] == node)
            {
                return;
            }

            lastDependent[dependency] = node;
            if (_relations.IsFallbackFor(node, dependency))
            {
                // It waits for that in any case, and not for its success.
                return;
            }

            if (dependency == node)
            {
                _problems.AddSelfEdge(_nodes[node].Name);
            }
            else
            {
                dependencies.Add(dependency);
            }
        }
    }

    /// <summary>
    /// Puts at each node's place the indexes of the dependencies it names, and -1 for a name that no node has. A large graph
    /// spends most of its planning here, waiting for memory; so all processors wait together.
    /// </summary>
    private void LookUpNames(int[] places, int[] dependencies)
    {
        int chunks = (_nodes.Length / NodesPerChunk) + 1;
        if (chunks == 1)
        {
            LookUp(0);
        }
        else
        {
            Parallel.For(0, chunks, LookUp);
        }

        void LookUp(int chunk)
        {
            int end = Math.Min((chunk + 1) * NodesPerChunk, _nodes.Length);
            for (int node = chunk * NodesPerChunk; node < end; node++)
            {
                IReadOnlyList<string> names = _nodes[node].DependsOn;
                for (int i = 0; i < names.Count; i++)
                {
                    // A null is a name that no node has.
                    dependencies[places[node] + i] = _names.IndexByName.TryGetValue(names[i] ?? "", out int dependency) ? dependency : -1;
                }
            }
        }
    }

    /// <summary>The limits, by names in which case makes no difference; the nodes' pools must be among them.</summary>
    private Dictionary<string, int> CheckPools(IReadOnlyDictionary<string, int> poolLimits)
    {
        Dictionary<string, int> limits = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string pool, int limit) in poolLimits)
        {
            // Of two names that differ in case alone the lower limit counts: it breaks neither.
            limits[pool] = limits.TryGetValue(pool, out int other) ? Math.Min(limit, other) : limit;
            if (limit < 1)
            {
                _problems.AddInvalidPoolLimit(pool, limit);
            }
        }

        // One problem a pool, and not one a node: it is put right in one place.
        IEnumerable<IGrouping<string, Node>> unknown = _nodes
            .Where((node, i) => node.Pool is string pool && !limits.ContainsKey(pool) && !_ignored.Contains(i))
            .GroupBy(node => node.Pool!, StringComparer.OrdinalIgnoreCase);
        foreach (IGrouping<string, Node> pool in unknown)
        {
            _problems.AddUnknownPool(pool.Key, [.. pool.Select(node => node.Name)], limits.Keys);
        }

        return limits;
    }
}
