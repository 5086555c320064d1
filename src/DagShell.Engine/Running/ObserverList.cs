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

    public void AttemptLost(int node)
    {
        foreach (IRunObserver observer in _observers)
        {
            observer.AttemptLost(node);
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
