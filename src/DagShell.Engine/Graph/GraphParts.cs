namespace DagShell.Engine.Graph;

/// <summary>What a graph is made of, checked, and not changed any more.</summary>
/// <param name="Nodes">The nodes, in the order of definition.</param>
/// <param name="IndexByName">Each node's index, by its name; case makes no difference.</param>
/// <param name="Upstream">The dependencies of every node.</param>
/// <param name="Downstream">The dependents of every node.</param>
/// <param name="Relations">What nodes wait for besides, as clean-up or because of fallbacks.</param>
/// <param name="TopologicalOrder">All nodes, each after everything it waits for.</param>
/// <param name="PoolLimits">How many attempts of each pool may run at once; case makes no difference in the names.</param>
internal sealed record GraphParts(
    Node[] Nodes,
    Dictionary<string, int> IndexByName,
    Adjacency Upstream,
    Adjacency Downstream,
    NodeRelations Relations,
    int[] TopologicalOrder,
    IReadOnlyDictionary<string, int> PoolLimits)
{
    /// <summary>For each node the one for whose dag it is there, -1 for the dag as a whole; null where no node stands for a dag.</summary>
    public int[]? Outer { get; init; }
}
