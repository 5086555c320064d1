using System.Collections.Concurrent;
using DagShell.Engine.Running;

namespace DagShell.KillTarget;

/// <summary>Gathers what nodes gave back, restored or not.</summary>
internal sealed class OutputCollector : IRunObserver
{
    private readonly ConcurrentBag<string> _lines = [];

    public IEnumerable<string> Lines => _lines.Order(StringComparer.Ordinal);

    public void AttemptStarted(NodeAttempt attempt)
    {
    }

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
    }

    public void NodeFinished(NodeResult result) => _lines.Add(((string?)result.Output ?? result.State.ToString()).TrimEnd('\n'));
}
