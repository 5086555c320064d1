using DagShell.Engine.Graph;

namespace DagShell;

/// <summary>A dag: nodes, edges between them beyond what the nodes say themselves, and the limits of pools. New-Dag makes it.</summary>
public sealed class Dag
{
    private readonly List<DagNode> _nodes = [];
    private readonly List<Edge> _edges = [];
    private readonly Dictionary<DagNode, Dag> _inner = [];
    private IReadOnlyList<Edge>? _allEdges;
    private readonly Dictionary<string, int> _poolLimit = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<PoolRate>> _poolRate = new(StringComparer.OrdinalIgnoreCase);

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

    /// <summary>How many attempts of each pool may start in a time; each rate of a pool holds by itself.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PoolRate>> PoolRate => _poolRate;

    /// <summary>All nodes, those inside of nodes that stand for a dag too, as far as that is known.</summary>
    internal IEnumerable<DagNode> AllNodes => _nodes.SelectMany(node => (_inner.GetValueOrDefault(node)?.AllNodes ?? []).Prepend(node));

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

    /// <summary>Limits a pool for which nothing says how many attempts run at once.</summary>
    internal void AddPoolLimit(string pool, int limit) => _poolLimit.TryAdd(pool, limit);

    /// <summary>Sets what a pool is limited to, in place of what it was limited to before.</summary>
    /// <param name="pool">Its name.</param>
    /// <param name="limit">How many attempts run at once; null for any number.</param>
    /// <param name="rates">How many start in a time; none for any number.</param>
    internal void SetPoolLimit(string pool, int? limit, IReadOnlyList<PoolRate> rates)
    {
        _poolLimit.Remove(pool);
        _poolRate.Remove(pool);
        if (limit is { } most)
        {
            _poolLimit[pool] = most;
        }

        if (rates.Count > 0)
        {
            _poolRate[pool] = rates;
        }
    }

    /// <summary>Takes everything of another dag in. A name or a description of this one stays.</summary>
    internal void Add(Dag other)
    {
        _nodes.AddRange(other._nodes);
        _edges.AddRange(other._edges);
        _allEdges = null;
        foreach (string pool in other._poolLimit.Keys.Union(other._poolRate.Keys, StringComparer.OrdinalIgnoreCase))
        {
            int? limit = other._poolLimit.TryGetValue(pool, out int most) ? most : null;
            SetPoolLimit(pool, limit, other._poolRate.GetValueOrDefault(pool, []));
        }

        Name ??= other.Name;
        Description ??= other.Description;
    }

    /// <summary>The same dag with nodes as they are inside of a node that stands for it.</summary>
    internal Dag InsideOf(DagNode outer)
    {
        Dag copy = Copy();
        copy._nodes.AddRange(_nodes.Select(node => node.InsideOf(outer)));
        return copy;
    }

    /// <summary>The same dag, with the dags that its nodes stand for. Where these limit a pool too, both hold.</summary>
    /// <param name="inner">The dags.</param>
    /// <param name="late">What stands here in place of nodes whose dags are known only at their turn.</param>
    internal Dag With(IReadOnlyDictionary<DagNode, Dag> inner, IReadOnlyDictionary<DagNode, DagNode> late)
    {
        Dag copy = Copy();
        copy._nodes.AddRange(_nodes.Select(node => late.GetValueOrDefault(node, node)));
        foreach (var (node, dag) in inner)
        {
            copy._inner.Add(node, dag);
            copy.Narrow(dag);
        }

        return copy;
    }

    private Dag Copy()
    {
        Dag copy = new(Name, Description);
        copy._edges.AddRange(_edges);
        copy.Narrow(this);
        return copy;
    }

    private void Narrow(Dag other)
    {
        Lower(_poolLimit, other._poolLimit);
        foreach (var (pool, rates) in other._poolRate)
        {
            _poolRate[pool] = [.. _poolRate.GetValueOrDefault(pool, []).Union(rates)];
        }
    }

    /// <summary>Has the lower of two limits of a pool hold.</summary>
    private static void Lower(Dictionary<string, int> limits, IReadOnlyDictionary<string, int> others)
    {
        foreach (var (pool, limit) in others)
        {
            limits[pool] = limits.TryGetValue(pool, out int own) ? Math.Min(own, limit) : limit;
        }
    }

    /// <summary>Checks it as a whole, where it is the dag of a node of a run.</summary>
    /// <param name="runLimits">What the run limits pools to.</param>
    /// <exception cref="InvalidDagException">Something is wrong.</exception>
    internal DagGraph BuildInside(IReadOnlyDictionary<string, int> runLimits)
    {
        Dictionary<string, int> limits = new(runLimits, StringComparer.OrdinalIgnoreCase);
        Lower(limits, _poolLimit);
        List<GraphProblem> found = [];
        return Build(limits, found) ?? throw new InvalidDagException(
            found.Select(problem => problem with { Message = Messages.Problem(problem) }).ToArray());
    }

    /// <summary>Checks it as a whole.</summary>
    /// <param name="graph">The graph, if nothing is wrong.</param>
    /// <param name="problems">Everything that is wrong.</param>
    /// <returns>Whether nothing is.</returns>
    internal bool TryBuild(
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DagGraph? graph,
        out IReadOnlyList<GraphProblem> problems)
    {
        Dictionary<string, int> limits = new(_poolLimit, StringComparer.OrdinalIgnoreCase);
        foreach (string pool in _poolRate.Keys)
        {
            limits.TryAdd(pool, int.MaxValue);
        }

        List<GraphProblem> found = [];
        graph = Build(limits, found);

        // An array: PowerShell can't index what the compiler makes of a collection expression.
        problems = found.Select(problem => problem with { Message = Messages.Problem(problem) }).ToArray();
        return graph is not null;
    }

    /// <summary>Makes the graph, with those of the dags inside.</summary>
    /// <returns>Null if there is a problem.</returns>
    private DagGraph? Build(Dictionary<string, int> limits, List<GraphProblem> found)
    {
        Dictionary<Node, DagGraph> inner = [];
        foreach (var (node, dag) in _inner)
        {
            if (dag._nodes.Count == 0)
            {
                found.Add(new GraphProblem(GraphProblemKind.NoNodes, [node.Name], Messages.EmptyInnerDag(node.Name)));
            }
            else if (dag.Build(limits, found) is { } graphInside)
            {
                inner.Add(node.Node, graphInside);
            }
        }

        DagGraph.TryCreate(
            _nodes.ConvertAll(node => node.Node), _edges, limits, inner, out DagGraph? graph, out IReadOnlyList<GraphProblem> problems);
        found.AddRange(problems);
        return found.Count == 0 ? graph : null;
    }
}
