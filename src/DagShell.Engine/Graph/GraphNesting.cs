namespace DagShell.Engine.Graph;

/// <summary>
/// Puts the dags that nodes stand for into the graph around them: the nodes of each right behind the one that stands for it. What is inside
/// waits for that node to be open, and what comes after that node waits for all that is inside.
/// </summary>
internal sealed class GraphNesting
{
    private const int None = -1;

    private readonly GraphParts _level;

    /// <summary>For each node of the level the dag that it stands for.</summary>
    private readonly GraphParts?[] _inner;

    /// <summary>The index in the flat graph of each node of the level.</summary>
    private readonly int[] _place;
    private readonly Node[] _nodes;
    private readonly int[] _outer;
    private readonly int[] _fallbackFor;

    private GraphNesting(GraphParts level, IReadOnlyDictionary<Node, GraphParts> inner)
    {
        _level = level;
        _inner = Array.ConvertAll(level.Nodes, node => inner.GetValueOrDefault(node));
        _place = new int[level.Nodes.Length];
        int next = 0;
        for (int i = 0; i < _place.Length; i++)
        {
            _place[i] = next;
            next += 1 + CountOf(_inner[i]);
        }

        _nodes = new Node[next];
        _outer = new int[next];
        _fallbackFor = new int[next];
    }

    /// <summary>Makes one graph of a level and the dags in it, which are flat already.</summary>
    /// <param name="level">The level; or a graph that is flat already, in which some nodes stand for dags that are not in it yet.</param>
    /// <param name="inner">The dags in it, by the nodes that stand for them.</param>
    /// <param name="problems">Gets names that two nodes have.</param>
    /// <returns>The parts of the flat graph; those of the level, if no node stands for a dag.</returns>
    public static GraphParts Flatten(GraphParts level, IReadOnlyDictionary<Node, GraphParts> inner, ProblemList problems) =>
        inner.Count == 0 ? level : new GraphNesting(level, inner).Flatten(problems);

    private static int CountOf(GraphParts? inner) => inner is null ? 0 : inner.Nodes.Length;

    private GraphParts Flatten(ProblemList problems)
    {
        for (int i = 0; i < _place.Length; i++)
        {
            AddNodes(i);
        }

        Dictionary<string, int> indexByName = new(_nodes.Length, StringComparer.OrdinalIgnoreCase);
        for (int node = 0; node < _nodes.Length; node++)
        {
            if (!indexByName.TryAdd(_nodes[node].Name, node))
            {
                problems.AddDuplicateName([_nodes[indexByName[_nodes[node].Name]].Name, _nodes[node].Name]);
            }
        }

        Adjacency upstream = RowsOf((rows, i) => AddMapped(rows, _level.Upstream[i]), static (inner, node) => inner.Upstream[node]);
        Adjacency cleanUpOf = RowsOf(
            (rows, i) => AddMapped(rows, _level.Relations.CleanUpOf(i)), static (inner, node) => inner.Relations.CleanUpOf(node));
        Adjacency alsoAwaited = RowsOf(AddAlsoAwaited, static (inner, node) => inner.Relations.AlsoAwaited(node), opens: true);
        Adjacency awaited = Joined(upstream, alsoAwaited);
        return new GraphParts(
            _nodes, indexByName, upstream, upstream.Reverse(), new NodeRelations(awaited, alsoAwaited, cleanUpOf, _fallbackFor), Order(),
            _level.PoolLimits)
        {
            Outer = _outer,
        };
    }

    private void AddNodes(int i)
    {
        int place = _place[i];
        _nodes[place] = _level.Nodes[i];
        _outer[place] = _level.Outer is { } around && around[i] != None ? _place[around[i]] : None;
        int other = _level.Relations.FallbackFor(i);
        _fallbackFor[place] = other == None ? None : _place[other];
        if (_inner[i] is not { } inner)
        {
            return;
        }

        for (int node = 0; node < inner.Nodes.Length; node++)
        {
            int at = place + 1 + node;
            int outer = inner.Outer is null ? None : inner.Outer[node];
            int primary = inner.Relations.FallbackFor(node);
            _nodes[at] = inner.Nodes[node];
            _outer[at] = outer == None ? place : place + 1 + outer;
            _fallbackFor[at] = primary == None ? None : place + 1 + primary;
        }
    }

    private void AddMapped(List<int> rows, ReadOnlySpan<int> ofLevel)
    {
        foreach (int node in ofLevel)
        {
            rows.Add(_place[node]);
        }
    }

    /// <summary>
    /// What a node of the level waits for and does not depend on: of dags that it waits for, also the last of what is inside.
    /// </summary>
    private void AddAlsoAwaited(List<int> rows, int i)
    {
        AddMapped(rows, _level.Relations.AlsoAwaited(i));
        foreach (int awaited in _level.Relations.Awaited[i])
        {
            if (_inner[awaited] is { } inner)
            {
                for (int node = 0; node < inner.Nodes.Length; node++)
                {
                    if (inner.Relations.Awaiting[node].IsEmpty)
                    {
                        rows.Add(_place[awaited] + 1 + node);
                    }
                }
            }
        }
    }

    /// <param name="addOfLevel">Adds the row of a node of the level.</param>
    /// <param name="ofInner">The row of a node of a dag inside.</param>
    /// <param name="opens">Whether the first nodes of a dag inside get the node that stands for it.</param>
    private Adjacency RowsOf(Action<List<int>, int> addOfLevel, InnerRow ofInner, bool opens = false)
    {
        int[] starts = new int[_nodes.Length + 1];
        List<int> targets = [];
        for (int i = 0, row = 0; i < _place.Length; i++)
        {
            addOfLevel(targets, i);
            starts[++row] = targets.Count;
            for (int node = 0; node < CountOf(_inner[i]); node++)
            {
                foreach (int target in ofInner(_inner[i]!, node))
                {
                    targets.Add(_place[i] + 1 + target);
                }

                if (opens && _inner[i]!.Relations.Awaited[node].IsEmpty)
                {
                    targets.Add(_place[i]);
                }

                starts[++row] = targets.Count;
            }
        }

        return new Adjacency(starts, [.. targets]);
    }

    private static Adjacency Joined(Adjacency first, Adjacency then)
    {
        int[] starts = new int[first.NodeCount + 1];
        List<int> targets = new(first.EdgeCount + then.EdgeCount);
        for (int node = 0; node < first.NodeCount; node++)
        {
            targets.AddRange(first[node]);
            targets.AddRange(then[node]);
            starts[node + 1] = targets.Count;
        }

        return new Adjacency(starts, [.. targets]);
    }

    private int[] Order()
    {
        int[] order = new int[_nodes.Length];
        int next = 0;
        foreach (int i in _level.TopologicalOrder)
        {
            order[next++] = _place[i];
            if (_inner[i] is { } inner)
            {
                foreach (int node in inner.TopologicalOrder)
                {
                    order[next++] = _place[i] + 1 + node;
                }
            }
        }

        return order;
    }

    private delegate ReadOnlySpan<int> InnerRow(GraphParts inner, int node);
}
