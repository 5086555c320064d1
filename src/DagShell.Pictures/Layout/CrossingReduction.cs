namespace DagShell.Pictures.Layout;

/// <summary>
/// Orders the vertices of each layer so that few edges cross: sweeps down and up the layers, which put each vertex at the
/// mean of its neighbours on the layer before, and swap neighbours where that helps (Sugiyama, Tagawa and Toda; Gansner et al.).
/// The best order seen is kept.
/// </summary>
internal sealed class CrossingReduction
{
    private const int Sweeps = 24;
    private const int SweepsWithoutGain = 4;

    /// <summary>Beyond so many pieces of edges a sweep takes long; such a picture is a tangle anyway.</summary>
    private const int ManySegments = 20_000;

    /// <summary>Two vertices with so many pairs of edges are not swapped: to count their crossings takes long.</summary>
    private const int ManyPairs = 4_096;

    private readonly ProperLayers _graph;
    private readonly int[][] _layers;
    private readonly int[] _place;

    private CrossingReduction(ProperLayers graph)
    {
        _graph = graph;
        _layers = graph.WalkedLayers();
        _place = new int[graph.VertexCount];
        NotePlaces();
    }

    /// <summary>Orders the vertices.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The vertices of each layer, from left to right.</returns>
    public static int[][] Order(ProperLayers graph)
    {
        CrossingReduction reduction = new(graph);
        return reduction.Run();
    }

    /// <summary>How many pairs of edges cross.</summary>
    public static long Count(ProperLayers graph, int[][] layers)
    {
        int[] place = new int[graph.VertexCount];
        foreach (int[] layer in layers)
        {
            NotePlaces(layer, place);
        }

        return Count(graph, layers, place);
    }

    private static long Count(ProperLayers graph, int[][] layers, int[] place)
    {
        long crossings = 0;
        List<int> ends = [];
        for (int layer = 0; layer + 1 < layers.Length; layer++)
        {
            // Taken from left to right, an edge crosses those before it that end further right.
            FenwickTree seen = new(layers[layer + 1].Length);
            int count = 0;
            foreach (int vertex in layers[layer])
            {
                ends.Clear();
                foreach (int lower in graph.Down(vertex))
                {
                    ends.Add(place[lower]);
                    crossings += count - seen.CountUpTo(place[lower]);
                }

                ends.ForEach(seen.Add);
                count += ends.Count;
            }
        }

        return crossings;
    }

    private static void NotePlaces(int[] layer, int[] place)
    {
        for (int i = 0; i < layer.Length; i++)
        {
            place[layer[i]] = i;
        }
    }

    private int[][] Run()
    {
        int[][] best = Copy();
        long fewest = Count(_graph, _layers, _place);
        bool isLarge = _graph.SegmentCount > ManySegments;
        for (int sweep = 0, withoutGain = 0; sweep < Sweeps && fewest > 0 && withoutGain < SweepsWithoutGain; sweep++)
        {
            Sweep(down: sweep % 2 == 0);
            if (!isLarge)
            {
                SwapNeighbours();
            }

            long crossings = Count(_graph, _layers, _place);
            withoutGain++;
            if (crossings < fewest)
            {
                fewest = crossings;
                best = Copy();
                withoutGain = 0;
            }
        }

        return best;
    }

    private int[][] Copy() => Array.ConvertAll(_layers, layer => (int[])layer.Clone());

    private void NotePlaces()
    {
        foreach (int[] layer in _layers)
        {
            NotePlaces(layer, _place);
        }
    }

    private void Sweep(bool down)
    {
        for (int i = 1; i < _layers.Length; i++)
        {
            int layer = down ? i : _layers.Length - 1 - i;
            SortByNeighbours(_layers[layer], vertex => down ? _graph.Up(vertex) : _graph.Down(vertex));
            NotePlaces(_layers[layer], _place);
        }
    }

    /// <summary>Sorts a layer by the mean place of the neighbours. A vertex without any stays where it is.</summary>
    private void SortByNeighbours(int[] layer, Func<int, IReadOnlyList<int>> neighbours)
    {
        var movable = new List<(double Mean, int Place, int Vertex)>(layer.Length);
        foreach (int vertex in layer)
        {
            IReadOnlyList<int> near = neighbours(vertex);
            if (near.Count > 0)
            {
                movable.Add((near.Average(other => (double)_place[other]), _place[vertex], vertex));
            }
        }

        int[] places = [.. movable.Select(item => item.Place)];
        movable.Sort();
        for (int i = 0; i < places.Length; i++)
        {
            layer[places[i]] = movable[i].Vertex;
        }
    }

    private void SwapNeighbours()
    {
        bool gains = true;
        for (int round = 0; gains && round < 8; round++)
        {
            gains = false;
            foreach (int[] layer in _layers)
            {
                for (int i = 0; i + 1 < layer.Length; i++)
                {
                    if (Gain(layer[i], layer[i + 1]) > 0)
                    {
                        (layer[i], layer[i + 1]) = (layer[i + 1], layer[i]);
                        _place[layer[i]] = i;
                        _place[layer[i + 1]] = i + 1;
                        gains = true;
                    }
                }
            }
        }
    }

    /// <summary>How many crossings fewer there are when two neighbours change places.</summary>
    private long Gain(int left, int right) =>
        Gain(_graph.Up(left), _graph.Up(right)) + Gain(_graph.Down(left), _graph.Down(right));

    private long Gain(IReadOnlyList<int> ofLeft, IReadOnlyList<int> ofRight)
    {
        long gain = 0;
        if ((long)ofLeft.Count * ofRight.Count > ManyPairs)
        {
            return long.MinValue / 2;
        }

        for (int i = 0; i < ofLeft.Count; i++)
        {
            for (int j = 0; j < ofRight.Count; j++)
            {
                gain += Math.Sign(_place[ofLeft[i]] - _place[ofRight[j]]);
            }
        }

        return gain;
    }

    /// <summary>Counts numbers, and how many are no larger than one, in logarithmic time.</summary>
    private sealed class FenwickTree(int size)
    {
        private readonly int[] _counts = new int[size + 1];

        public void Add(int number)
        {
            for (int i = number + 1; i < _counts.Length; i += i & -i)
            {
                _counts[i]++;
            }
        }

        public int CountUpTo(int number)
        {
            int count = 0;
            for (int i = number + 1; i > 0; i -= i & -i)
            {
                count += _counts[i];
            }

            return count;
        }
    }
}
