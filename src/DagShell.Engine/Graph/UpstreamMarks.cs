namespace DagShell.Engine.Graph;

/// <summary>
/// Marks the nodes that some nodes need: all they depend on, with fallbacks and clean-up. Clean-up that comes along brings no set-up with
/// it. Of a dag that a node stands for all nodes are needed where that node is; of one that is there only for a node inside, what that one
/// needs.
/// </summary>
internal sealed class UpstreamMarks
{
    private readonly GraphParts _graph;
    private readonly int[]? _inside;
    private readonly bool[] _isNeeded;
    private readonly bool[] _isWhole;
    private readonly Stack<int> _toVisit = new();
    private readonly Stack<int> _comesAlong = new();

    private UpstreamMarks(GraphParts graph, int[]? inside)
    {
        _graph = graph;
        _inside = inside;
        _isNeeded = new bool[graph.Nodes.Length];
        _isWhole = inside is null ? [] : new bool[graph.Nodes.Length];
    }

    /// <summary>Marks what nodes need.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inside">How many nodes are inside of each; null where no node stands for a dag.</param>
    /// <param name="targets">The indexes of the nodes.</param>
    /// <returns>For each node whether it is needed.</returns>
    /// <exception cref="ArgumentException">A target is not in the graph.</exception>
    public static bool[] Of(GraphParts graph, int[]? inside, IEnumerable<int> targets)
    {
        UpstreamMarks marks = new(graph, inside);
        foreach (int target in targets)
        {
            if ((uint)target >= (uint)graph.Nodes.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), target, "There is no node with this index.");
            }

            marks.Mark(target);
        }

        marks.VisitAll();
        return marks._isNeeded;
    }

    /// <summary>What somebody asked for comes first, with all it cleans up after; only then what comes along.</summary>
    private void VisitAll()
    {
        while (_toVisit.TryPop(out int node))
        {
            Visit(node, bringsSetUps: true);
            while (_toVisit.Count == 0 && _comesAlong.TryPop(out int cleanUp))
            {
                if (!_isNeeded[cleanUp])
                {
                    _isNeeded[cleanUp] = true;
                    MarkInside(cleanUp);
                    Visit(cleanUp, bringsSetUps: false);
                }
            }
        }
    }

    private void Visit(int node, bool bringsSetUps)
    {
        foreach (int dependency in _graph.Upstream[node])
        {
            if (bringsSetUps || !_graph.Relations.CleanUpOf(node).Contains(dependency))
            {
                Mark(dependency);
            }
        }

        Mark(_graph.Relations.FallbackFor(node));
        Mark(_graph.Relations.Fallback(node));
        if (_graph.Outer is { } around && around[node] is >= 0 and var outer && !_isNeeded[outer])
        {
            _isNeeded[outer] = true;
            _toVisit.Push(outer);
        }

        foreach (int cleanUp in _graph.Relations.CleanUps(node))
        {
            _comesAlong.Push(cleanUp);
        }
    }

    private void Mark(int node)
    {
        if (node < 0)
        {
            return;
        }

        if (!_isNeeded[node])
        {
            _isNeeded[node] = true;
            _toVisit.Push(node);
        }

        MarkInside(node);
    }

    private void MarkInside(int node)
    {
        if (_isWhole.Length == 0 || _isWhole[node])
        {
            return;
        }

        _isWhole[node] = true;
        for (int inside = node + 1; inside <= node + _inside![node]; inside++)
        {
            _isWhole[inside] = true;
            if (!_isNeeded[inside])
            {
                _isNeeded[inside] = true;
                _toVisit.Push(inside);
            }
        }
    }
}
