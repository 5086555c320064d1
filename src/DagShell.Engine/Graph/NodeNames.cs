namespace DagShell.Engine.Graph;

/// <summary>
/// Finds the nodes of one dag by the names that they have in it, and by patterns of them. Case makes no difference. Here alone it is
/// decided which is meant.
/// </summary>
internal sealed class NodeNames
{
    private readonly IReadOnlyList<Node> _nodes;
    private readonly List<int> _repeated = [];

    // Many nodes may depend on one pattern.
    private readonly Dictionary<string, int[]?> _fitting = new(StringComparer.OrdinalIgnoreCase);

    public NodeNames(IReadOnlyList<Node> nodes)
    {
        _nodes = nodes;
        IndexByName = new Dictionary<string, int>(nodes.Count, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (!IndexByName.TryAdd(nodes[i].LocalName, i))
            {
                _repeated.Add(i);
            }
        }
    }

    /// <summary>Each node's index, by its name. Of several nodes of one name the first.</summary>
    public Dictionary<string, int> IndexByName { get; }

    /// <summary>The nodes whose name an earlier one has.</summary>
    public IReadOnlyList<int> Repeated => _repeated;

    /// <summary>
    /// The nodes whose names fit a pattern. What a node is called is its name, and no pattern: that is to be asked before.
    /// </summary>
    /// <returns>Null if the text is no pattern.</returns>
    public int[]? Fitting(string pattern)
    {
        if (!_fitting.TryGetValue(pattern, out int[]? fitting))
        {
            fitting = NamePattern.Parse(pattern) is { } parsed
                ? [.. IndexByName.Values.Where(node => parsed.Fits(_nodes[node].LocalName)).Order()]
                : null;
            _fitting.Add(pattern, fitting);
        }

        return fitting;
    }

    /// <summary>The edges that one stands for whose ends are names and patterns. An end that no node has stays as it is.</summary>
    public IEnumerable<Edge> EdgesOf(Edge edge)
    {
        string[] from = Named(edge.From, out bool isFromPattern);
        string[] to = Named(edge.To, out bool isToPattern);
        return
            from start in @from
            from end in to
            where !(isFromPattern || isToPattern) || start != end
            select new Edge(start, end);
    }

    private string[] Named(string name, out bool isPattern)
    {
        isPattern = false;
        if (IndexByName.TryGetValue(name, out int index))
        {
            return [_nodes[index].LocalName];
        }

        isPattern = Fitting(name) is { Length: > 0 };
        return isPattern ? Array.ConvertAll(Fitting(name)!, node => _nodes[node].LocalName) : [name];
    }
}
