namespace DagShell.Pictures.Layout;

/// <summary>Where everything in a drawn picture lies.</summary>
/// <remarks>
/// A layered layout after Sugiyama, in four steps, each a class of its own: layers (the levels of the plan), bends for edges
/// that leap over layers (<see cref="ProperLayers"/>), an order on each layer with few crossings
/// (<see cref="CrossingReduction"/>), and places that make edges straight (<see cref="CoordinateAssignment"/>). No step
/// recurses, and none takes longer than about n·log n a sweep.
/// </remarks>
internal sealed class LayeredLayout
{
    private const int MaxBends = 50_000;
    private const double GapAcross = 22;
    private const double BendGapAcross = 12;
    private const double Margin = 16;

    private readonly LayoutDirection _direction;
    private readonly ProperLayers _graph;
    private readonly int[][] _layers;
    private readonly Func<int, double> _sizeAcross;
    private readonly Func<int, double> _sizeAlong;
    private readonly double[] _across;
    private readonly double[] _layerStart;
    private readonly double[] _layerEnd;

    private LayeredLayout(
        IReadOnlyList<int> level, IReadOnlyList<PictureEdge> edges, IReadOnlyList<PictureSize> sizes, LayoutDirection direction)
    {
        _direction = direction;
        _sizeAcross = node => direction == LayoutDirection.Down ? sizes[node].Width : sizes[node].Height;
        _sizeAlong = node => direction == LayoutDirection.Down ? sizes[node].Height : sizes[node].Width;
        _graph = new ProperLayers(level, edges, MaxBends);
        _layers = CrossingReduction.Order(_graph);
        _across = CoordinateAssignment.Place(_graph, _layers, Distance);
        double half = _layers.Select(layer => HalfAcross(layer[0]) - _across[layer[0]]).DefaultIfEmpty().Max();
        for (int i = 0; i < _across.Length; i++)
        {
            _across[i] += half + Margin;
        }

        _layerStart = new double[_layers.Length];
        _layerEnd = new double[_layers.Length];
        double along = Margin;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layerStart[layer] = along;
            _layerEnd[layer] = along + _layers[layer].Where(vertex => !_graph.IsBend(vertex)).Select(_sizeAlong).DefaultIfEmpty().Max();
            along = _layerEnd[layer] + GapAlong(layer);
        }

        double length = (_layerEnd.Length == 0 ? Margin : _layerEnd[^1]) + Margin;
        double breadth = _layers.Select(layer => _across[layer[^1]] + HalfAcross(layer[^1])).DefaultIfEmpty().Max() + Margin;
        (Width, Height) = direction == LayoutDirection.Down ? (breadth, length) : (length, breadth);
    }

    /// <summary>The size of the whole picture.</summary>
    public double Width { get; }

    /// <summary>The size of the whole picture.</summary>
    public double Height { get; }

    /// <summary>Lays a graph out.</summary>
    /// <param name="level">The level of each node.</param>
    /// <param name="edges">The edges.</param>
    /// <param name="sizes">The size of each node.</param>
    /// <param name="direction">Which way it runs.</param>
    public static LayeredLayout Create(
        IReadOnlyList<int> level, IReadOnlyList<PictureEdge> edges, IReadOnlyList<PictureSize> sizes, LayoutDirection direction) =>
        new(level, edges, sizes, direction);

    /// <summary>The middle of a node.</summary>
    public PicturePoint Middle(int node)
    {
        int layer = _graph.LayerOf(node);
        return Point(_across[node], (_layerStart[layer] + _layerEnd[layer]) / 2);
    }

    /// <summary>
    /// The points that an edge leads through: from the side of its first node, to each layer that it passes and out of it
    /// again, to the side of its second node. Between layers it swings, in layers it runs straight.
    /// </summary>
    public IReadOnlyList<PicturePoint> Route(int edge)
    {
        var (from, to) = _graph.Edges[edge];
        List<PicturePoint> points = [Point(_across[from], EdgeOf(from, end: true))];
        foreach (int bend in _graph.BendsOf(edge))
        {
            int layer = _graph.LayerOf(bend);
            PicturePoint into = Point(_across[bend], _layerStart[layer]);
            PicturePoint outOf = Point(_across[bend], _layerEnd[layer]);
            if (points.Count > 1 && IsStraight(points[^1], into))
            {
                points[^1] = outOf;
                continue;
            }

            points.Add(into);
            points.Add(outOf);
        }

        points.Add(Point(_across[to], EdgeOf(to, end: false)));
        return points;
    }

    private bool IsStraight(PicturePoint one, PicturePoint other) =>
        Math.Abs(_direction == LayoutDirection.Down ? one.X - other.X : one.Y - other.Y) < 0.05;

    private PicturePoint Point(double across, double along) =>
        _direction == LayoutDirection.Down ? new PicturePoint(across, along) : new PicturePoint(along, across);

    /// <summary>Where a node begins or ends along the direction; it stands in the middle of its layer.</summary>
    private double EdgeOf(int node, bool end)
    {
        int layer = _graph.LayerOf(node);
        double half = _sizeAlong(node) / 2;
        return ((_layerStart[layer] + _layerEnd[layer]) / 2) + (end ? half : -half);
    }

    private double HalfAcross(int vertex) => _graph.IsBend(vertex) ? 0 : _sizeAcross(vertex) / 2;

    private double Distance(int left, int right) =>
        HalfAcross(left) + HalfAcross(right) + (_graph.IsBend(left) || _graph.IsBend(right) ? BendGapAcross : GapAcross);

    /// <summary>The room after a layer: more where edges go far aside, so that they do not become flat.</summary>
    private double GapAlong(int layer)
    {
        double furthest = 0;
        foreach (int vertex in _layers[layer])
        {
            foreach (int lower in _graph.Down(vertex))
            {
                furthest = Math.Max(furthest, Math.Abs(_across[lower] - _across[vertex]));
            }
        }

        return Math.Clamp(36 + (furthest / 8), 44, 150);
    }
}
