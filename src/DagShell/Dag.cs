using DagShell.Engine.Graph;

namespace DagShell;

/// <summary>A dag: nodes, edges between them beyond what the nodes say themselves, and the limits of pools. New-Dag makes it.</summary>
public sealed class Dag
{
    private readonly List<DagNode> _nodes = [];
    private readonly List<Edge> _edges = [];
    private IReadOnlyList<Edge>? _allEdges;
    private readonly Dictionary<string, int> _poolLimit = new(StringComparer.OrdinalIgnoreCase);

    internal Dag(string? name = null, string? description = null)
    {
        Name = name;
        Description = description;
    }

    /// <summary>Its name, for messages and reports.</summary>
    public string? Name { get; internal set; }

    /// <summary>What it is for, in the user's words.</summary>
    public string? Description { get; internal set; }

    /// <summary>Its nodes, in the order of definition.</summary>
    public IReadOnlyList<DagNode> Nodes => _nodes;

    /// <summary>
    /// Its edges, each once: those that nodes name with -DependsOn or -CleanUpOf, then those that Add-DagEdge added. Patterns stand for
    /// what they fit.
    /// </summary>
    public IReadOnlyList<Edge> Edges => _allEdges ??= DagGraph.EdgesOf(_nodes.ConvertAll(node => node.Node), _edges);

    /// <summary>How many attempts of each pool run at once at most.</summary>
    public IReadOnlyDictionary<string, int> PoolLimit => _poolLimit;

    /// <inheritdoc/>
    public override string ToString() => Name ?? (_nodes.Count == 1 ? "dag of 1 node" : $"dag of {_nodes.Count} nodes");

    internal void Add(DagNode node)
    {
        _nodes.Add(node);
        _allEdges = null;
    }

    internal void Add(Edge edge)
    {
        _edges.Add(edge);
        _allEdges = null;
    }

    internal void SetPoolLimit(string pool, int limit) => _poolLimit[pool] = limit;

    /// <summary>Takes everything of another dag in. A name or a description of this one stays.</summary>
    internal void Add(Dag other)
    {
        _nodes.AddRange(other._nodes);
        _edges.AddRange(other._edges);
        _allEdges = null;
        foreach (var (pool, limit) in other._poolLimit)
        {
            _poolLimit[pool] = limit;
        }

        Name ??= other.Name;
        Description ??= other.Description;
    }

    /// <summary>Checks it as a whole.</summary>
    /// <param name="graph">The graph, if nothing is wrong.</param>
    /// <param name="problems">Everything that is wrong.</param>
    /// <returns>Whether nothing is.</returns>
    internal bool TryBuild(
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DagGraph? graph,
        out IReadOnlyList<GraphProblem> problems)
    {
        bool isValid = DagGraph.TryCreate(_nodes.ConvertAll(node => node.Node), _edges, _poolLimit, out graph, out problems);
        // An array: PowerShell can't index what the compiler makes of a collection expression.
        problems = problems.Select(problem => problem with { Message = Messages.Problem(problem) }).ToArray();
        return isValid;
    }
}
