using System.Collections.Specialized;
using System.Runtime.CompilerServices;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>What a node gave out, whether it has just run or is restored.</summary>
internal static class NodeOutput
{
    /// <summary>The outputs of all items of a node, put together once.</summary>
    private static readonly ConditionalWeakTable<NodeItems, object?[]> OfItems = [];

    /// <summary>What a dag that a node stands for gave out, put together once.</summary>
    private static readonly ConditionalWeakTable<InnerOutputs, object?[]> OfDags = [];

    /// <summary>The objects of an output, as the engine hands it on.</summary>
    public static object?[] ObjectsOf(object? output) => output switch
    {
        object?[] objects => objects,
        NodeItems items => OfItems.GetValue(items, static items => [.. items.SelectMany(item => ObjectsOf(item.Output))]),
        InnerOutputs outputs => OfDags.GetValue(outputs, static outputs => outputs.IsOfItems
            ? [.. outputs.SelectMany(output => ObjectsOf(output.Value))]
            : [TableOf(outputs)]),
        _ => [],
    };

    /// <summary>What a variable holds after <c>$x = …</c>: nothing → null, one object → that object, more → an array of its own.</summary>
    public static object? AsAssigned(object?[] output) => output.Length switch
    {
        0 => null,
        1 => output[0],
        _ => output.Clone(),
    };

    private static OrderedDictionary TableOf(InnerOutputs outputs)
    {
        var table = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, output) in outputs)
        {
            table[name] = AsAssigned(ObjectsOf(output));
        }

        return table;
    }
}
