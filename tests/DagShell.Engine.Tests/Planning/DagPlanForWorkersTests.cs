using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Tests.Graph;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Planning;

/// <summary>Plans for so many workers: where it is known how long nodes take, an order that ends sooner is looked for.</summary>
public sealed class DagPlanForWorkersTests
{
    private static readonly Gen<(DagGraph Graph, int Workers)> AnyRun =
        Gen.Select(RandomDag.Acyclic(60), Gen.Int[1, 5], (dag, workers) => (dag.ToGraph(), workers));

    [Fact]
    public void A_better_order_than_by_remaining_path_is_found()
    {
        // By remaining path: 3 + 2 + 2 beside 3 + 2.
        DagGraph graph = GraphOf(Timed("a", 3), Timed("b", 3), Timed("c", 2), Timed("d", 2), Timed("e", 2));

        Assert.Equal(7, Makespan(DagPlan.Create(graph), 2).TotalSeconds);
        Assert.Equal(6, Makespan(DagPlan.Create(graph, throttleLimit: 2), 2).TotalSeconds);
    }

    [Fact]
    public void The_order_is_no_longer_than_by_remaining_path() => AnyRun.Sample(run =>
        Assert.True(Makespan(DagPlan.Create(run.Graph, run.Workers), run.Workers) <= Makespan(DagPlan.Create(run.Graph), run.Workers)));

    [Fact]
    public void Without_priorities_it_is_no_longer_than_first_come_first_served() =>
        Gen.Select(Gen.Select(Gen.Int[0, 20], Gen.Int[0, 99].Array[0, 3]).Array[1, 40], Gen.Int[1, 5]).Sample((tasks, workers) =>
        {
            DagGraph graph = GraphOf(
                [.. tasks.Select((task, i) => Timed($"n{i}", task.Item1, [.. i == 0 ? [] : task.Item2.Select(pick => $"n{pick % i}")]))]);
            DagPlan plan = DagPlan.Create(graph, workers);
            SimulatedRun firstCome = new(graph, workers, isBackward: false);

            Assert.True(Makespan(plan, workers) <= new TimeSpan(firstCome.Play(Ticks(plan), order: null)) * 1.001);
        });

    [Fact]
    public void Priority_beats_whatever_was_found() => AnyRun.Sample(run =>
    {
        DagPlan plan = DagPlan.Create(run.Graph, run.Workers);
        int[] byRank = [.. Enumerable.Range(0, run.Graph.Count).OrderBy(plan.StartRank)];

        Assert.Equal(byRank, byRank.OrderByDescending(node => run.Graph[node].Priority));
        Assert.Equal(Enumerable.Range(0, run.Graph.Count), byRank.Select(plan.StartRank));
    });

    [Fact]
    public void All_but_the_order_of_start_is_as_without_workers() => AnyRun.Sample(run =>
    {
        DagPlan plan = DagPlan.Create(run.Graph, run.Workers);
        DagPlan usual = DagPlan.Create(run.Graph);

        Assert.Equal(usual.CriticalPath.ToArray(), plan.CriticalPath.ToArray());
        Assert.Equal(usual.LevelCount, plan.LevelCount);
        Assert.All(Enumerable.Range(0, run.Graph.Count), node => Assert.Equal(usual.RemainingPath(node), plan.RemainingPath(node)));
    });

    [Fact]
    public void Without_estimates_the_order_is_by_remaining_path() => AnyRun.Sample(run =>
    {
        Node[] nodes = [.. Nodes(run.Graph).Select(node => new Node(node.Name) { DependsOn = node.DependsOn, Priority = node.Priority })];
        DagGraph graph = GraphOf(nodes);
        DagPlan usual = DagPlan.Create(graph);
        DagPlan plan = DagPlan.Create(graph, run.Workers);

        Assert.All(Enumerable.Range(0, graph.Count), node => Assert.Equal(usual.StartRank(node), plan.StartRank(node)));
    });

