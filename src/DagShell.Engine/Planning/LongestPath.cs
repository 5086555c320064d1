using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>The longest path through a graph whose nodes take given times: the critical path of a plan, and of a run that was.</summary>
internal sealed class LongestPath
{
    private readonly DagGraph _graph;
    private readonly long[] _ticks;
    private readonly Func<int, int, bool>? _counts;
    private readonly bool _toLeaf;

    /// <summary>For each node the longest path that begins with it; itself included.</summary>
    private readonly long[] _tail;

    /// <summary>Finds it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ticks">What each node takes.</param>
    /// <param name="counts">Whether a path may take an edge, from a node to one that depends on it; null for all edges.</param>
    /// <param name="toLeaf">
    /// Whether the path goes from a root to a leaf in any case. If not, it leaves out what takes no time at its ends: skipped nodes
    /// mostly, for which nothing was waited.
    /// </param>
    public LongestPath(DagGraph graph, long[] ticks, Func<int, int, bool>? counts = null, bool toLeaf = false)
    {
        _graph = graph;
        _ticks = ticks;
        _counts = counts;
        _toLeaf = toLeaf;
        _tail = new long[graph.Count];
        ReadOnlySpan<int> order = graph.TopologicalOrder;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int node = order[i];
            long longest = 0;
            foreach (int dependent in graph.Awaiting(node))
            {
                if (_tail[dependent] > longest && Counts(node, dependent))
                {
                    longest = _tail[dependent];
                }
            }

            _tail[node] = AddSaturating(longest, ticks[node]);
        }

        Nodes = Follow();
        Ticks = _tail[Nodes[0]];
    }

    /// <summary>Its nodes; of several paths as long the one whose nodes were defined first, decided from its start on.</summary>
    public int[] Nodes { get; }

    /// <summary>How long it takes.</summary>
    public long Ticks { get; }

    /// <summary>For each node how long the longest path takes that begins with it; itself included.</summary>
    public long[] RemainingTicks => _tail;

    /// <summary>For each node of the path, how long the longest path takes that goes past it.</summary>
    /// <remarks>
    /// A path that does not touch a node ends before its place in the topological order, begins after it, or has an edge that
    /// leaps over it. So one sweep over the order, with the edges that are open at each place, finds all answers.
    /// </remarks>
    public long[] WithoutEach()
    {
        ReadOnlySpan<int> order = _graph.TopologicalOrder;
        long[] head = Heads();
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

            headsBefore = Math.Max(headsBefore, head[node]);
            foreach (int dependent in _graph.Awaiting(node))
            {
                if (Counts(node, dependent))
                {
                    open.Enqueue(place[dependent], -(head[node] + _tail[dependent]));
                }
            }
        }

        return without;
    }

    // Of two numbers that are not negative.
    private static long AddSaturating(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;

    private bool Counts(int from, int to) => _counts is null || _counts(from, to);

    /// <summary>For each node the longest path that ends with it; itself included.</summary>
    private long[] Heads()
    {
        long[] head = new long[_graph.Count];
        foreach (int node in _graph.TopologicalOrder)
        {
            long longest = 0;
            foreach (int dependency in _graph.Awaited(node))
            {
                if (head[dependency] > longest && Counts(dependency, node))
                {
                    longest = head[dependency];
                }
            }

            head[node] = AddSaturating(longest, _ticks[node]);
        }

        return head;
    }

    private int[] Follow()
    {
        List<int> path = [];
        for (int next = Start(); next >= 0; next = Next(next))
        {
            path.Add(next);
        }

        return [.. path];
    }

    private int Start()
    {
        int start = -1;
        for (int node = 0; node < _tail.Length; node++)
        {
            if ((start < 0 || _tail[node] > _tail[start]) && (!_toLeaf || _graph.Awaited(node).IsEmpty))
            {
                start = node;
            }
        }

        return start;
    }

    /// <summary>The dependent with the longest path from it on; -1 at the path's end.</summary>
    private int Next(int node)
    {
        int next = -1;
        long longest = _toLeaf ? -1 : 0;
        foreach (int dependent in _graph.Awaiting(node))
        {
            if (_tail[dependent] > longest && Counts(node, dependent))
            {
                next = dependent;
                longest = _tail[dependent];
            }
        }

        return next;
    }
}
