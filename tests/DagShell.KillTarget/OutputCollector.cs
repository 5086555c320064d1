using System.Collections.Concurrent;
using DagShell.Engine.Running;

namespace DagShell.KillTarget;

/// <summary>Gathers what nodes gave back, restored or not.</summary>
internal sealed class OutputCollector(SeededDag dag) : IRunObserver
{
    private readonly ConcurrentBag<string> _lines = [];

    public IEnumerable<string> Lines => _lines.Order(StringComparer.Ordinal);

    public void AttemptStarted(NodeAttempt attempt)
    {
    }

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
    }

    public void NodeFinished(NodeResult result)
    {
        int node = dag.IndexOf(result.Node);
        bool isInOrder = result.Items is null || result.Items.All(item =>
            (string?)item.Output == dag.OutputOfItem(node, (string)item.Value!));
        _lines.Add(result.State == NodeState.Succeeded && isInOrder
            ? EffectRunner.OutputOf(dag, node, result.Output).TrimEnd('\n')
            : $"{result.Node.Name} {result.State}, in order: {isInOrder}");
    }
}
