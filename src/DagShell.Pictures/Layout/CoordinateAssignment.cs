namespace DagShell.Pictures.Layout;

/// <summary>
/// Places ordered vertices along their layers: each as near as can be to the middle of its neighbours on the layers beside,
/// none nearer to the next one than they have to be apart.
/// </summary>
/// <remarks>
/// One layer after the other is placed, down and up the layers several times. For one layer the best places are found
/// exactly: without the distances it is a regression onto ascending numbers, which pooling neighbours that are in each
/// other's way solves in one pass. An edge between two nodes that have no other weighs more than one of many, and one between
/// bends most: so chains and long edges run straight, and it is the fans that slant.
/// </remarks>
internal sealed class CoordinateAssignment
{
    /// <summary>Rounds in which layers follow the one before alone, which spreads the picture out.</summary>
    private const int SpreadingRounds = 4;

    /// <summary>Rounds in which layers settle between both neighbours.</summary>
    private const int SettlingRounds = 16;

    private const double BendWeight = 8;

    private readonly ProperLayers _graph;
    private readonly int[][] _layers;
    private readonly Func<int, int, double> _distance;
    private readonly Func<int, (double First, double Last)>? _bounds;
    private readonly double[] _position;
    private readonly List<(double Position, double Weight)> _near = [];

    private CoordinateAssignment(
        ProperLayers graph, int[][] layers, Func<int, int, double> distance, Func<int, (double First, double Last)>? bounds)
    {
        _bounds = bounds;
        _graph = graph;
        _layers = layers;
        _distance = distance;
        _position = new double[graph.VertexCount];
    }

    /// <summary>Places the vertices.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layers">The vertices of each layer in their order.</param>
    /// <param name="distance">How far the middles of two that stand side by side must be apart at least.</param>
    /// <param name="bounds">How near to 0 the first vertex of a layer may be, and how far the last, where there is a limit.</param>
    /// <returns>The middle of each vertex; without bounds the smallest is 0.</returns>
    public static double[] Place(
        ProperLayers graph, int[][] layers, Func<int, int, double> distance, Func<int, (double First, double Last)>? bounds = null)
    {
        CoordinateAssignment assignment = new(graph, layers, distance, bounds);
        assignment.Run();
        return assignment._position;
    }

    private void Run()
    {
        foreach (int[] layer in _layers)
        {
            for (int i = 1; i < layer.Length; i++)
            {
                _position[layer[i]] = _position[layer[i - 1]] + _distance(layer[i - 1], layer[i]);
            }
        }

        for (int round = 0; round < SpreadingRounds + SettlingRounds; round++)
        {
            bool settles = round >= SpreadingRounds;
            for (int layer = 0; layer < _layers.Length; layer++)
            {
                PlaceLayer(layer, up: true, down: settles);
            }

            for (int layer = _layers.Length - 1; layer >= 0; layer--)
            {
                PlaceLayer(layer, up: settles, down: true);
            }
        }

        if (_bounds is not null)
        {
            return;
        }

        double first = _layers.Where(layer => layer.Length > 0).Select(layer => _position[layer[0]]).DefaultIfEmpty().Min();
        for (int i = 0; i < _position.Length; i++)
        {
            _position[i] -= first;
        }
    }

    private double WeightOf(int upper, int lower)
    {
        double weight = _graph.IsBend(upper) && _graph.IsBend(lower) ? BendWeight : 1;
        return weight / Math.Max(_graph.Down(upper).Count, _graph.Up(lower).Count);
    }

    /// <summary>Where a vertex wants to be: at the weighted median of its neighbours, or where it is if it has none.</summary>
    /// <returns>The place, and how much it matters.</returns>
    private (double Place, double Weight) WishOf(int vertex, bool up, bool down)
    {
        _near.Clear();
        if (up)
        {
            foreach (int upper in _graph.Up(vertex))
            {
                _near.Add((_position[upper], WeightOf(upper, vertex)));
            }
        }

        if (down)
        {
            foreach (int lower in _graph.Down(vertex))
            {
                _near.Add((_position[lower], WeightOf(vertex, lower)));
            }
        }

        if (_near.Count == 0)
        {
            return (_position[vertex], 0.01);
        }

        _near.Sort();
        double all = _near.Sum(near => near.Weight);
        double before = 0;
        for (int i = 0; i < _near.Count; i++)
        {
            before += _near[i].Weight;
            if (before > (all / 2) + 1e-9)
            {
                return (_near[i].Position, all);
            }

            if (before > (all / 2) - 1e-9 && i + 1 < _near.Count)
            {
                return ((_near[i].Position + _near[i + 1].Position) / 2, all);
            }
        }

        return (_near[^1].Position, all);
    }

    private void PlaceLayer(int index, bool up, bool down)
    {
        int[] layer = _layers[index];

        // Blocks of vertices that stand at their least distance: how far along the first one wants to be, and how much it matters.
        Stack<(double Wish, double Weight, int Count)> blocks = new();
        double offset = 0;
        for (int i = 0; i < layer.Length; i++)
        {
            offset += i == 0 ? 0 : _distance(layer[i - 1], layer[i]);
            (double place, double weight) = WishOf(layer[i], up, down);
            (double Wish, double Weight, int Count) block = (place - offset, weight, 1);
            while (blocks.TryPeek(out var before) && before.Wish >= block.Wish)
            {
                blocks.Pop();
                double sum = before.Weight + block.Weight;
                block = (((before.Wish * before.Weight) + (block.Wish * block.Weight)) / sum, sum, before.Count + block.Count);
            }

            blocks.Push(block);
        }

        // Whatever is out of bounds moves to the bound: without the distances all places ascend, so the order stays.
        (double lowest, double highest) = _bounds?.Invoke(index) ?? (double.NegativeInfinity, double.PositiveInfinity);
        highest -= offset;
        int next = 0;
        offset = 0;
        foreach (var block in blocks.Reverse())
        {
            for (int end = next + block.Count; next < end; next++)
            {
                offset += next == 0 ? 0 : _distance(layer[next - 1], layer[next]);
                _position[layer[next]] = Math.Max(lowest, Math.Min(highest, block.Wish)) + offset;
            }
        }
    }
}
