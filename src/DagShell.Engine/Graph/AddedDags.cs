using System.Collections.Concurrent;

namespace DagShell.Engine.Graph;

/// <summary>
/// The dags that were added to a graph after it was made, each behind all nodes that were there. All graphs that come of one another share
/// it, and each overlooks what came after it: so what it takes to add one does not grow with those that are there.
/// </summary>
/// <remarks>One thread adds; any may read meanwhile what a graph that it has knows of.</remarks>
internal sealed class AddedDags
{
    private readonly GraphPiece _start;
    private readonly ConcurrentDictionary<string, int> _indexByName = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<int, GraphPiece> _byNode = new();

    /// <summary>The piece that each node is of that was added; what is behind the last does not count.</summary>
    private volatile GraphPiece[] _pieceOf = new GraphPiece[16];

    /// <summary>Begins with none.</summary>
    public AddedDags(GraphPiece start)
    {
        _start = start;
        Count = start.Count;
    }

    /// <summary>How many nodes the newest graph has.</summary>
    public int Count { get; private set; }

    /// <summary>The index of a node that was added.</summary>
    public bool TryGetIndex(string name, out int index) => _indexByName.TryGetValue(name, out index);

    /// <summary>What a node came with that was added.</summary>
    public GraphPiece PieceOf(int node) => _pieceOf[node - _start.Count];

    /// <summary>The dag that was added for a node; null if none was to a graph of so many nodes.</summary>
    public GraphPiece? OfDag(int node, int count) =>
        _byNode.TryGetValue(node, out GraphPiece? piece) && piece.First < count ? piece : null;

    /// <summary>The dags that were added to a graph of so many nodes, in that order.</summary>
    public IEnumerable<GraphPiece> Pieces(int count)
    {
        for (int node = _start.Count; node < count;)
        {
            GraphPiece piece = PieceOf(node);
            yield return piece;
            node += piece.Count;
        }
    }

    /// <summary>What there was when a graph had so many nodes; others may be added to that.</summary>
    public AddedDags Until(int count)
    {
        AddedDags other = new(_start);
        foreach (GraphPiece piece in Pieces(count))
        {
            other.Add(piece.Outer(piece.First), piece);
        }

        return other;
    }

    /// <summary>Adds one.</summary>
    /// <param name="node">The node that stands for it.</param>
    /// <param name="dag">The dag.</param>
    public void Add(int node, GraphPiece dag)
    {
        GraphPiece[] pieces = _pieceOf;
        int added = Count - _start.Count;
        if (added + dag.Count > pieces.Length)
        {
            Array.Resize(ref pieces, Math.Max(added + dag.Count, pieces.Length * 2));
        }

        Array.Fill(pieces, dag, added, dag.Count);
        _pieceOf = pieces;
        for (int inner = 0; inner < dag.Count; inner++)
        {
            _indexByName[dag[dag.First + inner].Name] = dag.First + inner;
        }

        _byNode[node] = dag;
        Count += dag.Count;
    }

    /// <summary>What a graph is made of in which each dag stands right behind its node.</summary>
    /// <param name="count">How many nodes the graph has.</param>
    /// <param name="order">Gets the indexes of the nodes in their new order.</param>
    public GraphParts InOrder(int count, List<int> order) => InOrder(_start, count, order);

    private GraphParts InOrder(GraphPiece piece, int count, List<int> order)
    {
        Dictionary<Node, GraphParts> inner = [];
        for (int node = piece.First; node < piece.First + piece.Count; node++)
        {
            order.Add(node);
            if (OfDag(node, count) is { } added)
            {
                inner.Add(piece[node], InOrder(added, count, order));
            }
        }

        return GraphNesting.Flatten(piece.AsMade, inner, new ProblemList(piece.AsMade.Nodes));
    }
}
