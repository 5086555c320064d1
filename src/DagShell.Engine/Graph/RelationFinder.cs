using System.Runtime.InteropServices;

namespace DagShell.Engine.Graph;

/// <summary>
/// Finds what nodes wait for besides their dependencies. Who depends on a node waits for its fallbacks as well; clean-up waits for
/// all that depends
/// on what it cleans up after, and for the clean-up of that.
/// </summary>
internal sealed class RelationFinder
{
    private const int None = -1;

    private readonly Adjacency _upstream;
    private readonly Adjacency _downstream;
    private readonly Adjacency _cleanUpOf;
    private readonly Adjacency _cleanUps;
    private readonly int[] _fallbackFor;
    private readonly int[] _fallback;
    private readonly List<int> _waiting = [];
    private readonly List<int> _awaited = [];
    private readonly HashSet<(int Waiting, int Awaited)> _known = [];

    // The last clean-up whose search came to each node: saves clearing an array for each.
    private readonly int[] _after;
    private readonly int[] _inside;

    private RelationFinder(Adjacency upstream, Adjacency downstream, Adjacency cleanUpOf, int[] fallbackFor)
    {
        _upstream = upstream;
        _downstream = downstream;
        _cleanUpOf = cleanUpOf;
        _cleanUps = cleanUpOf.Reverse();
        _fallbackFor = fallbackFor;
        _fallback = NewArray();
        _after = NewArray();
        _inside = NewArray();
        for (int node = 0; node < fallbackFor.Length; node++)
        {
            if (fallbackFor[node] != None)
            {
                _fallback[fallbackFor[node]] = node;
            }
        }
    }

    /// <summary>Finds them.</summary>
    /// <param name="upstream">The dependencies of each node, what it cleans up after among them, and what it is the fallback for
    /// not.</param>
    /// <param name="downstream">The dependents of each node.</param>
    /// <param name="cleanUpOf">What each node cleans up after.</param>
    /// <param name="fallbackFor">What each node is the fallback for; -1 for nothing. No two are for one.</param>
    public static NodeRelations Find(Adjacency upstream, Adjacency downstream, Adjacency cleanUpOf, int[] fallbackFor)
    {
        RelationFinder finder = new(upstream, downstream, cleanUpOf, fallbackFor);
        finder.AddFallbacks();
        Adjacency afterFallbacks = finder.Gathered().Reverse();
        for (int node = 0; node < upstream.NodeCount; node++)
        {
            if (cleanUpOf[node].Length > 0)
            {
                finder.AddCleanUp(node, afterFallbacks);
            }
        }

        return new NodeRelations(finder.All(), finder.Gathered(), cleanUpOf, fallbackFor);
    }

    private void AddFallbacks()
    {
        for (int node = 0; node < _fallback.Length; node++)
        {
            if (_fallbackFor[node] != None)
            {
                Add(node, _fallbackFor[node]);
            }
            else if (_fallback[node] != None)
            {
                // The head of a chain. Fallbacks in a circle have none; that circle is found later.
                AddChain(node);
            }
        }
    }

    private void AddChain(int head)
    {
        for (int node = head; node != None; node = _fallback[node])
        {
            foreach (int dependent in _downstream[node])
            {
                // Clean-up does not ask who stands for what it cleans up after.
                if (!_cleanUpOf[dependent].Contains(node))
                {
                    AddFallbacks(dependent, node);
                }
            }
        }
    }

    private void AddFallbacks(int waiting, int awaited)
    {
        for (int node = _fallback[awaited]; node != None && node != awaited; node = _fallback[node])
        {
            Add(waiting, node);
        }
    }

    private void AddCleanUp(int cleanUp, Adjacency afterFallbacks)
    {
        // What comes after the clean-up is not waited for.
        Search(_after, cleanUp, [cleanUp], afterFallbacks, isInside: false);
        List<int> next = [];
        foreach (int setUp in _cleanUpOf[cleanUp])
        {
            AddNext(next, setUp, afterFallbacks, isInside: true);
        }

        foreach (int node in Search(_inside, cleanUp, next, afterFallbacks, isInside: true))
        {
            Add(cleanUp, node);
            foreach (int other in _cleanUps[node])
            {
                // Clean-up of what depends on a set-up comes before that of the set-up.
                if (other != cleanUp && _after[other] != cleanUp && !_cleanUpOf[other].ContainsAny(_cleanUpOf[cleanUp]))
                {
                    Add(cleanUp, other);
                    AddFallbacks(cleanUp, other);
                }
            }
        }
    }

    /// <summary>All that comes after some nodes, they too; inside a clean-up what does not come after it.</summary>
    private List<int> Search(int[] seen, int cleanUp, List<int> next, Adjacency afterFallbacks, bool isInside)
    {
        List<int> found = [];
        for (int i = 0; i < next.Count; i++)
        {
            int node = next[i];
            if (seen[node] != cleanUp && !(isInside && _after[node] == cleanUp))
            {
                seen[node] = cleanUp;
                found.Add(node);
                AddNext(next, node, afterFallbacks, isInside);
            }
        }

        return found;
    }

    private void AddNext(List<int> next, int node, Adjacency afterFallbacks, bool isInside)
    {
        foreach (int dependent in _downstream[node])
        {
            if (!isInside || !_cleanUpOf[dependent].Contains(node))
            {
                next.Add(dependent);
            }
        }

        foreach (int waiting in afterFallbacks[node])
        {
            next.Add(waiting);
        }
    }

    /// <summary>Notes that a node waits for another, if that is not known already, by a dependency or otherwise.</summary>
    private void Add(int waiting, int awaited)
    {
        if (waiting != awaited && !_upstream[waiting].Contains(awaited) && _known.Add((waiting, awaited)))
        {
            _waiting.Add(waiting);
            _awaited.Add(awaited);
        }
    }

    private Adjacency Gathered() =>
        Adjacency.FromPairs(_upstream.NodeCount, CollectionsMarshal.AsSpan(_waiting), CollectionsMarshal.AsSpan(_awaited));

    private Adjacency All()
    {
        List<int> waiting = [];
        List<int> awaited = [];
        for (int node = 0; node < _upstream.NodeCount; node++)
        {
            foreach (int dependency in _upstream[node])
            {
                waiting.Add(node);
                awaited.Add(dependency);
            }
        }

        waiting.AddRange(_waiting);
        awaited.AddRange(_awaited);
        return Adjacency.FromPairs(_upstream.NodeCount, CollectionsMarshal.AsSpan(waiting), CollectionsMarshal.AsSpan(awaited));
    }

    private int[] NewArray()
    {
        int[] array = new int[_upstream.NodeCount];
        Array.Fill(array, None);
        return array;
    }
}
