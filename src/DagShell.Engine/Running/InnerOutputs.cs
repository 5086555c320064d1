using System.Collections;

namespace DagShell.Engine.Running;

/// <summary>What a dag that a node stands for gave out: the outputs of those of its nodes that nothing in it depends on, by name.</summary>
public sealed class InnerOutputs : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _outputs;

    internal InnerOutputs(KeyValuePair<string, object?>[] outputs) => _outputs = outputs;

    /// <summary>Whether they are those of the dags of a node's items, in their order.</summary>
    public bool IsOfItems { get; internal init; }

    /// <inheritdoc/>
    public int Count => _outputs.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => _outputs[index];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _outputs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
