using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>Does something with each attempt on the thread that starts it: by default completes it there and then.</summary>
internal sealed class SynchronousRunner(Action<NodeAttempt>? work = null) : INodeRunner
{
    public int Starts { get; private set; }

    /// <summary>Starts a run in which no time passes.</summary>
    public Scheduler Run(params Node[] nodes)
    {
        // As on a thread of a runner: continuations run where they are caused.
        SynchronizationContext.SetSynchronizationContext(null);
        DagGraph graph = DagGraph.Create(nodes, [], new Dictionary<string, int>());
        Scheduler scheduler = new(DagPlan.Create(graph), this, new RunOptions { TimeProvider = new VirtualClock() });
        scheduler.Start();
        return scheduler;
    }

    public void Start(NodeAttempt attempt)
    {
        Starts++;
        if (work is null)
        {
            attempt.Complete(AttemptOutcome.Succeeded(null));
        }
        else
        {
            work(attempt);
        }
    }

    public void Abandon(NodeAttempt attempt)
    {
    }
}
