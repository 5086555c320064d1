using System.Collections.Concurrent;

namespace DagShell.Engine.Graph;

/// <summary>The dags that were added to a graph after it was made, each behind all nodes that were there.</summary>
internal sealed class AddedDags
{
    private readonly GraphParts _start;
    private readonly Dictionary<int, (int First, GraphParts Parts)> _byNode;

    public AddedDags(GraphParts start)
        : this(start, [], new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase))
    {
    }

    private AddedDags(
        GraphParts start, Dictionary<int, (int First, GraphParts Parts)> byNode, ConcurrentDictionary<string, int> indexByName)
    {
        _start = start;
        _byNode = byNode;
        IndexByName = indexByName;
    }

    /// <summary>
    /// The indexes of nodes that were added, by their names. All graphs that come of one another share it, and each overlooks what came
    /// after it.
    /// </summary>
    public ConcurrentDictionary<string, int> IndexByName { get; }

    /// <summary>Where the nodes of a dag begin that was added; null if none was for the node.</summary>
    public int? FirstOf(int node) => _byNode.TryGetValue(node, out (int First, GraphParts) added) ? added.First : null;

    /// <summary>The same, and one more.</summary>
    public AddedDags With(int node, int first, GraphParts dag)
    {
        for (int inner = 0; inner < dag.Nodes.Length; inner++)
        {
            IndexByName[dag.Nodes[inner].Name] = first + inner;
        }

        return new AddedDags(
            _start, new Dictionary<int, (int First, GraphParts Parts)>(_byNode) { { node, (first, dag) } }, IndexByName);
    }

    /// <summary>What a graph is made of in which each dag stands right behind its node.</summary>
    /// <param name="order">Gets the indexes of the nodes in their new order.</param>
    public GraphParts InOrder(List<int> order) => InOrder(_start, 0, order);

    private GraphParts InOrder(GraphParts parts, int first, List<int> order)
    {
        Dictionary<Node, GraphParts> inner = [];
        for (int node = 0; node < parts.Nodes.Length; node++)
        {
            order.Add(first + node);
            if (_byNode.TryGetValue(first + node, out (int First, GraphParts Parts) added))
            {
                inner.Add(parts.Nodes[node], InOrder(added.Parts, added.First, order));
            }
        }

        return GraphNesting.Flatten(parts, inner, new ProblemList(parts.Nodes));
    }
}
