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
    private readonly Dictionary<string, int> _indexByName;
    private readonly ProblemList _problems;

    // The nodes whose name an earlier one has: they take no part in the rest of the check.
    private readonly HashSet<int> _ignored = [];

    // What each node cleans up after, and what it is the fallback for, -1 for nothing; empty in a graph without such.
    private Adjacency _cleanUpOf = new([0], []);
    private int[] _fallbackFor = [];

    private GraphBuilder(IReadOnlyList<Node> nodes)
    {
        _nodes = [.. nodes];
        if (Array.IndexOf(_nodes, null) >= 0)
        {
            throw new ArgumentException("A node is null.", nameof(nodes));
        }

        _indexByName = new Dictionary<string, int>(_nodes.Length, StringComparer.OrdinalIgnoreCase);
        _problems = new ProblemList(_nodes);
    }

    /// <summary>Builds what the graph is made of, or finds what is wrong with it.</summary>
    /// <returns>The parts; <see langword="null"/> if there is a problem.</returns>
    public static GraphParts? Build(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<Edge> edges,
        IReadOnlyDictionary<string, int> poolLimits,
        out IReadOnlyList<GraphProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(edges);
        ArgumentNullException.ThrowIfNull(poolLimits);

        GraphBuilder builder = new(nodes);
        GraphParts? parts = builder.Build(edges, poolLimits);
        problems = builder._problems.ToReadOnly();
        return parts;
    }

    private GraphParts? Build(IReadOnlyList<Edge> edges, IReadOnlyDictionary<string, int> poolLimits)
    {
        IndexNames();
        bool hasRelations = Array.Exists(_nodes, node => node.CleanUpOf.Count > 0 || node.FallbackFor is not null);
        if (hasRelations)
        {
            ResolveRelations();
        }

        Adjacency upstream = ResolveDependencies(ResolveEdges(edges));
        Dictionary<string, int> limits = CheckPools(poolLimits);

        Adjacency downstream = upstream.Reverse();
        NodeRelations relations = hasRelations
            ? RelationFinder.Find(upstream, downstream, _cleanUpOf, _fallbackFor)
            : NodeRelations.Plain(upstream, downstream);
        if (!TopologicalSort.TrySort(relations.Awaited, relations.Awaiting, out int[] order, out int[] unmet))
        {
            foreach (int[] cycle in CycleFinder.Find(relations.Awaiting, unmet))
            {
                _problems.AddCycle(Array.ConvertAll(cycle, node => _nodes[node].Name), ImpliedEdges(cycle, upstream));
            }
        }

        return _problems.IsEmpty ? new GraphParts(_nodes, _indexByName, upstream, downstream, relations, order, limits.AsReadOnly()) : null;
    }

    private void IndexNames()
    {
        if (_nodes.Length == 0)
        {
            _problems.AddNoNodes();
        }

        SortedDictionary<int, List<string>> spellings = [];
        for (int i = 0; i < _nodes.Length; i++)
        {
            string name = _nodes[i].Name;
            if (_indexByName.TryAdd(name, i))
            {
                continue;
            }

            _ignored.Add(i);
            int first = _indexByName[name];
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

    /// <summary>What nodes clean up after and stand for. No two stand for one, and none for itself.</summary>
    private void ResolveRelations()
    {
        List<int> cleanUps = [];
        List<int> setUps = [];
        _fallbackFor = new int[_nodes.Length];
        Array.Fill(_fallbackFor, -1);
        SortedDictionary<int, List<string>> fallbacks = [];
        for (int i = 0; i < _nodes.Length; i++)
        {
            Node node = _nodes[i];
            if (_ignored.Contains(i))
            {
                continue;
            }

            foreach (string? name in node.CleanUpOf.Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (Resolve(node, name, "cleans up after") is { } setUp)
                {
                    cleanUps.Add(i);
                    setUps.Add(setUp);
                }
            }

            if (node.FallbackFor is { } other && Resolve(node, other, "is the fallback for") is { } index)
            {
                if (!fallbacks.TryGetValue(index, out List<string>? names))
                {
                    fallbacks.Add(index, names = []);
                    _fallbackFor[i] = index;
                }

                names.Add(node.Name);
            }
        }

        _cleanUpOf = Adjacency.FromPairs(_nodes.Length, CollectionsMarshal.AsSpan(cleanUps), CollectionsMarshal.AsSpan(setUps));
        foreach ((int node, List<string> names) in fallbacks.Where(pair => pair.Value.Count > 1))
        {
            _problems.AddSeveralFallbacks(_nodes[node].Name, names);
        }
    }

    /// <summary>Of the edges of a cycle, why those are there that nobody wrote: a sentence each.</summary>
    private List<string> ImpliedEdges(int[] cycle, Adjacency upstream)
    {
        List<string> reasons = [];
        for (int i = 0; i < cycle.Length && _fallbackFor.Length > 0; i++)
        {
            if (WhyAfter(cycle[(i + 1) % cycle.Length], cycle[i], upstream) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons;
    }

    /// <summary>Why a node waits for another; null where it simply depends on it.</summary>
    private string? WhyAfter(int node, int awaited, Adjacency upstream)
    {
        string name = _nodes[node].Name;
        string other = _nodes[awaited].Name;
        if (_cleanUpOf[node].Contains(awaited))
        {
            return $"'{name}' cleans up after '{other}'";
        }

        if (upstream[node].Contains(awaited))
        {
            return null;
        }

        if (_fallbackFor[node] == awaited)
        {
            return $"'{name}' is the fallback for '{other}'";
        }

        foreach (int dependency in upstream[node])
        {
            if (!_cleanUpOf[node].Contains(dependency) && IsFallbackFor(awaited, dependency))
            {
                return $"'{name}' depends on '{_nodes[dependency].Name}', and so waits for its fallback '{other}'";
            }
        }

        string setUps = string.Join(", ", _cleanUpOf[node].ToArray().Select(setUp => $"'{_nodes[setUp].Name}'"));
        return $"'{name}' cleans up after {setUps}, and so waits for all that comes after that, '{other}' too";
    }

    /// <summary>Whether a node is the fallback for another, or the fallback's own, and so on.</summary>
    private bool IsFallbackFor(int node, int other)
    {
        if (_fallbackFor.Length == 0)
        {
            return false;
        }

        int next = _fallbackFor[node];
        while (next >= 0 && next != node && next != other)
        {
            next = _fallbackFor[next];
        }

        return next == other && next != node;
    }

    private int? Resolve(Node node, string? name, string relation)
    {
        if (!_indexByName.TryGetValue(name ?? "", out int index))
        {
            _problems.AddUnknownRelation(node.Name, name ?? "", relation);
            return null;
        }

        if (_nodes[index] == node)
        {
            _problems.AddSelfRelation(node.Name, relation);
            return null;
        }

        return index;
    }

    /// <summary>The edges whose ends are both there: for each node the ones into it. What it cleans up after comes first.</summary>
    private Adjacency ResolveEdges(IReadOnlyList<Edge> edges)
    {
        List<int> to = new(edges.Count);
        List<int> from = new(edges.Count);
        for (int node = 0; node < _cleanUpOf.NodeCount; node++)
        {
            foreach (int setUp in _cleanUpOf[node])
            {
                from.Add(setUp);
                to.Add(node);
            }
        }

        HashSet<Edge> reported = [];
        foreach ((string? edgeFrom, string? edgeTo) in edges)
        {
            Edge edge = new(edgeFrom ?? "", edgeTo ?? "");
            bool knowsFrom = _indexByName.TryGetValue(edge.From, out int start);
            bool knowsTo = _indexByName.TryGetValue(edge.To, out int end);
            if (knowsFrom && knowsTo)
            {
                from.Add(start);
                to.Add(end);
            }
            else if (reported.Add(edge))
            {
                ReportUnknownEnds(edge, knowsFrom, knowsTo);
            }
        }

        return Adjacency.FromPairs(_nodes.Length, CollectionsMarshal.AsSpan(to), CollectionsMarshal.AsSpan(from));
    }

    private void ReportUnknownEnds(Edge edge, bool knowsFrom, bool knowsTo)
    {
        if (!knowsFrom)
        {
            _problems.AddUnknownEdgeStart(edge);
        }

        bool isSameName = string.Equals(edge.From, edge.To, StringComparison.OrdinalIgnoreCase);
        if (!knowsTo && !isSameName)
        {
            _problems.AddUnknownEdgeEnd(edge);
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

        int[] dependencies = new int[starts[^1]];
        LookUpNames(starts, dependencies);

        // For each node the last one found to depend on it: that tells duplicates without a set for each node.
        int[] lastDependent = new int[_nodes.Length];
        Array.Fill(lastDependent, -1);

        // Each row moves down to where the one before it ends, without what it has twice or may not have.
        int count = 0;
        for (int node = 0, start = 0; node < _nodes.Length; node++)
        {
            int named = start;
            start = starts[node + 1];
            if (!_ignored.Contains(node))
            {
                AddNamed(node, named);
                foreach (int dependency in added[node])
                {
                    Add(node, dependency);
                }
            }

            starts[node + 1] = count;
        }

        Array.Resize(ref dependencies, count);
        return new Adjacency(starts, dependencies);

        void AddNamed(int node, int place)
        {
            IReadOnlyList<string> names = _nodes[node].DependsOn;
            HashSet<string>? unknown = null;
            for (int i = 0; i < names.Count; i++)
            {
                int dependency = dependencies[place + i];
                if (dependency >= 0)
                {
                    Add(node, dependency);
                }
                else if ((unknown ??= new(StringComparer.OrdinalIgnoreCase)).Add(names[i] ?? ""))
                {
                    _problems.AddUnknownDependency(_nodes[node].Name, names[i] ?? "");
                }
            }
        }

        void Add(int node, int dependency)
        {
            if (lastDependent[dependency] == node)
            {
                return;
            }

            lastDependent[dependency] = node;
            if (IsFallbackFor(node, dependency))
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
                dependencies[count++] = dependency;
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
                    dependencies[places[node] + i] = _indexByName.TryGetValue(names[i] ?? "", out int dependency) ? dependency : -1;
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
