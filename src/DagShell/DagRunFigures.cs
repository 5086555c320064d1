using DagShell.Engine.Analysis;

namespace DagShell;

/// <summary>A run in figures, as Measure-DagRun gives it out.</summary>
public sealed class DagRunFigures
{
    private readonly RunFigures _figures;

    internal DagRunFigures(RunSnapshot run)
    {
        _figures = run.Figures;
        Id = run.Id;
        Name = run.Name;

        // Arrays, because a PowerShell user may take slices of them.
        CriticalPath = _figures.CriticalPath.Select(NameOf).ToArray();
        Bottlenecks = _figures.Bottlenecks.Select(BottleneckOf).ToArray();
    }

    /// <summary>The run's id.</summary>
    public Guid Id { get; }

    /// <summary>The dag's name, if it has one.</summary>
    public string? Name { get; }

    /// <summary>How the run stands or ended.</summary>
    public RunStatus Status => _figures.Run.Status;

    /// <summary>When it started, local time.</summary>
    public DateTime StartTime => _figures.Run.StartTime.LocalDateTime;

    /// <summary>How many nodes it has.</summary>
    public int Nodes => _figures.Run.Graph.Count;

    /// <summary>Nodes that ended well.</summary>
    public int Succeeded => _figures.CountOf(NodeState.Succeeded);

    /// <summary>Nodes that failed.</summary>
    public int Failed => _figures.CountOf(NodeState.Failed);

    /// <summary>Nodes that were skipped.</summary>
    public int Skipped => _figures.CountOf(NodeState.Skipped);

    /// <summary>Nodes that were cancelled.</summary>
    public int Cancelled => _figures.CountOf(NodeState.Cancelled);

    /// <summary>Nodes that are not in a final state, while the run goes on.</summary>
    public int Unfinished => Nodes - Succeeded - Failed - Skipped - Cancelled;

    /// <summary>Items of nodes with -ForEach.</summary>
    public int Items => _figures.Items;

    /// <summary>Items that failed.</summary>
    public int FailedItems => _figures.FailedItems;

    /// <summary>From the run's start to its end, or until now.</summary>
    public TimeSpan Makespan => _figures.Run.Makespan;

    /// <summary>The time that all attempts together held their slots.</summary>
    public TimeSpan TotalWork => _figures.TotalWork;

    /// <summary>How many attempts ran at once, on average.</summary>
    public double AverageParallelism => _figures.AverageParallelism;

    /// <summary>The most attempts that could run at once.</summary>
    public int ThrottleLimit => _figures.Run.ThrottleLimit;

    /// <summary>
    /// The nodes of the critical path that was: of all paths through the dag the one whose nodes took longest, one after the other.
    /// </summary>
    public IReadOnlyList<string> CriticalPath { get; }

    /// <summary>How long the nodes of the critical path took, retries and waits between attempts included.</summary>
    public TimeSpan CriticalPathLength => _figures.CriticalPathLength;

    /// <summary>
    /// What the run could not have been shorter than, with nodes that take as long as they did: the critical path, the work
    /// shared out among the slots, or that of a pool among its places, whichever is longest.
    /// </summary>
    public TimeSpan LowerBound => _figures.LowerBound;

    /// <summary>Which of these that is: what to change first for a faster run.</summary>
    public string LimitedBy => _figures.LimitedBy;

    /// <summary>The lower bound as a part of the makespan: 1 for a run that could not have been shorter.</summary>
    public double Efficiency => _figures.Efficiency;

    /// <summary>The time of attempts that failed and were followed by another.</summary>
    public TimeSpan RetryTime => _figures.RetryTime;

    /// <summary>The time that nodes waited, for whatever: the sum of the four that follow.</summary>
    public TimeSpan WaitTime => _figures.WaitTime;

    /// <summary>The time that nodes were ready and waited for a slot: -ThrottleLimit attempts ran.</summary>
    public TimeSpan SlotWaitTime => _figures.SlotWaitTime;

    /// <summary>The time that nodes were ready and waited for a place in their pool.</summary>
    public TimeSpan PoolWaitTime => _figures.PoolWaitTime;

    /// <summary>The time that nodes waited for their next attempt.</summary>
    public TimeSpan RetryWaitTime => _figures.RetryWaitTime;

    /// <summary>The time that nodes polled preconditions.</summary>
    public TimeSpan PreconditionWaitTime => _figures.PreconditionWaitTime;

    /// <summary>The time that attempts had a slot and waited for a runspace to be opened. No part of WaitTime.</summary>
    public TimeSpan RunspaceWaitTime => _figures.StartUpTime;

    /// <summary>How often preconditions were asked and did not hold.</summary>
    public int Polls => _figures.Polls;

    /// <summary>The nodes, five at most, that a faster run would come from, the most rewarding first.</summary>
    public IReadOnlyList<DagBottleneck> Bottlenecks { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name ?? "run"}: {Status}, {Nodes} nodes in {DurationText.Of(Makespan)}";

    private DagBottleneck BottleneckOf(Bottleneck node) => new(
        NameOf(node.Node),
        node.Duration,
        node.Saving,
        _figures.Run.Nodes[node.Node].Attempts.Count(attempt => !attempt.IsPoll),
        node.IsCritical);

    private string NameOf(int node) => _figures.Run.Graph[node].Name;
}
