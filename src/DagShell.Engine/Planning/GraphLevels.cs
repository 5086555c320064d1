using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>How far the nodes of a graph are from its roots.</summary>
public static class GraphLevels
{
    /// <summary>The level of each node: 0 for a root, else one more than the highest of all that it waits for.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The levels, by the nodes' indexes.</returns>
    public static int[] Of(DagGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int[] level = new int[graph.Count];
        foreach (int node in graph.TopologicalOrder)
        {
            foreach (int dependency in graph.Awaited(node))
            {
                level[node] = Math.Max(level[node], level[dependency] + 1);
            }
        }

        return level;
    }
}
