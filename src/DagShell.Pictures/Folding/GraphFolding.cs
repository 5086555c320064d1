namespace DagShell.Pictures.Folding;

/// <summary>
/// Gathers the nodes of a large graph into boxes, few enough to be seen at once: first nodes of one level with the same neighbours, then,
/// where that is not enough, those of one level that belong to one dag or one list of items, then whole levels, then bands of levels.
/// </summary>
/// <remarks>The edges between boxes are kept as sorted numbers, of which each step makes fewer; no step takes longer than a sort.</remarks>
internal sealed class GraphFolding
{
    /// <summary>The most nodes that are drawn as they are.</summary>
    public const int MostNodes = 150;

    /// <summary>The most edges with which they are.</summary>
    public const int MostEdgesOfNodes = 600;

    /// <summary>The most boxes of a folded graph. With all that belongs to them a page has 5,000 elements at most.</summary>
    public const int MostBoxes = 400;

    private const int MostEdges = 800;
    private const int MostBands = 100;
    private const int MostRounds = 20;

    private readonly int[] _boxOf;
    private readonly List<int> _levelOfBox = [];
    private readonly List<bool> _isKept = [];
    private readonly List<string?> _ownerOfBox = [];
    private ulong[] _edges = [];

    private GraphFolding(DagPicture picture, Func<int, bool> isShown, Func<int, bool> isKept)
    {
        _boxOf = new int[picture.Nodes.Count];
        for (int node = 0; node < _boxOf.Length; node++)
        {
            _boxOf[node] = isShown(node) ? _levelOfBox.Count : -1;
            if (_boxOf[node] >= 0)
            {
                _levelOfBox.Add(picture.Nodes[node].Level);
                _isKept.Add(isKept(node));
                _ownerOfBox.Add(OwnerOf(picture.Nodes[node].Name));
            }
        }

        _edges = [.. picture.Edges
            .Where(edge => _boxOf[edge.From] >= 0 && _boxOf[edge.To] >= 0)
            .Select(edge => Pair(_boxOf[edge.From], _boxOf[edge.To]))];
        SortEdges();
    }

    private int Count => _levelOfBox.Count;

    private bool IsSmallEnough => Count <= MostBoxes && _edges.Length <= MostEdges;

    /// <summary>Whether a picture is small enough to be drawn node by node.</summary>
    public static bool IsSmall(DagPicture picture) => picture.Nodes.Count <= MostNodes && picture.Edges.Count <= MostEdgesOfNodes;

    /// <summary>Folds a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="isShown">Which of its nodes are shown.</param>
    /// <param name="isKept">Which of these keep a box of their own as long as there is room.</param>
    /// <returns>The box of each node; -1 for those that are not shown.</returns>
    public static int[] Fold(DagPicture picture, Func<int, bool> isShown, Func<int, bool> isKept)
    {
        GraphFolding folding = new(picture, isShown, isKept);
        folding.Run();
        return folding._boxOf;
    }

    /// <summary>The dag or the items that a node belongs to, by its name: <c>Deploy#2/Build</c> is in <c>Deploy</c>.</summary>
    private static string? OwnerOf(string name)
    {
        int end = name.LastIndexOf('/');
        if (end <= 0)
        {
            return null;
        }

        int item = name.LastIndexOf('#', end);
        return item > 0 && !name.AsSpan(item + 1, end - item - 1).ContainsAnyExceptInRange('0', '9') ? name[..item] : name[..end];
    }

    private static ulong Pair(int from, int to) => ((ulong)(uint)from << 32) | (uint)to;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private void Run()
    {
        // What is folded makes twins of its neighbours, up and down the levels; where that brings little it is a tangle.
        for (int round = 0; round == 0 || (!IsSmallEnough && round < MostRounds); round++)
        {
            int before = Count;
            FoldTwins();
            if (Count > before * 0.98)
            {
                break;
            }
        }

        if (!IsSmallEnough)
        {
            Fold(box => _isKept[box] || _ownerOfBox[box] is null ? (box, null) : (-1 - _levelOfBox[box], _ownerOfBox[box]));
        }

        FoldLevels();
        FoldBands();
    }