    [Fact]
    public void The_order_by_remaining_path_stays_where_none_ends_sooner()
    {
        DagGraph graph = GraphOf(Timed("a", 1), Timed("b", 2), Timed("c", 3, "a"), Timed("d", 1, "b"));

        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(DagPlan.Create(graph, throttleLimit: 2).StartRank));
    }

    [Theory]
    [InlineData(0.1, false)]
    [InlineData(10, true)]
    public void Nor_does_one_count_that_ends_sooner_by_a_trifle(double unit, bool isWorthIt)
    {
        // Three of 1000 s, of which two slots make 2000 s in any order; after them the five of which a better order saves one unit.
        Node[] first = [.. Enumerable.Range(0, 3).Select(i => Timed($"first {i}", 1000))];
        string[] firstNames = [.. first.Select(node => node.Name)];
        int[] units = [3, 3, 2, 2, 2];
        DagGraph graph = GraphOf([.. first, .. units.Select((duration, i) => Timed($"n{i}", duration * unit, firstNames))]);

        double usual = Makespan(DagPlan.Create(graph), 2).TotalSeconds;
        double found = Makespan(DagPlan.Create(graph, throttleLimit: 2), 2).TotalSeconds;

        Assert.Equal(2000 + (7 * unit), usual, tolerance: 0.001);
        Assert.Equal(isWorthIt ? unit : 0, usual - found, tolerance: 0.001);
    }

    [Fact]
    public void Priority_beats_a_better_order_where_no_two_nodes_have_the_same()
    {
        double[] seconds = [3, 3, 2, 2, 2];
        DagGraph graph = GraphOf([.. seconds.Select((duration, i) =>
            new Node($"n{i}") { EstimatedDuration = TimeSpan.FromSeconds(duration), Priority = -i })]);

        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, 5).Select(DagPlan.Create(graph, throttleLimit: 2).StartRank));
    }

    [Fact]
    public void Durations_of_an_earlier_run_count_as_estimates()
    {
        double[] seconds = [3, 3, 2, 2, 2];
        DagPlan plan = DagPlan.Create(
            GraphOf(Node("a"), Node("b"), Node("c"), Node("d"), Node("e")), throttleLimit: 2, node => TimeSpan.FromSeconds(seconds[node]));

        Assert.Equal(6, Makespan(plan, 2).TotalSeconds);
    }

    [Fact]
    public void The_same_graph_gets_the_same_plan_every_time() => AnyRun.Sample(run =>
    {
        DagPlan one = DagPlan.Create(run.Graph, run.Workers);
        DagPlan other = DagPlan.Create(run.Graph, run.Workers);

        Assert.Equal(one.Order.ToArray(), other.Order.ToArray());
    });

    [Fact]
    public void Estimates_too_long_to_add_are_planned()
    {
        double longest = TimeSpan.MaxValue.TotalSeconds / 2;
        DagPlan plan = DagPlan.Create(
            GraphOf(Timed("a", longest), Timed("b", longest, "a"), Timed("c", longest, "b"), Timed("d", longest), Timed("e", 1)),
            throttleLimit: 2);

        Assert.Equal(5, plan.Order.Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void A_chain_of_200_000_and_a_star_are_planned(int workers)
    {
        Node[] nodes = [.. Chain(200_000), .. Star(50_000).Select((node, i) => Timed(node.Name, i % 7, [.. node.DependsOn]))];

        Assert.Equal(250_001, DagPlan.Create(GraphOf(nodes), workers).Order.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void The_limit_is_1_or_more(int throttleLimit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(nameof(throttleLimit), () => DagPlan.Create(GraphOf(Node("a")), throttleLimit));
        Assert.Throws<ArgumentNullException>("graph", () => DagPlan.Create(null!, 1));
    }

    private static IEnumerable<Node> Nodes(DagGraph graph) => Enumerable.Range(0, graph.Count).Select(node => graph[node]);

    private static long[] Ticks(DagPlan plan) =>
        [.. Enumerable.Range(0, plan.Graph.Count).Select(node => plan.ExpectedDuration(node).Ticks)];

    private static TimeSpan Makespan(DagPlan plan, int workers) =>
        new(new SimulatedRun(plan.Graph, workers, isBackward: false).Play(
            Ticks(plan), [.. Enumerable.Range(0, plan.Graph.Count).OrderBy(plan.StartRank)]));
}
