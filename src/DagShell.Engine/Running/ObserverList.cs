using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>The observers of a run, as one.</summary>
internal sealed class ObserverList(IEnumerable<IRunObserver?> observers) : IRunObserver
{
    private readonly IRunObserver[] _observers = [.. observers.OfType<IRunObserver>()];

    /// <summary>Whether there is nobody to tell.</summary>
    public bool IsEmpty => _observers.Length == 0;

    public void AttemptStarted(NodeAttempt attempt)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.AttemptStarted(attempt);
        }
    }

    public void AttemptEnded(NodeAttempt attempt, DateTimeOffset time)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.AttemptEnded(attempt, time);
        }
    }

    public void AttemptLost(NodeAttempt attempt)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.AttemptLost(attempt);
        }
    }

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.NodeWaiting(node, failure, delay);
        }
    }

    public void NodeFinished(NodeResult result)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.NodeFinished(result);
        }
    }

    public void NodesAdded(int dag, DagGraph graph, int first)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.NodesAdded(dag, graph, first);
        }
    }

    public void ItemsKnown(int node, NodeItems items)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.ItemsKnown(node, items);
        }
    }

    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.ItemWaiting(node, item, failure, delay);
        }
    }

    public void ItemFinished(int node, NodeItems items, int item)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.ItemFinished(node, items, item);
        }
    }

    public void FallbackDecided(int node, int? standIn)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.FallbackDecided(node, standIn);
        }
    }

    public void CatchUp()
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.CatchUp();
        }
    }

    public void RunEnded(RunStatus status, DateTimeOffset time)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.RunEnded(status, time);
        }
    }
}
