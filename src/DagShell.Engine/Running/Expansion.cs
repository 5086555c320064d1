using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>The dag that a node stands for, as it is known when the node's turn has come, and what of it is done already.</summary>
public sealed class Expansion
{
    /// <summary>Makes one of which nothing is done.</summary>
    /// <param name="graph">The dag, whose nodes are <see cref="Node.InsideOf"/> the node.</param>
    public Expansion(DagGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
    }

    /// <summary>The dag; the indexes of its nodes are meant in all that follows.</summary>
    public DagGraph Graph { get; }

    /// <summary>
    /// Nodes that succeeded in an earlier run and are not run again, with what they gave back, those with items
    /// <see cref="RestoredItems"/>. All that such a node depends on must be among them.
    /// </summary>
    public IReadOnlyDictionary<int, object?> Restored { get; init; } = new Dictionary<int, object?>();

    /// <summary>The runs that these come from.</summary>
    public IReadOnlyDictionary<int, RunOrigin> Origins { get; init; } = new Dictionary<int, RunOrigin>();
}
