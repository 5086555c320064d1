using System.Globalization;
using System.Text;

namespace DagShell.Engine.Graph;

/// <summary>Gathers the problems of one graph and words them.</summary>
internal sealed class ProblemList
{
    // Each suggestion compares all names: a huge graph in which much is wrong would keep one waiting for minutes.
    private const int MaxSuggestions = 100;
    private const int MaxComparisons = 10_000_000;

    // A path up to this long is shown whole.
    private const int LongPath = 100;
    private const int LongPathHead = 50;
    private const int LongPathTail = 10;

    private const int PoolNodesShown = 3;
    private const int ReasonsShown = 5;

    private const string UnfittingEnd = "which fits no node's name. Add such a node or mend the pattern.";

    private readonly List<GraphProblem> _problems = [];
    private readonly IReadOnlyCollection<Node> _nodes;
    private readonly Dictionary<string, string?> _nearestNodes = new(StringComparer.OrdinalIgnoreCase);
    private int _suggestions;
    private long _comparisons;

    public ProblemList(IReadOnlyCollection<Node> nodes)
    {
        _nodes = nodes;
    }

    public bool IsEmpty => _problems.Count == 0;

    public IReadOnlyList<GraphProblem> ToReadOnly() => _problems.AsReadOnly();

    public void AddNoNodes() => Add(GraphProblemKind.NoNodes, [], "The dag has no nodes. Give it at least one.");

    public void AddDuplicateName(IReadOnlyList<string> spellings)
    {
        string note = spellings.All(name => name == spellings[0]) ? "" : " (case makes no difference)";
        Add(GraphProblemKind.DuplicateName, spellings,
            Invariant($"{spellings.Count:N0} nodes are named '{spellings[0]}'{note}. Give each node a name of its own."));
    }

    public void AddUnknownDependency(string node, string dependency) =>
        Add(GraphProblemKind.UnknownDependency, [node, dependency],
            $"Node '{node}' depends on '{dependency}', which is not in the dag{Advice(dependency, node, "dependency")}");

    public void AddUnknownEdgeStart(Edge edge, bool isPattern) =>
        Add(GraphProblemKind.UnknownDependency, [edge.To, edge.From],
            $"The edge '{edge.From}' → '{edge.To}' starts at '{edge.From}', "
                + (isPattern ? UnfittingEnd : $"which is not in the dag{Advice(edge.From, edge.To, "edge")}"));

    public void AddUnknownEdgeEnd(Edge edge, bool isPattern) =>
        Add(GraphProblemKind.UnknownDependency, [edge.From, edge.To],
            $"The edge '{edge.From}' → '{edge.To}' ends at '{edge.To}', "
                + (isPattern ? UnfittingEnd : $"which is not in the dag{Advice(edge.To, edge.From, "edge")}"));

    public void AddUnfitting(string node, string pattern, string relation) =>
        Add(GraphProblemKind.UnknownDependency, [node, pattern],
            $"Node '{node}' {relation} '{pattern}', and no other node's name fits that pattern. Add such a node or mend the pattern.");

    public void AddUnfittingEdge(Edge edge) =>
        Add(GraphProblemKind.UnknownDependency, [edge.To, edge.From],
            $"The edge '{edge.From}' → '{edge.To}' stands for none: its ends fit one and the same node. Add nodes or mend the pattern.");

    public void AddSelfEdge(string node) =>
        Add(GraphProblemKind.SelfEdge, [node], $"Node '{node}' depends on itself. Remove that dependency.");

    public void AddUnknownRelation(string node, string other, string relation) =>
        Add(GraphProblemKind.UnknownDependency, [node, other],
            $"Node '{node}' {relation} '{other}', which is not in the dag{Advice(other, node, "name")}");

    public void AddSelfRelation(string node, string relation) =>
        Add(GraphProblemKind.SelfEdge, [node], $"Node '{node}' {relation} itself. Name another node.");