    /// <summary>Folds boxes of one level that lead to the same boxes, and come from the same.</summary>
    private void FoldTwins()
    {
        ulong[] up = new ulong[Count];
        ulong[] down = new ulong[Count];
        foreach (ulong edge in _edges)
        {
            int from = (int)(edge >> 32);
            int to = (int)(uint)edge;
            down[from] += Mix((uint)to + 1UL);
            up[to] += Mix((uint)from + 1UL);
        }

        Fold(box => _isKept[box] ? (0UL, (ulong)box, -1) : (up[box], down[box], _levelOfBox[box]));
    }

    /// <summary>Folds whole levels, the fullest first, until there are few enough boxes.</summary>
    private void FoldLevels()
    {
        Queue<int> fullest = new(Enumerable.Range(0, Count)
            .Where(box => !_isKept[box])
            .GroupBy(box => _levelOfBox[box])
            .Where(level => level.Count() > 1)
            .OrderByDescending(level => level.Count())
            .Select(level => level.Key));
        int[] boxesOf = new int[_levelOfBox.Max() + 1];
        _levelOfBox.ForEach(level => boxesOf[level]++);
        while (!IsSmallEnough && fullest.Count > 0)
        {
            // As many as it takes to have few boxes, and then, where there are still many edges, a quarter at a time: each time all edges
            // are looked at.
            HashSet<int> levels = [];
            for (int left = Count, least = Count <= MostBoxes ? Math.Max(1, fullest.Count / 4) : 1;
                fullest.Count > 0 && (least > 0 || left > MostBoxes);
                least--)
            {
                left -= boxesOf[fullest.Peek()] - 1;
                levels.Add(fullest.Dequeue());
            }

            Fold(box => !_isKept[box] && levels.Contains(_levelOfBox[box]) ? (true, _levelOfBox[box]) : (false, box));
        }
    }

    /// <summary>The last resort, for deep graphs: all of some levels after one another is one box.</summary>
    private void FoldBands()
    {
        if (IsSmallEnough)
        {
            return;
        }

        int levels = _levelOfBox.Max() + 1;
        int size = ((levels - 1) / MostBands) + 1;
        for (int box = 0; box < Count; box++)
        {
            _levelOfBox[box] /= size;
        }

        Fold(box => _levelOfBox[box]);
    }

    /// <summary>Makes one box of all that have the same key.</summary>
    private void Fold<TKey>(Func<int, TKey> keyOf)
        where TKey : notnull
    {
        Dictionary<TKey, int> boxes = [];
        int[] newBox = new int[Count];
        int next = 0;
        for (int box = 0; box < newBox.Length; box++)
        {
            TKey key = keyOf(box);
            if (!boxes.TryGetValue(key, out int target))
            {
                boxes.Add(key, target = next);
                _levelOfBox[next] = _levelOfBox[box];
                _isKept[next] = _isKept[box];
                _ownerOfBox[next] = _ownerOfBox[box];
                next++;
            }

            newBox[box] = target;
        }

        _levelOfBox.RemoveRange(next, _levelOfBox.Count - next);
        _isKept.RemoveRange(next, _isKept.Count - next);
        _ownerOfBox.RemoveRange(next, _ownerOfBox.Count - next);
        for (int node = 0; node < _boxOf.Length; node++)
        {
            _boxOf[node] = _boxOf[node] < 0 ? -1 : newBox[_boxOf[node]];
        }

        for (int i = 0; i < _edges.Length; i++)
        {
            _edges[i] = Pair(newBox[(int)(_edges[i] >> 32)], newBox[(int)(uint)_edges[i]]);
        }

        SortEdges();
    }

    private void SortEdges()
    {
        Array.Sort(_edges);
        int next = 0;
        for (int i = 0; i < _edges.Length; i++)
        {
            bool isInside = (uint)(_edges[i] >> 32) == (uint)_edges[i];
            if (!isInside && (next == 0 || _edges[next - 1] != _edges[i]))
            {
                _edges[next++] = _edges[i];
            }
        }

        Array.Resize(ref _edges, next);
    }
}
