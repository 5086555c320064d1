namespace DagShell.Engine.Graph;

/// <summary>Kahn's algorithm: again and again a node all of whose dependencies have been taken.</summary>
internal static class TopologicalSort
{
    /// <summary>Sorts the nodes.</summary>
    /// <param name="upstream">The dependencies of each node.</param>
    /// <param name="downstream">The dependents of each node.</param>
    /// <param name="order">The nodes, each after its dependencies. Without those that are left.</param>
    /// <param name="unmet">
    /// For each node the number of dependencies not taken: above zero for those that are on a cycle or after one.
    /// </param>
    /// <returns><see langword="true"/> if no node is left.</returns>
    public static bool TrySort(Adjacency upstream, Adjacency downstream, out int[] order, out int[] unmet)
    {
        int count = upstream.NodeCount;
        order = new int[count];
        unmet = new int[count];
        int taken = 0;
        for (int node = 0; node < count; node++)
        {
            unmet[node] = upstream[node].Length;
            if (unmet[node] == 0)
            {
                order[taken++] = node;
            }
        }

        // The order is its own queue.
        for (int i = 0; i < taken; i++)
        {
            foreach (int dependent in downstream[order[i]])
            {
                if (--unmet[dependent] == 0)
                {
                    order[taken++] = dependent;
                }
            }
        }

        return taken == count;
    }
}
