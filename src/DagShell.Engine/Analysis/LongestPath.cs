using DagShell.Engine.Graph;

namespace DagShell.Engine.Analysis;

/// <summary>The longest path through a graph whose nodes take given times.</summary>
internal sealed class LongestPath
{
    private readonly DagGraph _graph;
    private readonly Func<int, int, bool>? _counts;

    /// <summary>For each node the longest path that ends with it, and the longest that begins with it; itself included.</summary>
    private readonly long[] _head;
    private readonly long[] _tail;

    /// <summary>Finds it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ticks">What each node takes.</param>
    /// <param name="counts">Whether a path may take an edge, from a node to one that depends on it; null for all edges.</param>
    public LongestPath(DagGraph graph, long[] ticks, Func<int, int, bool>? counts = null)
    {
        _graph = graph;
        _counts = counts;
        _head = new long[graph.Count];
        _tail = new long[graph.Count];
        ReadOnlySpan<int> order = graph.TopologicalOrder;
        foreach (int node in order)
        {
            _head[node] = ticks[node];
            foreach (int dependency in graph.Upstream(node))
            {
                if (Counts(dependency, node))
                {
                    _head[node] = Math.Max(_head[node], ticks[node] + _head[dependency]);
                }
            }
        }

        for (int i = order.Length - 1; i >= 0; i--)
        {
            int next = Longest(order[i]);
            _tail[order[i]] = ticks[order[i]] + (next < 0 ? 0 : _tail[next]);
        }

        Nodes = Follow();
        Ticks = _tail[Nodes[0]];
    }

    /// <summary>Its nodes, from a root on; of several paths as long the one whose nodes were defined first.</summary>
    public int[] Nodes { get; }

    /// <summary>How long it takes.</summary>
    public long Ticks { get; }

    /// <summary>For each node of the path, how long the longest path takes that goes past it.</summary>
    /// <remarks>
    /// A path that does not touch a node ends before its place in the topological order, begins after it, or has an edge that
    /// leaps over it. So one sweep over the order, with the edges that are open at each place, finds all answers.
    /// </remarks>
    public long[] WithoutEach()
    {
        ReadOnlySpan<int> order = _graph.TopologicalOrder;
        int[] place = new int[order.Length];
        long[] tailsAfter = new long[order.Length + 1];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            place[order[i]] = i;
            tailsAfter[i] = Math.Max(tailsAfter[i + 1], _tail[order[i]]);
        }

        long[] without = new long[Nodes.Length];
        long headsBefore = 0;
        PriorityQueue<int, long> open = new();
        for (int i = 0, next = 0; i < order.Length && next < Nodes.Length; i++)
        {
            int node = order[i];
            if (node == Nodes[next])
            {
                // The edges that end here or before are not over it.
                while (open.TryPeek(out int end, out _) && end <= i)
                {
                    open.Dequeue();
                }

                long leaping = open.TryPeek(out _, out long longest) ? -longest : 0;
                without[next++] = Math.Max(leaping, Math.Max(headsBefore, tailsAfter[i + 1]));
            }

            headsBefore = Math.Max(headsBefore, _head[node]);
            foreach (int dependent in _graph.Downstream(node))
            {
                if (Counts(node, dependent))
                {
                    open.Enqueue(place[dependent], -(_head[node] + _tail[dependent]));
                }
            }
        }

        return without;
    }

    private bool Counts(int from, int to) => _counts is null || _counts(from, to);

    /// <summary>The dependent with the longest path from it on; -1 if there is none, or all that comes took no time.</summary>
    private int Longest(int node)
    {
        // Of nodes that took no time, skipped ones mostly, nothing was waited for.
        int longest = -1;
        foreach (int dependent in _graph.Downstream(node))
        {
            if (_tail[dependent] > (longest < 0 ? 0 : _tail[longest]) && Counts(node, dependent))
            {
                longest = dependent;
            }
        }

        return longest;
    }

    private int[] Follow()
    {
        int start = 0;
        for (int node = 1; node < _graph.Count; node++)
        {
            start = _tail[node] > _tail[start] ? node : start;
        }

        List<int> path = [start];
        for (int next = Longest(start); next >= 0; next = Longest(next))
        {
            path.Add(next);
        }

        return [.. path];
    }
}
