using System.Collections.Concurrent;

namespace DagShell.Engine.Graph;

/// <summary>The dags that were added to a graph after it was made, each behind all nodes that were there.</summary>
internal sealed class AddedDags
{
    private readonly DagGraph _start;
    private readonly Dictionary<int, (int First, DagGraph Graph)> _byNode;

    public AddedDags(DagGraph start)
        : this(start, [], new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase))
    {
    }

    private AddedDags(DagGraph start, Dictionary<int, (int First, DagGraph Graph)> byNode, ConcurrentDictionary<string, int> indexByName)
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
    public int? FirstOf(int node) => _byNode.TryGetValue(node, out (int First, DagGraph) added) ? added.First : null;

    /// <summary>The same, and one more.</summary>
    public AddedDags With(int node, int first, DagGraph graph)
    {
        for (int inner = 0; inner < graph.Count; inner++)
        {
            IndexByName[graph[inner].Name] = first + inner;
        }

        return new AddedDags(
            _start, new Dictionary<int, (int First, DagGraph Graph)>(_byNode) { { node, (first, graph) } }, IndexByName);
    }

    /// <summary>What a graph is made of in which each dag stands right behind its node.</summary>
    /// <param name="partsOf">What a graph is made of.</param>
    /// <param name="order">Gets the indexes of the nodes in their new order.</param>
    public GraphParts InOrder(Func<DagGraph, GraphParts> partsOf, List<int> order) => InOrder(_start, 0, partsOf, order);

    private GraphParts InOrder(DagGraph graph, int first, Func<DagGraph, GraphParts> partsOf, List<int> order)
    {
        Dictionary<Node, GraphParts> inner = [];
        for (int node = 0; node < graph.Count; node++)
        {
            order.Add(first + node);
            if (_byNode.TryGetValue(first + node, out (int First, DagGraph Graph) added))
            {
                inner.Add(graph[node], InOrder(added.Graph, added.First, partsOf, order));
            }
        }

        GraphParts parts = partsOf(graph);
        return GraphNesting.Flatten(parts, inner, new ProblemList(parts.Nodes));
    }
}
