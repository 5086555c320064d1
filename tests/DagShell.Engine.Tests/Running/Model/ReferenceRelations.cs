using DagShell.Engine.Graph;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>
/// What nodes wait for, worked out from their dependencies and from what they say of clean-up and fallback, in the plainest way. Of a part
/// of a dag it is what the nodes wait for in the whole.
/// </summary>
internal sealed class ReferenceRelations
{
    private readonly DagGraph _whole;
    private readonly int[][] _cleanUpOf;
    private readonly int?[] _primary;
    private readonly HashSet<int>[] _direct;
    private readonly ILookup<int, int> _followers;
    private readonly HashSet<int>[] _awaited;

    public ReferenceRelations(DagGraph whole)
    {
        _whole = whole;
        int[] all = [.. Enumerable.Range(0, whole.Count)];
        _cleanUpOf = Array.ConvertAll(all, node => whole[node].CleanUpOf.Select(IndexOf).ToArray());
        _primary = Array.ConvertAll(all, node => whole[node].FallbackFor is { } name ? IndexOf(name) : (int?)null);
        _direct = Array.ConvertAll(all, node => DirectlyAwaited(node).Where(other => other != node).ToHashSet());
        _followers = all.SelectMany(node => _direct[node].Select(before => (before, node)))
            .ToLookup(pair => pair.before, pair => pair.node);
        _awaited = Array.ConvertAll(
            all, node => (HashSet<int>)[.. _direct[node], .. _cleanUpOf[node].Length > 0 ? BeforeCleanUp(node) : []]);
    }

    /// <summary>The names of all that must have ended before a node may start.</summary>
    public IEnumerable<string> AwaitedBy(string node) => _awaited[IndexOf(node)].Select(other => _whole[other].Name);

    private int IndexOf(string name) => _whole.TryGetIndex(name, out int index) ? index : throw new KeyNotFoundException(name);

    // What it depends on; what it is the fallback for; and the fallbacks for what it depends on, unless it cleans up after that.
    private IEnumerable<int> DirectlyAwaited(int node)
    {
        int[] dependencies = _whole.Upstream(node).ToArray();
        return
        [
            .. dependencies,
            .. _primary[node] is { } primary ? [primary] : Array.Empty<int>(),
            .. dependencies.Except(_cleanUpOf[node]).SelectMany(FallbacksFor),
        ];
    }

    private IEnumerable<int> FallbacksFor(int node)
    {
        for (int next = Array.IndexOf(_primary, node); next >= 0; next = Array.IndexOf(_primary, next))
        {
            yield return next;
        }
    }

    // All that comes after the set-ups, and the clean-up of that, but for what comes after this clean-up itself. Clean-ups of one set-up
    // do not wait for each other.
    private IEnumerable<int> BeforeCleanUp(int cleanUp)
    {
        HashSet<int> after = Reach([cleanUp], (_, _) => true);
        after.Add(cleanUp);
        HashSet<int> inside = Reach(
            _cleanUpOf[cleanUp], (from, to) => !_cleanUpOf[to].Contains(from) && !after.Contains(to));
        IEnumerable<int> inner = Enumerable.Range(0, _whole.Count).Where(other =>
            !after.Contains(other) && _cleanUpOf[other].Any(inside.Contains) && !_cleanUpOf[other].Intersect(_cleanUpOf[cleanUp]).Any());
        return [.. inside, .. inner.SelectMany(other => FallbacksFor(other).Prepend(other)).Where(other => other != cleanUp)];
    }

    private HashSet<int> Reach(IEnumerable<int> from, Func<int, int, bool> leadsTo)
    {
        HashSet<int> reached = [];
        Stack<int> next = new(from);
        while (next.TryPop(out int node))
        {
            foreach (int other in _followers[node].Where(other => leadsTo(node, other) && reached.Add(other)))
            {
                next.Push(other);
            }
        }

        return reached;
    }
}
