using System.Runtime.InteropServices;

namespace DagShell.Engine.Graph;

/// <summary>What nodes say themselves that they clean up after, and are the fallback for.</summary>
internal sealed class NamedRelations
{
    private readonly Node[] _nodes;
    private readonly NodeNames _names;
    private readonly ProblemList _problems;

    private NamedRelations(Node[] nodes, NodeNames names, ProblemList problems)
    {
        _nodes = nodes;
        _names = names;
        _problems = problems;
    }

    /// <summary>Those of a graph that has none.</summary>
    public static NamedRelations None { get; } = new([], new NodeNames([]), new ProblemList([]));

    /// <summary>What each node cleans up after; of no node, where none does.</summary>
    public Adjacency CleanUpOf { get; private set; } = new([0], []);

    /// <summary>What each node is the fallback for, -1 for nothing; empty where none is.</summary>
    public int[] FallbackFor { get; private set; } = [];

    /// <summary>Looks up what nodes clean up after and stand for. No two stand for one, and none for itself.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="names">Their names.</param>
    /// <param name="ignored">Nodes that take no part.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static NamedRelations Resolve(Node[] nodes, NodeNames names, IReadOnlySet<int> ignored, ProblemList problems)
    {
        NamedRelations relations = new(nodes, names, problems);
        relations.Resolve(ignored);
        return relations;
    }

    /// <summary>Whether a node is the fallback for another, or the fallback's own, and so on.</summary>
    public bool IsFallbackFor(int node, int other)
    {
        if (FallbackFor.Length == 0)
        {
            return false;
        }

        int next = FallbackFor[node];
        while (next >= 0 && next != node && next != other)
        {
            next = FallbackFor[next];
        }

        return next == other && next != node;
    }

    /// <summary>Of the edges of a cycle, why those are there that nobody wrote: a sentence each.</summary>
    public IReadOnlyList<string> ReasonsIn(int[] cycle, Adjacency upstream)
    {
        List<string> reasons = [];
        for (int i = 0; i < cycle.Length && FallbackFor.Length > 0; i++)
        {
            if (WhyAfter(cycle[(i + 1) % cycle.Length], cycle[i], upstream) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons;
    }

    /// <summary>Why a node waits for another; null where it simply depends on it.</summary>
    private string? WhyAfter(int node, int awaited, Adjacency upstream)
    {
        string name = _nodes[node].Name;
        string other = _nodes[awaited].Name;
        if (CleanUpOf[node].Contains(awaited))
        {
            return $"'{name}' cleans up after '{other}'";
        }

        if (upstream[node].Contains(awaited))
        {
            return null;
        }

        if (FallbackFor[node] == awaited)
        {
            return $"'{name}' is the fallback for '{other}'";
        }

        foreach (int dependency in upstream[node])
        {
            if (!CleanUpOf[node].Contains(dependency) && IsFallbackFor(awaited, dependency))
            {
                return $"'{name}' depends on '{_nodes[dependency].Name}', and so waits for its fallback '{other}'";
            }
        }

        string setUps = string.Join(", ", CleanUpOf[node].ToArray().Select(setUp => $"'{_nodes[setUp].Name}'"));
        return $"'{name}' cleans up after {setUps}, and so waits for all that comes after that, '{other}' too";
    }

    private void Resolve(IReadOnlySet<int> ignored)
    {
        List<int> cleanUps = [];
        List<int> setUps = [];
        FallbackFor = new int[_nodes.Length];
        Array.Fill(FallbackFor, -1);
        SortedDictionary<int, List<string>> fallbacks = [];
        for (int i = 0; i < _nodes.Length; i++)
        {
            Node node = _nodes[i];
            if (ignored.Contains(i))
            {
                continue;
            }

            foreach (int setUp in node.CleanUpOf.Distinct(StringComparer.OrdinalIgnoreCase)
                .SelectMany(name => Resolve(node, name, "cleans up after", takesPatterns: true))
                .Distinct())
            {
                cleanUps.Add(i);
                setUps.Add(setUp);
            }

            if (node.FallbackFor is { } other && Resolve(node, other, "is the fallback for", takesPatterns: false) is [int index])
            {
                if (!fallbacks.TryGetValue(index, out List<string>? names))
                {
                    fallbacks.Add(index, names = []);
                    FallbackFor[i] = index;
                }

                names.Add(node.Name);
            }
        }

        CleanUpOf = Adjacency.FromPairs(_nodes.Length, CollectionsMarshal.AsSpan(cleanUps), CollectionsMarshal.AsSpan(setUps));
        foreach ((int node, List<string> names) in fallbacks.Where(pair => pair.Value.Count > 1))
        {
            _problems.AddSeveralFallbacks(_nodes[node].Name, names);
        }
    }

    private int[] Resolve(Node node, string? name, string relation, bool takesPatterns)
    {
        if (_names.IndexByName.TryGetValue(name ?? "", out int index))
        {
            if (_nodes[index] != node)
            {
                return [index];
            }

            _problems.AddSelfRelation(node.Name, relation);
        }
        else if (!takesPatterns || _names.Fitting(name ?? "") is not { } fitting)
        {
            _problems.AddUnknownRelation(node.Name, name ?? "", relation);
        }
        else if (Array.FindAll(fitting, other => _nodes[other] != node) is { Length: > 0 } others)
        {
            return others;
        }
        else
        {
            _problems.AddUnfitting(node.Name, name!, relation);
        }

        return [];
    }
}
