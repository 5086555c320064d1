using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell.Engine.Analysis;

/// <summary>A run in figures: how long, how parallel, what it was held up by.</summary>
public sealed class RunFigures
{
    private const int MaxBottlenecks = 5;

    private readonly int[] _inState = new int[Enum.GetValues<NodeState>().Length];
    private readonly TimeSpan[] _waits = new TimeSpan[Enum.GetValues<NodeWaitKind>().Length];
    private readonly bool[] _isCritical;

    private RunFigures(RunHistory run)
    {
        Run = run;
        int count = run.Graph.Count;
        long[] duration = new long[count];
        long[] work = new long[count];
        for (int node = 0; node < count; node++)
        {
            // What stands for a dag takes as long as what is inside, and that counts by itself.
            duration[node] = run.Graph.IsDag(node) ? 0 : run.DurationOf(node).Ticks;
            work[node] = Add(node);
        }

        TotalWork = new TimeSpan(work.Sum());
        LongestPath path = new(run.Graph, duration, WaitedFor);
        CriticalPath = path.Nodes;
        CriticalPathLength = new TimeSpan(path.Ticks);
        _isCritical = new bool[count];
        foreach (int node in path.Nodes)
        {
            _isCritical[node] = true;
        }

        LowerBound bounds = new(run.Graph, work, run.ThrottleLimit);
        (long bound, string? pool) = bounds.Without(0, null);
        bool isPath = path.Ticks >= bound;
        LowerBound = new TimeSpan(Math.Max(path.Ticks, bound));
        LowerBoundKind = isPath ? LowerBoundKind.CriticalPath : pool is null ? LowerBoundKind.Slots : LowerBoundKind.Pool;
        LimitingPool = isPath ? null : pool;
        Bottlenecks = FindBottlenecks(path, bounds, duration, work);
    }

    /// <summary>The run.</summary>
    public RunHistory Run { get; }

    /// <summary>The time that all attempts together held their slots.</summary>
    public TimeSpan TotalWork { get; }

    /// <summary>
    /// The critical path that was: of all paths through the graph the one whose nodes, one after the other, took longest.
    /// </summary>
    public IReadOnlyList<int> CriticalPath { get; }

    /// <summary>How long its nodes took, retries and waits between attempts included.</summary>
    public TimeSpan CriticalPathLength { get; }

    /// <summary>How many attempts ran at once, on average.</summary>
    public double AverageParallelism => Ratio(TotalWork, Run.Makespan, whenNothing: 0);

    /// <summary>
    /// What the run could not have been shorter than, with nodes that take as long as they did: the longest of the critical
    /// path, the work shared out among the slots, and the work of each pool shared out among its places.
    /// </summary>
    public TimeSpan LowerBound { get; }

    /// <summary>Which of these is the longest.</summary>
    public LowerBoundKind LowerBoundKind { get; }

    /// <summary>The pool, if it is one's.</summary>
    public string? LimitingPool { get; }

    /// <summary>What the lower bound comes from, in words: what to change first for a faster run.</summary>
    public string LimitedBy => LowerBoundKind switch
    {
        LowerBoundKind.Slots => Run.ThrottleLimit == 1 ? "its work in 1 slot" : $"its work in {Run.ThrottleLimit} slots",
        LowerBoundKind.Pool => $"the pool '{LimitingPool}'",
        _ => "the critical path",
    };

    /// <summary>The lower bound as a part of the makespan: 1 for a run that could not have been shorter.</summary>
    public double Efficiency => Math.Min(1, Ratio(LowerBound, Run.Makespan, whenNothing: 1));

    /// <summary>The time of attempts that failed and were followed by another.</summary>
    public TimeSpan RetryTime { get; private set; }

    /// <summary>The time that nodes were ready and waited for a slot.</summary>
    public TimeSpan SlotWaitTime => _waits[(int)NodeWaitKind.Slot];

    /// <summary>The time that nodes were ready and waited for a place in their pool.</summary>
    public TimeSpan PoolWaitTime => _waits[(int)NodeWaitKind.Pool];

    /// <summary>The time that nodes waited for their next attempt.</summary>
    public TimeSpan RetryWaitTime => _waits[(int)NodeWaitKind.Retry];

    /// <summary>The time that nodes polled preconditions.</summary>
    public TimeSpan PreconditionWaitTime => _waits[(int)NodeWaitKind.Precondition];

