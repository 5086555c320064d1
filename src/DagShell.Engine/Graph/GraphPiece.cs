namespace DagShell.Engine.Graph;

/// <summary>
/// Nodes that have come together, with all that is to be known of each: what a graph began with, or a dag that was added to it. No edge
/// leads from one piece to another.
/// </summary>
internal sealed class GraphPiece
{
    private readonly GraphParts _parts;
    private readonly NodeTraits[] _traits;

    /// <summary>For each node how many nodes are inside of it; null where no node stands for a dag.</summary>
    private readonly int[]? _inside;

    /// <summary>What a graph begins with.</summary>
    public GraphPiece(GraphParts parts)
        : this(parts, parts, first: 0, isOfCleanUp: false)
    {
    }

    private GraphPiece(GraphParts asMade, GraphParts parts, int first, bool isOfCleanUp)
    {
        AsMade = asMade;
        _parts = parts;
        First = first;
        _inside = parts.Outer is null || asMade.Outer is null ? null : CountInside(asMade.Outer);
        _traits = Array.ConvertAll(parts.Nodes, TraitsOf);
        MarkCleanUp(_traits, asMade, isOfCleanUp);
    }

    /// <summary>The index of its first node.</summary>
    public int First { get; }

    /// <summary>How many nodes it has.</summary>
    public int Count => _parts.Nodes.Length;

    /// <summary>What it is made of, with indexes of its own.</summary>
    public GraphParts AsMade { get; }

    /// <summary>All its nodes, each after everything it waits for.</summary>
    public int[] TopologicalOrder => _parts.TopologicalOrder;

    /// <summary>For each of its nodes how many are inside of it.</summary>
    public int[]? Inside => _inside;

    public Node this[int node] => _parts.Nodes[node - First];

    /// <summary>A dag that is added to a graph.</summary>
    /// <param name="dag">What it is made of, with indexes of its own.</param>
    /// <param name="first">The index that its first node gets.</param>
    /// <param name="outer">The node that stands for it.</param>
    /// <param name="isOfCleanUp">Whether that is clean-up.</param>
    public static GraphPiece Added(GraphParts dag, int first, int outer, bool isOfCleanUp) => new(
        dag,
        dag with
        {
            Upstream = dag.Upstream.Shifted(first),
            Downstream = dag.Downstream.Shifted(first),
            Relations = dag.Relations.Shifted(first),
            TopologicalOrder = Array.ConvertAll(dag.TopologicalOrder, node => first + node),
            Outer = dag.Outer is { } around
                ? Array.ConvertAll(around, node => node < 0 ? outer : first + node)
                : NewFilled(dag.Nodes.Length, outer),
        },
        first,
        isOfCleanUp);

    public ReadOnlySpan<int> Upstream(int node) => _parts.Upstream[node - First];

    public ReadOnlySpan<int> Downstream(int node) => _parts.Downstream[node - First];

    public ReadOnlySpan<int> Awaited(int node) => _parts.Relations.Awaited[node - First];

    public ReadOnlySpan<int> Awaiting(int node) => _parts.Relations.Awaiting[node - First];

    public ReadOnlySpan<int> AlsoAwaited(int node) => _parts.Relations.AlsoAwaited(node - First);

    public ReadOnlySpan<int> AlsoAwaiting(int node) => _parts.Relations.AlsoAwaiting(node - First);

    public ReadOnlySpan<int> CleanUpOf(int node) => _parts.Relations.CleanUpOf(node - First);

    public ReadOnlySpan<int> CleanUps(int node) => _parts.Relations.CleanUps(node - First);

    public int FallbackFor(int node) => _parts.Relations.FallbackFor(node - First);

    public int Fallback(int node) => _parts.Relations.Fallback(node - First);

    public int Outer(int node) => _parts.Outer is null ? -1 : _parts.Outer[node - First];

    public int CountInside(int node) => _inside is null ? 0 : _inside[node - First];

    public NodeTraits TraitsOf(int node) => _traits[node - First];

    private static int[] NewFilled(int count, int value)
    {
        int[] filled = new int[count];
        Array.Fill(filled, value);
        return filled;
    }

    /// <summary>How many nodes are inside of each, which come right behind it.</summary>
    private static int[] CountInside(int[] outer)
    {
        int[] inside = new int[outer.Length];
        for (int node = outer.Length - 1; node >= 0; node--)
        {
            if (outer[node] >= 0)
            {
                inside[outer[node]] += 1 + inside[node];
            }
        }

        return inside;
    }

    private static NodeTraits TraitsOf(Node node) =>
        (node.IsDag ? NodeTraits.Dag : 0)
        | (node.IsMapped ? NodeTraits.Mapped : 0)
        | (node.ExpandsAtTurn ? NodeTraits.ExpandsAtTurn : 0)
        | (node.Retry is not null || node.Timeout is not null || node.PreconditionTimeout is not null ? NodeTraits.Policy : 0)
        | (node.Pool is not null ? NodeTraits.Pool : 0)
        | (node.Priority != 0 ? NodeTraits.Priority : 0)
        | (node.TriggerRule != TriggerRule.AllSucceeded ? NodeTraits.TriggerRule : 0);

    private static void MarkCleanUp(NodeTraits[] traits, GraphParts parts, bool isOfCleanUp)
    {
        foreach (int node in parts.TopologicalOrder)
        {
            int outer = parts.Outer is null ? -1 : parts.Outer[node];
            if ((Has(node, NodeTraits.TriggerRule) && parts.Nodes[node].TriggerRule is TriggerRule.AllDone or TriggerRule.AnyFailed)
                || !parts.Relations.CleanUpOf(node).IsEmpty
                || (outer >= 0 ? IsCleanUp(outer) : isOfCleanUp)
                || ComesAfterCleanUpAlone(node))
            {
                traits[node] |= NodeTraits.CleanUp;
            }
        }

        bool Has(int node, NodeTraits trait) => (traits[node] & trait) != 0;

        bool IsCleanUp(int node) => Has(node, NodeTraits.CleanUp);

        bool ComesAfterCleanUpAlone(int node)
        {
            int other = parts.Relations.FallbackFor(node);
            bool isAlone = other >= 0 ? IsCleanUp(other) : !parts.Upstream[node].IsEmpty;
            foreach (int dependency in parts.Upstream[node])
            {
                isAlone &= IsCleanUp(dependency);
            }

            return isAlone;
        }
    }
}
