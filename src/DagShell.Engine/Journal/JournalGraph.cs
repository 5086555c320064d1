using DagShell.Engine.Graph;

namespace DagShell.Engine.Journal;

/// <summary>Makes a graph of the nodes that a journal tells of, those of dags that are nodes too.</summary>
internal sealed class JournalGraph
{
    private readonly ILookup<string, JournalNode> _byDag;
    private readonly HashSet<string> _names;
    private readonly IReadOnlyDictionary<string, int> _poolLimits;

    private JournalGraph(IReadOnlyList<JournalNode> nodes, IReadOnlyDictionary<string, int> poolLimits)
    {
        _byDag = nodes.ToLookup(node => node.Outer ?? string.Empty, StringComparer.OrdinalIgnoreCase);
        _names = nodes.Select(node => node.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _poolLimits = poolLimits;
    }

    /// <summary>Makes it.</summary>
    /// <exception cref="InvalidDagException">The nodes do not make a dag.</exception>
    /// <exception cref="ArgumentException">A node has no name.</exception>
    public static DagGraph Of(IReadOnlyList<JournalNode> nodes, IReadOnlyDictionary<string, int> poolLimits) =>
        new JournalGraph(nodes, poolLimits).Level(null);

    private DagGraph Level(Node? outer)
    {
        Dictionary<Node, DagGraph> inner = [];
        List<Node> nodes = [];
        foreach (JournalNode node in _byDag[outer?.Name ?? string.Empty])
        {
            Node made = NodeOf(node, outer);
            nodes.Add(made);
            if (made.IsDag)
            {
                inner.Add(made, Level(made));
            }
        }

        return DagGraph.Create(nodes, [], _poolLimits, inner);
    }

    private Node NodeOf(JournalNode node, Node? outer)
    {
        bool isItem = outer is not null && node.Name.StartsWith(outer.Name + "#", StringComparison.OrdinalIgnoreCase);
        int prefix = outer is null ? 0 : isItem ? outer.Name.Length : Node.NameInside(outer.Name, string.Empty).Length;
        string LocalName(string name) => name.Length > prefix ? name[prefix..] : name;
        var made = new Node(LocalName(node.Name))
        {
            Description = node.Description,

            // Clean-up that came along with a target names set-ups that are no part of the run.
            DependsOn = [.. node.DependsOn.Where(name => _names.Contains(name) || !node.CleanUpOf.Contains(name)).Select(LocalName)],
            CleanUpOf = [.. node.CleanUpOf.Where(_names.Contains).Select(LocalName)],
            FallbackFor = node.FallbackFor is { } other ? LocalName(other) : null,
            Pool = node.Pool,
            TriggerRule = node.TriggerRule,
            ContinueOnError = node.ContinueOnError,
            IsDag = _byDag.Contains(node.Name),
            IsItem = isItem,
        };
        return outer is null ? made : made.InsideOf(outer);
    }
}