    public void AddSeveralFallbacks(string node, IReadOnlyList<string> fallbacks) =>
        Add(GraphProblemKind.SeveralFallbacks, [node, .. fallbacks],
            $"Node '{node}' has {fallbacks.Count} fallbacks: {string.Join(", ", fallbacks.Select(name => $"'{name}'"))}. Give it one; a "
                + "fallback may have a fallback.");

    public void AddUnknownPool(string pool, IReadOnlyList<string> nodes, IReadOnlyCollection<string> knownPools)
    {
        string nearest = Suggest(pool, knownPools, knownPools.Count) is string name ? $"; did you mean '{name}'?" : ".";
        _problems.Add(new GraphProblem(
            GraphProblemKind.UnknownPool, nodes, $"{Subject(nodes)} in the pool '{pool}', for which there is no limit{nearest}")
        {
            Pool = pool,
        });
    }

    public void AddInvalidPoolLimit(string pool, int limit) =>
        Add(GraphProblemKind.InvalidPoolLimit, [],
            Invariant($"The pool '{pool}' has the limit {limit}, so no node in it could ever start; give it 1 or more."));

    /// <param name="path">The names of its nodes.</param>
    /// <param name="implied">Of its edges, why those are there that nobody wrote.</param>
    public void AddCycle(IReadOnlyList<string> path, IReadOnlyList<string> implied)
    {
        StringBuilder text = new("The nodes form a cycle: ");
        if (path.Count <= LongPath)
        {
            AppendPath(path);
        }
        else
        {
            AppendPath(path.Take(LongPathHead));
            text.Append(CultureInfo.InvariantCulture, $"… {path.Count - LongPathHead - LongPathTail:N0} more … → ");
            AppendPath(path.TakeLast(LongPathTail));
        }

        text.Append(path[0]).Append('.');
        foreach (string reason in implied.Take(ReasonsShown))
        {
            text.Append(' ').Append(reason).Append('.');
        }

        text.Append(implied.Count == 0 ? " Remove one of these edges." : " Remove one of these edges, or what it comes from.");
        Add(GraphProblemKind.Cycle, path, text.ToString());

        void AppendPath(IEnumerable<string> names)
        {
            foreach (string name in names)
            {
                text.Append(name).Append(" → ");
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Subject(IReadOnlyList<string> nodes)
    {
        string names = string.Join(", ", nodes.Take(PoolNodesShown).Select(name => $"'{name}'"));
        return nodes.Count switch
        {
            1 => $"Node {names} is",
            2 => $"Nodes '{nodes[0]}' and '{nodes[1]}' are",
            PoolNodesShown => $"Nodes '{nodes[0]}', '{nodes[1]}' and '{nodes[2]}' are",
            _ => Invariant($"Nodes {names} and {nodes.Count - PoolNodesShown:N0} more are"),
        };
    }

    private string Advice(string unknown, string otherEnd, string what)
    {
        if (!_nearestNodes.TryGetValue(unknown, out string? nearest))
        {
            nearest = Suggest(unknown, _nodes.Select(node => node.LocalName), _nodes.Count);
            _nearestNodes.Add(unknown, nearest);
        }

        // The other end may be like the name that is missing, but cannot have been meant: it would depend on itself.
        return nearest is null || string.Equals(nearest, otherEnd, StringComparison.OrdinalIgnoreCase)
            || otherEnd.EndsWith("/" + nearest, StringComparison.OrdinalIgnoreCase)
            ? $". Add that node or remove the {what}."
            : $"; did you mean '{nearest}'?";
    }

    private string? Suggest(string unknown, IEnumerable<string> candidates, int candidateCount)
    {
        if (_suggestions >= MaxSuggestions || _comparisons >= MaxComparisons)
        {
            return null;
        }

        _suggestions++;
        _comparisons += candidateCount;
        return NameSuggestion.Nearest(unknown, candidates);
    }

    private void Add(GraphProblemKind kind, IReadOnlyList<string> nodes, string message) =>
        _problems.Add(new GraphProblem(kind, nodes, message));
}
