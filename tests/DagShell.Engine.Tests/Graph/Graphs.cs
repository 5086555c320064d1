using DagShell.Engine.Graph;
using Xunit;

namespace DagShell.Engine.Tests.Graph;

/// <summary>Short ways to write graphs in tests.</summary>
internal static class Graphs
{
    public static readonly IReadOnlyDictionary<string, int> NoLimits = new Dictionary<string, int>();

    /// <summary>A node and what it depends on.</summary>
    public static Node Node(string name, params string[] dependsOn) => new(name) { DependsOn = dependsOn };

    /// <summary>A node with an estimate, in seconds.</summary>
    public static Node Timed(string name, double seconds, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, EstimatedDuration = TimeSpan.FromSeconds(seconds) };

    public static DagGraph GraphOf(params Node[] nodes) => DagGraph.Create(nodes, [], NoLimits);

    /// <summary>The problems of a graph that has some.</summary>
    public static IReadOnlyList<GraphProblem> Problems(
        IReadOnlyList<Node> nodes, IReadOnlyList<Edge>? edges = null, IReadOnlyDictionary<string, int>? poolLimits = null)
    {
        Assert.False(DagGraph.TryCreate(nodes, edges ?? [], poolLimits ?? NoLimits, out DagGraph? graph, out var problems));
        Assert.Null(graph);
        Assert.NotEmpty(problems);
        return problems;
    }

    /// <summary>The only problem of a graph.</summary>
    public static GraphProblem Problem(
        IReadOnlyList<Node> nodes, IReadOnlyList<Edge>? edges = null, IReadOnlyDictionary<string, int>? poolLimits = null) =>
        Assert.Single(Problems(nodes, edges, poolLimits));

    /// <summary>N0 ← N1 ← … : each node depends on the one before.</summary>
    public static Node[] Chain(int count) =>
        [.. Enumerable.Range(0, count).Select(i => i == 0 ? Node("N0") : Node($"N{i}", $"N{i - 1}"))];

    /// <summary>One hub that all the others depend on.</summary>
    public static Node[] Star(int leaves) =>
        [Node("hub"), .. Enumerable.Range(0, leaves).Select(i => Node($"leaf{i}", "hub"))];

    public static string[] Names(this DagGraph graph, ReadOnlySpan<int> nodes)
    {
        string[] names = new string[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            names[i] = graph[nodes[i]].Name;
        }

        return names;
    }

    public static int IndexOf(this DagGraph graph, string name)
    {
        Assert.True(graph.TryGetIndex(name, out int index));
        return index;
    }
}
