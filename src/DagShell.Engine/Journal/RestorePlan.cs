using DagShell.Engine.Graph;

namespace DagShell.Engine.Journal;

/// <summary>Which nodes of a run that is resumed need not run again.</summary>
public sealed class RestorePlan
{
    private readonly Dictionary<int, string> _done = [];
    private readonly HashSet<int> _fallenBack = [];
    private readonly HashSet<int> _tornDown = [];
    private readonly HashSet<int> _fresh = [];
    private IReadOnlySet<int> _again = new HashSet<int>();

    private RestorePlan()
    {
    }

    /// <summary>What nodes that are done gave back, by index.</summary>
    public IReadOnlyDictionary<int, string> Done => _done;

    /// <summary>Nodes that failed and are not tried again, because a fallback that is done stands for them.</summary>
    public IReadOnlySet<int> FallenBack => _fallenBack;

    /// <summary>Nodes that were done, and run again because they were cleaned up after, and a node that is left needs them.</summary>
    public IReadOnlySet<int> TornDown => _tornDown;

    /// <summary>
    /// Nodes before which nothing runs again, whether they are done or not: items of them that are done need not be done again.
    /// </summary>
    public IReadOnlySet<int> Fresh => _fresh;

    /// <summary>Finds what is done, is defined as it was, and has nothing before it that must run again.</summary>
    /// <param name="graph">What is to be run.</param>
    /// <param name="find">What a node gave back, if it is done, is as it was, and can be restored.</param>
    /// <param name="hasFailed">Whether a node is as it was and failed.</param>
    /// <param name="hasRun">Whether a node, which is clean-up, has run, or had begun to.</param>
    /// <param name="isLeft">Whether a node that is not done is to be run now.</param>
    /// <param name="again">Nodes that are to run again, whatever became of them.</param>
    internal static RestorePlan Find(
        DagGraph graph,
        Func<int, string?> find,
        Func<int, bool> hasFailed,
        Func<int, bool> hasRun,
        Func<int, bool> isLeft,
        IReadOnlySet<int> again)
    {
        RestorePlan plan = new() { _again = again };
        do
        {
            plan.Take(graph, find, hasFailed);
        }
        while (graph.HasRelations && plan.LeavesTornDown(graph, hasRun, isLeft));

        return plan;
    }

    private void Take(DagGraph graph, Func<int, string?> find, Func<int, bool> hasFailed)
    {
        _done.Clear();
        _fallenBack.Clear();
        _fresh.Clear();
        Stack<(int Node, int End)> dags = new();
        for (int place = 0; place < graph.Count; place++)
        {
            TakeDags(place);
            int node = graph.TopologicalOrder[place];
            if (!IsFresh(graph, node))
            {
                continue;
            }

            _fresh.Add(node);
            if (graph.IsDag(node))
            {
                // Whether it is done is known when all that is inside is: those come right behind it.
                dags.Push((node, place + 1 + graph.CountInside(node)));
            }
            else
            {
                Take(node);
            }
        }

        TakeDags(graph.Count);
        _fallenBack.RemoveWhere(node => !Stands(graph, node));

        void TakeDags(int place)
        {
            while (dags.TryPeek(out (int Node, int End) dag) && dag.End <= place)
            {
                dags.Pop();
                if (IsDoneInside(graph, dag.Node))
                {
                    Take(dag.Node);
                }
                else if (graph.Fallback(dag.Node) >= 0 && hasFailed(dag.Node) && !RunsAgainInside(graph, dag.Node))
                {
                    _fallenBack.Add(dag.Node);
                }
            }
        }

        void Take(int node)
        {
            if (find(node) is { } output)
            {
                _done.Add(node, output);
            }
            else if (graph.Fallback(node) >= 0 && hasFailed(node))
            {
                _fallenBack.Add(node);
            }
        }
    }

    /// <summary>Whether nothing before a node must run again.</summary>
    private bool IsFresh(DagGraph graph, int node)
    {
        int primary = graph.FallbackFor(node);
        if (_tornDown.Contains(node) || _again.Contains(node) || (primary >= 0 && !_fallenBack.Contains(primary))
            || (graph.Outer(node) is >= 0 and var dag && !_fresh.Contains(dag)))
        {
            return false;
        }

        foreach (int dependency in graph.Upstream(node))
        {
            if (!Stands(graph, dependency))
            {
                return false;
            }
        }

        return true;
    }

    private bool RunsAgainInside(DagGraph graph, int dag) =>
        _again.Any(node => node > dag && node <= dag + graph.CountInside(dag));

    private bool IsDoneInside(DagGraph graph, int dag)
    {
        for (int node = dag + 1; node <= dag + graph.CountInside(dag); node++)
        {
            // A fallback that was not needed has not run.
            bool isNotNeeded = graph.FallbackFor(node) is >= 0 and var primary && _done.ContainsKey(primary);
            if (!_done.ContainsKey(node) && !_fallenBack.Contains(node) && !isNotNeeded)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a node is done, or a fallback for it is.</summary>
    private bool Stands(DagGraph graph, int node)
    {
        while (node >= 0 && _fallenBack.Contains(node))
        {
            node = graph.Fallback(node);
        }

        return node >= 0 && _done.ContainsKey(node);
    }

    /// <summary>Finds set-ups that were torn down and are needed.</summary>
    /// <returns>Whether there is one that was not known.</returns>
    private bool LeavesTornDown(DagGraph graph, Func<int, bool> hasRun, Func<int, bool> isLeft)
    {
        int before = _tornDown.Count;
        for (int cleanUp = 0; cleanUp < graph.Count; cleanUp++)
        {
            if (graph.CleanUpOf(cleanUp).IsEmpty || !hasRun(cleanUp) || !IsNeeded(graph, cleanUp, isLeft))
            {
                continue;
            }

            foreach (int setUp in graph.CleanUpOf(cleanUp))
            {
                for (int node = setUp; node >= 0; node = graph.Fallback(node))
                {
                    if (_done.ContainsKey(node) || _fallenBack.Contains(node))
                    {
                        _tornDown.Add(node);
                    }
                }
            }
        }

        return _tornDown.Count > before;
    }

    /// <summary>
    /// Whether what was cleaned up after is needed: by a node that is left, and is neither clean-up itself nor a fallback that nobody
    /// needs.
    /// </summary>
    private bool IsNeeded(DagGraph graph, int cleanUp, Func<int, bool> isLeft)
    {
        foreach (int node in graph.Awaited(cleanUp))
        {
            bool isNotNeeded = graph.FallbackFor(node) is >= 0 and var primary && _done.ContainsKey(primary);
            if (isLeft(node) && !_done.ContainsKey(node) && !_fallenBack.Contains(node) && !isNotNeeded
                && graph.CleanUpOf(node).IsEmpty && !graph.CleanUpOf(cleanUp).Contains(node))
            {
                return true;
            }
        }

        return false;
    }
}
