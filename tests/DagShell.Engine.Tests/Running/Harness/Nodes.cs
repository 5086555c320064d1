using DagShell.Engine.Graph;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>Short ways to write nodes of which the tests have many.</summary>
internal static class Nodes
{
    /// <summary>A node that runs however its dependencies end.</summary>
    public static Node CleanUp(string name, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, TriggerRule = TriggerRule.AllDone };

    /// <summary>A node that cleans up after others.</summary>
    public static Node CleanUpOf(string name, params string[] setUps) => new(name) { CleanUpOf = setUps };

    /// <summary>A node that stands for another one that fails.</summary>
    public static Node Fallback(string name, string other, params string[] dependsOn) =>
        new(name) { FallbackFor = other, DependsOn = dependsOn };

    /// <summary>A node that is done for each of many items.</summary>
    public static Node Mapped(string name, params string[] dependsOn) => new(name) { IsMapped = true, DependsOn = dependsOn };

    /// <summary>A node that stands for a dag, and has nothing to ask before; for <see cref="Nested"/>.</summary>
    public static Node Dag(string name, params Node[] inside) => new(name) { IsDag = true, OpensAtOnce = true, Work = inside };

    /// <summary>A node that stands for a dag, and asks something before; for <see cref="Nested"/>.</summary>
    public static Node AskingDag(string name, params Node[] inside) => new(name) { IsDag = true, Work = inside };

    /// <summary>A node that stands for a dag which is known at its turn.</summary>
    public static Node LateDag(string name, params string[] dependsOn) =>
        new(name) { IsDag = true, ExpandsAtTurn = true, DependsOn = dependsOn };

    /// <summary>The graph of nodes with their dags in them, which give names to what is inside.</summary>
    public static DagGraph Nested(IEnumerable<Node> nodes, IReadOnlyDictionary<string, int>? pools = null, Node? outer = null)
    {
        pools ??= new Dictionary<string, int>();
        List<Node> named = [.. nodes.Select(node => outer is null ? node : node.InsideOf(outer))];
        return DagGraph.Create(
            named,
            [],
            pools,
            named.Where(node => node.IsDag && node.Work is not null)
                .ToDictionary(node => node, node => Nested((Node[])node.Work!, pools, node)));
    }

    /// <summary>A node that runs if one of its dependencies failed.</summary>
    public static Node Notify(string name, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, TriggerRule = TriggerRule.AnyFailed };
}
