namespace DagShell;

/// <summary>What a node gave out, whether it has just run or is restored.</summary>
internal static class NodeOutput
{
    /// <summary>The objects of an output, as the engine hands it on.</summary>
    public static object?[] ObjectsOf(object? output) => output as object?[] ?? [];
}
