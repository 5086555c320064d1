namespace DagShell.Engine.Graph;

/// <summary>
/// Finds one short cycle in each strongly connected component of more than one node, in time linear in nodes and
/// edges and without recursion. Self-edges must have been taken out.
/// </summary>
internal sealed class CycleFinder
{
    private const int Unseen = -1;

    private readonly Adjacency _downstream;

    // The component of each node, numbered by one of its nodes; Unseen for a node that is not on a cycle.
    private readonly int[] _component;

    // The first-defined node of each component.
    private readonly List<int> _firstNodes = [];

    private CycleFinder(Adjacency downstream)
    {
        _downstream = downstream;
        _component = NewArray();
    }

    /// <summary>Finds the cycles.</summary>
    /// <param name="downstream">The dependents of each node.</param>
    /// <param name="unmet">What <see cref="TopologicalSort"/> left: only nodes above zero are looked at.</param>
    /// <returns>
    /// The cycles in the order of their first-defined nodes. Each starts at that node of its component, and is as short
    /// as one through that node can be.
    /// </returns>
    public static List<int[]> Find(Adjacency downstream, int[] unmet)
    {
        CycleFinder finder = new(downstream);
        finder.FindComponents(unmet);
        finder._firstNodes.Sort();
        return finder.FindShortestCycles();
    }

    // Tarjan's algorithm, with a stack of its own in place of the calls.
    private void FindComponents(int[] unmet)
    {
        int[] seenAs = NewArray();
        int[] lowest = new int[seenAs.Length];
        int[] nextEdge = new int[seenAs.Length];
        bool[] isOpen = new bool[seenAs.Length];
        Stack<int> open = new();
        Stack<int> path = new();
        int seen = 0;

        for (int root = 0; root < seenAs.Length; root++)
        {
            if (unmet[root] == 0 || seenAs[root] != Unseen)
            {
                continue;
            }

            Enter(root);
            while (path.TryPeek(out int node))
            {
                ReadOnlySpan<int> dependents = _downstream[node];
                if (nextEdge[node] < dependents.Length)
                {
                    int dependent = dependents[nextEdge[node]++];
                    if (seenAs[dependent] == Unseen)
                    {
                        Enter(dependent);
                    }
                    else if (isOpen[dependent])
                    {
                        lowest[node] = Math.Min(lowest[node], seenAs[dependent]);
                    }

                    continue;
                }

                path.Pop();
                if (path.TryPeek(out int caller))
                {
                    lowest[caller] = Math.Min(lowest[caller], lowest[node]);
                }

                if (lowest[node] == seenAs[node])
                {
                    Close(node);
                }
            }
        }

        void Enter(int node)
        {
            seenAs[node] = lowest[node] = seen++;
            isOpen[node] = true;
            open.Push(node);
            path.Push(node);
        }

        // All nodes opened since this one, and not closed, are its component.
        void Close(int root)
        {
            if (open.Peek() == root)
            {
                isOpen[open.Pop()] = false;
                return;
            }

            int member;
            int first = root;
            do
            {
                member = open.Pop();
                isOpen[member] = false;
                _component[member] = root;
                first = Math.Min(first, member);
            }
            while (member != root);

            _firstNodes.Add(first);
        }
    }

    private List<int[]> FindShortestCycles()
    {
        int[] cameFrom = NewArray();
        Queue<int> queue = new();
        return _firstNodes.ConvertAll(start => FindShortestCycle(start, cameFrom, queue));
    }

    // Breadth first, within the component, from its first node until an edge leads back to it; there is one, as the
    // component is strongly connected.
    private int[] FindShortestCycle(int start, int[] cameFrom, Queue<int> queue)
    {
        queue.Clear();
        queue.Enqueue(start);
        while (true)
        {
            int node = queue.Dequeue();
            foreach (int dependent in _downstream[node])
            {
                if (dependent == start)
                {
                    return TracePath(start, node, cameFrom);
                }

                if (_component[dependent] == _component[start] && cameFrom[dependent] == Unseen)
                {
                    cameFrom[dependent] = node;
                    queue.Enqueue(dependent);
                }
            }
        }
    }

    private static int[] TracePath(int start, int end, int[] cameFrom)
    {
        List<int> path = [];
        for (int node = end; node != start; node = cameFrom[node])
        {
            path.Add(node);
        }

        path.Add(start);
        path.Reverse();
        return [.. path];
    }

    private int[] NewArray()
    {
        int[] array = new int[_downstream.NodeCount];
        Array.Fill(array, Unseen);
        return array;
    }
}
