namespace DagShell.Pictures.Layout;

/// <summary>
/// A graph on layers in which every edge leads from one layer to the next: an edge that leaps over layers is broken up by a
/// bend on each of them. The vertices are the nodes, by their own numbers, and after them the bends.
/// </summary>
/// <remarks>
/// Bends are shared, which keeps them few and makes bundles of what belongs together: all long edges from one node run in one
/// line and fork off it, or all long edges to one node join one line, whichever of the two nodes has more of them.
/// </remarks>
internal sealed class ProperLayers
{
    private readonly int[] _level;
    private readonly int[] _firstBend;
    private readonly int[] _firstBendLayer;
    private readonly List<int> _bendLayers = [];
    private readonly List<int>[] _up;
    private readonly List<int>[] _down;
    private readonly Route[] _routes;

    /// <summary>Breaks edges up.</summary>
    /// <param name="level">The layer of each node.</param>
    /// <param name="edges">The edges, each from a lower layer to a higher one.</param>
    /// <param name="maxBends">How many bends there may be; long edges beyond that are left out, and drawn straight.</param>
    public ProperLayers(IReadOnlyList<int> level, IReadOnlyList<PictureEdge> edges, int maxBends)
    {
        _level = [.. level];
        Edges = edges;
        _routes = ChooseRoutes(edges);
        _firstBend = new int[level.Count];
        _firstBendLayer = new int[level.Count];
        PlaceBends(maxBends);
        _up = NewLists();
        _down = NewLists();
        AddSegments();
        LayerCount = _level.Length == 0 ? 0 : _level.Max() + 1;
    }

    /// <summary>How an edge gets from layer to layer.</summary>
    private enum Route
    {
        Near,
        AlongSource,
        AlongTarget,
        LeftOut,
    }

    public IReadOnlyList<PictureEdge> Edges { get; }

    public int NodeCount => _level.Length;

    public int VertexCount => NodeCount + _bendLayers.Count;

    public int LayerCount { get; }

    /// <summary>The pieces of edges, each from one layer to the next.</summary>
    public int SegmentCount { get; private set; }

    public bool IsBend(int vertex) => vertex >= NodeCount;

    public int LayerOf(int vertex) => IsBend(vertex) ? _bendLayers[vertex - NodeCount] : _level[vertex];

    /// <summary>The vertices on the layer before that lead to a vertex.</summary>
    public IReadOnlyList<int> Up(int vertex) => _up[vertex];

    /// <summary>The vertices on the layer after that a vertex leads to.</summary>
    public IReadOnlyList<int> Down(int vertex) => _down[vertex];

    /// <summary>The bends that an edge goes through, in its direction.</summary>
    public IEnumerable<int> BendsOf(int edge)
    {
        var (from, to) = Edges[edge];
        int owner = _routes[edge] switch
        {
            Route.AlongSource => from,
            Route.AlongTarget => to,
            _ => -1,
        };
        for (int layer = _level[from] + 1; owner >= 0 && layer < _level[to]; layer++)
        {
            yield return BendAt(owner, layer);
        }
    }

    /// <summary>All vertices, layer by layer, in the order in which a walk from the roots comes upon them.</summary>
    public int[][] WalkedLayers()
    {
        var layers = new List<int>[LayerCount];
        for (int layer = 0; layer < LayerCount; layer++)
        {
            layers[layer] = [];
        }

        bool[] isSeen = new bool[VertexCount];
        Stack<int> open = new();
        for (int root = 0; root < VertexCount; root++)
        {
            // A bend that no edge came to go through is no vertex at all.
            if (_up[root].Count == 0 && !(IsBend(root) && _down[root].Count == 0))
            {
                open.Push(root);
            }

            while (open.TryPop(out int vertex))
            {
                if (isSeen[vertex])
                {
                    continue;
                }

                isSeen[vertex] = true;
                layers[LayerOf(vertex)].Add(vertex);
                for (int i = _down[vertex].Count - 1; i >= 0; i--)
                {
                    open.Push(_down[vertex][i]);
                }
            }
        }

        return Array.ConvertAll(layers, layer => layer.ToArray());
    }

    private Route[] ChooseRoutes(IReadOnlyList<PictureEdge> edges)
    {
        int[] longFrom = new int[NodeCount];
        int[] longTo = new int[NodeCount];
        foreach (var (from, to) in edges)
        {
            if (_level[to] - _level[from] > 1)
            {
                longFrom[from]++;
                longTo[to]++;
            }
        }

        var routes = new Route[edges.Count];
        for (int i = 0; i < routes.Length; i++)
        {
            var (from, to) = edges[i];
            routes[i] = _level[to] - _level[from] <= 1 ? Route.Near
                : longTo[to] > longFrom[from] ? Route.AlongTarget
                : Route.AlongSource;
        }

        return routes;
    }

    private void PlaceBends(int maxBends)
    {
        // The layers that the line of each node must reach: after it for the edges that follow their source, before it for the others.
        int[] first = new int[NodeCount];
        int[] last = new int[NodeCount];
        Array.Fill(first, int.MaxValue);
        Array.Fill(last, -1);
        for (int i = 0; i < _routes.Length; i++)
        {
            if (_routes[i] != Route.Near)
            {
                // A node may have lines on both sides: one number serves for both, since its own layer lies between them.
                int owner = OwnerOf(i);
                first[owner] = Math.Min(first[owner], _level[Edges[i].From] + 1);
                last[owner] = Math.Max(last[owner], _level[Edges[i].To] - 1);
            }
        }

        Array.Fill(_firstBend, -1);
        foreach (int owner in Enumerable.Range(0, NodeCount).Where(node => last[node] >= 0).OrderBy(node => last[node] - first[node]))
        {
            int count = last[owner] - first[owner] + 1;
            if (_bendLayers.Count + count > maxBends)
            {
                break;
            }

            _firstBend[owner] = NodeCount + _bendLayers.Count;
            _firstBendLayer[owner] = first[owner];
            for (int layer = first[owner]; layer <= last[owner]; layer++)
            {
                _bendLayers.Add(layer);
            }
        }

        for (int i = 0; i < _routes.Length; i++)
        {
            if (_routes[i] != Route.Near && _firstBend[OwnerOf(i)] < 0)
            {
                _routes[i] = Route.LeftOut;
            }
        }
    }

    private int OwnerOf(int edge) => _routes[edge] == Route.AlongTarget ? Edges[edge].To : Edges[edge].From;

    private int BendAt(int owner, int layer) => _firstBend[owner] + layer - _firstBendLayer[owner];

    private List<int>[] NewLists()
    {
        var lists = new List<int>[VertexCount];
        for (int i = 0; i < lists.Length; i++)
        {
            lists[i] = [];
        }

        return lists;
    }

    private void AddSegments()
    {
        HashSet<(int From, int To)> added = [];
        for (int i = 0; i < Edges.Count; i++)
        {
            if (_routes[i] == Route.LeftOut)
            {
                continue;
            }

            int before = Edges[i].From;
            foreach (int bend in BendsOf(i))
            {
                Add(before, bend);
                before = bend;
            }

            Add(before, Edges[i].To);
        }

        SegmentCount = added.Count;

        void Add(int from, int to)
        {
            if (added.Add((from, to)))
            {
                _down[from].Add(to);
                _up[to].Add(from);
            }
        }
    }
}