    /// <summary>The time that nodes waited, for whatever.</summary>
    public TimeSpan WaitTime => SlotWaitTime + PoolWaitTime + RetryWaitTime + PreconditionWaitTime;

    /// <summary>The time that attempts held slots before their work began: what that is done in was not there.</summary>
    public TimeSpan StartUpTime { get; private set; }

    /// <summary>How often preconditions were asked and did not hold.</summary>
    public int Polls { get; private set; }

    /// <summary>How many items nodes had, and how many of them failed.</summary>
    public int Items { get; private set; }

    /// <inheritdoc cref="Items"/>
    public int FailedItems { get; private set; }

    /// <summary>The nodes, five at most, that a faster run would come from, the most rewarding first.</summary>
    public IReadOnlyList<Bottleneck> Bottlenecks { get; }

    /// <summary>Works out the figures of a run.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Its figures.</returns>
    public static RunFigures Of(RunHistory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new RunFigures(run);
    }

    /// <summary>How many nodes are in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number.</returns>
    public int CountOf(NodeState state) => _inState[(int)state];

    /// <summary>Whether a node lies on the <see cref="CriticalPath"/>.</summary>
    /// <param name="node">Its index.</param>
    /// <returns><see langword="true"/> if it does.</returns>
    public bool IsCritical(int node) => _isCritical[node];

    private static double Ratio(TimeSpan part, TimeSpan whole, double whenNothing) => whole > TimeSpan.Zero ? part / whole : whenNothing;

    /// <summary>Adds a node to the sums.</summary>
    /// <returns>How long its attempts held slots.</returns>
    private long Add(int index)
    {
        NodeHistory node = Run.Nodes[index];
        _inState[(int)node.State]++;
        TimeSpan work = node.WorkOfItems;
        if (node is { State: NodeState.Running, Items: not null })
        {
            work += new TimeSpan(node.ItemAttempts.Where(item => item.Attempt.EndTime is null)
                .Sum(item => Run.DurationOf(item.Attempt).Ticks));
        }

        Items += node.Items?.Total ?? 0;
        FailedItems += node.Items?.Failed ?? 0;
        for (int i = 0; i < node.Attempts.Count; i++)
        {
            TimeSpan time = Run.DurationOf(node.Attempts[i]);
            work += time;
            StartUpTime += node.Attempts[i].StartUpTime;
            if (node.Attempts[i].FailureKind == FailureKind.PreconditionNotMet)
            {
                Polls++;
            }
            else if (i + 1 < node.Attempts.Count)
            {
                RetryTime += time;
            }
        }

        foreach (WaitRecord wait in node.Waits)
        {
            _waits[(int)wait.Kind] += Run.DurationOf(wait);
        }

        return work.Ticks;
    }

    /// <summary>Whether a node began after one that it depends on had ended: one that is skipped does not wait for the rest.</summary>
    private bool WaitedFor(int dependency, int node)
    {
        DateTimeOffset end = Run.Nodes[dependency].EndTime ?? Run.EndTime;
        return end <= (Run.Nodes[node].StartTime ?? Run.Nodes[node].EndTime ?? Run.EndTime);
    }

    private List<Bottleneck> FindBottlenecks(LongestPath path, LowerBound bounds, long[] duration, long[] work)
    {
        long[] without = path.WithoutEach();
        long[] pathWithout = new long[duration.Length];
        Array.Fill(pathWithout, path.Ticks);
        for (int i = 0; i < path.Nodes.Length; i++)
        {
            int node = path.Nodes[i];
            pathWithout[node] = Math.Max(without[i], path.Ticks - duration[node]);
        }

        return Enumerable.Range(0, duration.Length)
            .Where(node => duration[node] > 0)
            .Select(node =>
            {
                long bound = Math.Max(pathWithout[node], bounds.Without(work[node], Run.Graph[node].Pool).Ticks);
                return new Bottleneck(node, new TimeSpan(duration[node]), LowerBound - new TimeSpan(bound), _isCritical[node]);
            })

            // Where two paths are as long, neither alone brings anything; both are what to look at.
            .Where(node => node.Saving > TimeSpan.Zero || node.IsCritical)
            .OrderByDescending(node => node.Saving)
            .ThenByDescending(node => node.IsCritical)
            .ThenByDescending(node => node.Duration)
            .ThenBy(node => node.Node)
            .Take(MaxBottlenecks)
            .ToList();
    }
}
