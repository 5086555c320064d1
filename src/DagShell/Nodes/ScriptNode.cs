using DagShell.Engine.Graph;

namespace DagShell.Nodes;

/// <summary>The engine's half of a <see cref="DagNode"/>: name, edges and rules.</summary>
internal sealed class ScriptNode(string name) : Node(name)
{
    /// <summary>The node that this is half of. Set by it.</summary>
    public DagNode Owner { get; set; } = null!;

    /// <inheritdoc/>
    public override bool DecidesOnRetry => Owner.RetryIf is not null;
}
