using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell.Benchmarks.Traces;

/// <summary>
/// Runs a plan on the scheduler itself, in virtual time: an attempt takes as long as it is said to, and nothing else takes any.
/// </summary>
internal sealed class VirtualRun : INodeRunner
{
    private readonly IReadOnlyList<TimeSpan> _durations;
    private readonly PriorityQueue<NodeAttempt, (TimeSpan End, int Start)> _running = new();
    private TimeSpan _now;
    private int _started;

    private VirtualRun(IReadOnlyList<TimeSpan> durations) => _durations = durations;

    /// <summary>Runs to the end.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="durations">How long each node takes, which its estimate need not be.</param>
    /// <param name="workers">How many nodes run at once at most.</param>
    /// <returns>The makespan.</returns>
    public static TimeSpan Makespan(DagPlan plan, IReadOnlyList<TimeSpan> durations, int workers)
    {
        VirtualRun run = new(durations);
        Scheduler scheduler = new(plan, run, new RunOptions { ThrottleLimit = workers });
        scheduler.Start();
        while (run._running.TryDequeue(out NodeAttempt? attempt, out var ending))
        {
            run._now = ending.End;
            attempt.Complete(AttemptOutcome.Succeeded(null));
        }

        return scheduler.Counts.Succeeded == plan.Graph.Count ? run._now : throw new InvalidOperationException("The run did not succeed.");
    }

    public void Start(NodeAttempt attempt) => _running.Enqueue(attempt, (_now + _durations[attempt.Index], _started++));

    public void Abandon(NodeAttempt attempt)
    {
    }
}
