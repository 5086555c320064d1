using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Planning;

/// <summary>A simulated run against the scheduler itself.</summary>
public sealed class SimulatedRunTests
{
    private static readonly Gen<(DagGraph Graph, int Workers)> AnyRun =
        Gen.Select(RandomDag.Acyclic(), Gen.Int[1, 4], (dag, workers) => (Plain(dag), workers));

    [Fact]
    public void It_starts_nodes_as_the_scheduler_does() => AnyRun.Sample(run =>
    {
        DagPlan plan = DagPlan.Create(run.Graph);
        SimulatedRun simulated = new(run.Graph, run.Workers, isBackward: false);
        TimeSpan makespan = new(simulated.Play(Ticks(plan), ByRank(plan)));
        ScheduledRun scheduled = new(plan, run.Workers);

        Assert.Equal(scheduled.StartOrder, simulated.StartOrder);
        Assert.Equal(scheduled.Makespan, makespan);
    });

    [Fact]
    public void First_come_first_served_played_again_as_an_order_is_the_same_run() => AnyRun.Sample(run =>
    {
        // Without pools: a node that waits for its pool is overtaken, and not in the order in which it came.
        DagGraph graph = DagGraph.Create([.. Nodes(run.Graph).Select(node => Copy(node, pool: null))], [], NoLimits);
        long[] ticks = Ticks(DagPlan.Create(graph));
        SimulatedRun simulated = new(graph, run.Workers, isBackward: false);
        long makespan = simulated.Play(ticks, order: null);
        int[] order = [.. simulated.StartOrder];

        Assert.Equal(makespan, simulated.Play(ticks, order));
        Assert.Equal(order, simulated.StartOrder);
    });

    [Fact]
    public void A_backward_run_starts_no_node_before_its_dependents_have_ended() => AnyRun.Sample(run =>
    {
        DagPlan plan = DagPlan.Create(run.Graph);
        SimulatedRun simulated = new(run.Graph, run.Workers, isBackward: true);
        long makespan = simulated.Play(Ticks(plan), ByRank(plan));
        List<int> ended = [];
        foreach (int node in simulated.EndOrder)
        {
            Assert.All(run.Graph.Downstream(node).ToArray(), dependent => Assert.Contains(dependent, ended));
            ended.Add(node);
        }

        Assert.Equal(run.Graph.Count, ended.Count);
        Assert.True(makespan >= plan.CriticalPathLength.Ticks);
    });

    [Fact]
    public void Times_too_long_to_add_end_at_the_longest_there_is()
    {
        DagGraph graph = GraphOf(Node("a"), Node("b", "a"), Node("c", "b"));
        SimulatedRun simulated = new(graph, throttleLimit: 2, isBackward: false);

        Assert.Equal(long.MaxValue, simulated.Play([long.MaxValue / 2, long.MaxValue / 2, long.MaxValue / 2], [0, 1, 2]));
    }

    // Every node succeeds and runs: rules that look at failures would skip some.
    private static DagGraph Plain(RandomDag dag)
    {
        DagGraph graph = dag.ToGraph();
        return DagGraph.Create([.. Nodes(graph).Select(node => Copy(node, node.Pool))], dag.Edges, dag.PoolLimits);
    }

    private static IEnumerable<Node> Nodes(DagGraph graph) => Enumerable.Range(0, graph.Count).Select(node => graph[node]);

    private static Node Copy(Node node, string? pool) => new(node.Name)
    {
        DependsOn = node.DependsOn,
        Priority = node.Priority,
        EstimatedDuration = node.EstimatedDuration,
        Pool = pool,
    };

    private static long[] Ticks(DagPlan plan) =>
        [.. Enumerable.Range(0, plan.Graph.Count).Select(node => plan.ExpectedDuration(node).Ticks)];

    private static int[] ByRank(DagPlan plan) => [.. Enumerable.Range(0, plan.Graph.Count).OrderBy(plan.StartRank)];

    /// <summary>A run of the scheduler in virtual time, in which every attempt takes as long as is expected of it.</summary>
    private sealed class ScheduledRun : INodeRunner
    {
        private readonly PriorityQueue<NodeAttempt, (TimeSpan End, int Start)> _running = new();

        public ScheduledRun(DagPlan plan, int workers)
        {
            Scheduler scheduler = new(plan, this, new RunOptions { ThrottleLimit = workers });
            scheduler.Start();
            while (_running.TryDequeue(out NodeAttempt? attempt, out var ending))
            {
                Makespan = ending.End;
                attempt.Complete(AttemptOutcome.Succeeded(null));
            }

            Assert.Equal(plan.Graph.Count, scheduler.Counts.Succeeded);
        }

        public List<int> StartOrder { get; } = [];

        public TimeSpan Makespan { get; private set; }

        public void Start(NodeAttempt attempt)
        {
            _running.Enqueue(attempt, (Makespan + (attempt.Node.EstimatedDuration ?? TimeSpan.FromSeconds(1)), StartOrder.Count));
            StartOrder.Add(attempt.Index);
        }

        public void Abandon(NodeAttempt attempt)
        {
        }
    }
}
