using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Pictures;

/// <summary>What a picture shows: a dag, or a run of one with the states of its nodes. How, is a matter of the formats.</summary>
public sealed class DagPicture
{
    /// <summary>Those of nearly all nodes, of which there may be very many.</summary>
    private static readonly HashSet<string> NoSetUps = [];

    private readonly HashSet<PictureEdge> _criticalEdges = [];

    private DagPicture(
        string? name, string? description, IReadOnlyList<PictureNode> nodes, IReadOnlyList<PictureEdge> edges, RunStatus? status)
    {
        Name = name;
        Description = description;
        Nodes = nodes;
        Edges = edges;
        Status = status;
    }

    /// <summary>The dag's name, if it has one.</summary>
    public string? Name { get; }

    /// <summary>What the dag is for.</summary>
    public string? Description { get; }

    /// <summary>The nodes, in the order of definition.</summary>
    public IReadOnlyList<PictureNode> Nodes { get; }

    /// <summary>The edges, by the numbers of their nodes.</summary>
    public IReadOnlyList<PictureEdge> Edges { get; }

    /// <summary>How the run stands, in the picture of a run; null in that of a dag.</summary>
    public RunStatus? Status { get; }

    /// <summary>What stands above the picture.</summary>
    public string Title => Name ?? "dag";

    /// <summary>The picture of a dag.</summary>
    /// <param name="name">The dag's name, if it has one.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="graph">The dag.</param>
    /// <returns>The picture.</returns>
    public static DagPicture Of(string? name, string? description, DagGraph graph)
    {
        int[] level = GraphLevels.Of(graph);
        return new DagPicture(
            name,
            description,
            [.. Enumerable.Range(0, graph.Count).Select(node => new PictureNode
            {
                Node = graph[node],
                Level = level[node],
                SetUps = SetUpsOf(graph, node),
                Outer = graph.Outer(node),
            })],
            EdgesOf(graph),
            status: null);
    }

    /// <summary>The picture of a run.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The picture.</returns>
    public static DagPicture Of(RunSnapshot run)
    {
        RunHistory history = run.History;
        int[] level = GraphLevels.Of(history.Graph);
        var nodes = new PictureNode[history.Graph.Count];
        for (int node = 0; node < nodes.Length; node++)
        {
            nodes[node] = new PictureNode
            {
                Node = history.Graph[node],
                Level = level[node],
                SetUps = SetUpsOf(history.Graph, node),
                Outer = history.Graph.Outer(node),
                Items = history.Nodes[node].Items,
                State = history.Nodes[node].State,
                IsCritical = run.Figures.IsCritical(node) && history.Nodes[node].StartTime is not null,
                Duration = history.Nodes[node].StartTime is null ? null : history.DurationOf(node),
                Attempts = history.Nodes[node].Attempts.Count(attempt => !attempt.IsPoll),
                Note = run.Endings[node].Message,
                Position = run.Endings[node].Position,
                IsRestored = run.Endings[node].IsRestored,
            };
        }

        DagPicture picture = new(run.Name, run.Description, nodes, EdgesOf(history.Graph), history.Status);
        IReadOnlyList<int> path = run.Figures.CriticalPath;
        for (int i = 1; i < path.Count; i++)
        {
            picture._criticalEdges.Add(new PictureEdge(path[i - 1], path[i]));
        }

        return picture;
    }

    /// <summary>Whether an edge lies on the critical path that was.</summary>
    /// <param name="edge">The edge.</param>
    /// <returns><see langword="true"/> if it does.</returns>
    public bool IsCritical(PictureEdge edge) => _criticalEdges.Contains(edge);

    /// <summary>Whether an edge leads from a node to its fallback, and is none of the dag's.</summary>
    /// <param name="edge">The edge.</param>
    /// <returns><see langword="true"/> if it does.</returns>
    public bool IsToFallback(PictureEdge edge) =>
        Nodes[edge.From].Outer == Nodes[edge.To].Outer
        && Nodes[edge.From].Node.LocalName.Equals(Nodes[edge.To].Node.FallbackFor, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an edge leads from a node to what cleans up after it.</summary>
    /// <param name="edge">The edge.</param>
    /// <returns><see langword="true"/> if it does.</returns>
    public bool IsToCleanUp(PictureEdge edge) => Nodes[edge.To].SetUps.Contains(Nodes[edge.From].Name);

    /// <summary>The same dag or run in other boxes.</summary>
    internal DagPicture With(IReadOnlyList<PictureNode> nodes, IReadOnlyList<PictureEdge> edges, IEnumerable<PictureEdge> criticalEdges)
    {
        DagPicture other = new(Name, Description, nodes, edges, Status);
        other._criticalEdges.UnionWith(criticalEdges);
        return other;
    }

    private static HashSet<string> SetUpsOf(DagGraph graph, int node) => graph.CleanUpOf(node).IsEmpty
        ? NoSetUps
        : [.. graph.CleanUpOf(node).ToArray().Select(setUp => graph[setUp].Name)];

    /// <summary>
    /// Adds the edges that lead to a node. The way through a dag that is a node leads in by that node, and out by the last ones inside.
    /// </summary>
    private static void AddEdges(List<PictureEdge> edges, DagGraph graph, int node)
    {
        ReadOnlySpan<int> setUps = graph.CleanUpOf(node);
        foreach (int dependency in graph.Upstream(node))
        {
            if (graph.CountInside(dependency) == 0 || setUps.Contains(dependency))
            {
                edges.Add(new PictureEdge(dependency, node));
                continue;
            }

            foreach (int awaited in graph.Awaited(node))
            {
                if (awaited > dependency && awaited <= dependency + graph.CountInside(dependency))
                {
                    edges.Add(new PictureEdge(awaited, node));
                }
            }
        }

        if (graph.Outer(node) is >= 0 and var outer && graph.Awaited(node).Contains(outer))
        {
            edges.Add(new PictureEdge(outer, node));
        }
    }

    private static List<PictureEdge> EdgesOf(DagGraph graph)
    {
        List<PictureEdge> edges = new(graph.EdgeCount);
        for (int node = 0; node < graph.Count; node++)
        {
            AddEdges(edges, graph, node);

            if (graph.FallbackFor(node) is >= 0 and var other)
            {
                edges.Add(new PictureEdge(other, node));
            }
        }

        return edges;
    }
}
