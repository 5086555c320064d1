using System.Runtime.CompilerServices;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>What a node gave out, whether it has just run or is restored.</summary>
internal static class NodeOutput
{
    /// <summary>The outputs of all items of a node, put together once.</summary>
    private static readonly ConditionalWeakTable<NodeItems, object?[]> OfItems = [];

    /// <summary>The objects of an output, as the engine hands it on.</summary>
    public static object?[] ObjectsOf(object? output) => output switch
    {
        object?[] objects => objects,
        NodeItems items => OfItems.GetValue(items, static items => [.. items.SelectMany(item => ObjectsOf(item.Output))]),
        _ => [],
    };
}
