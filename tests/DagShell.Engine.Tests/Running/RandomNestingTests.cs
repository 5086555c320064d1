using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using DagShell.Engine.Tests.Running.Model;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>Random dags inside of a node run as they do by themselves, and the node ends as a run of them would.</summary>
[Collection(Alone.Name)]
public sealed class RandomNestingTests
{
    [Theory]
    [InlineData(12, 1, 2_000)]
    [InlineData(12, 3, 500)]
    [InlineData(80, 2, 100)]
    public void A_dag_inside_of_a_node_runs_as_it_does_by_itself(int maxNodes, int depth, int runs) =>
        Scenario.Any(maxNodes).Where(scenario => scenario.Graph == scenario.Whole).Sample(
            scenario =>
            {
                TestRun alone = Run(scenario, scenario.Graph, first: 0);
                TestRun nested = Run(scenario, Wrapped(scenario.Graph, depth), first: depth);

                RunInvariants.Check(nested.Graph, scenario.ThrottleLimit, nested.Scheduler, nested.Log);
                Dictionary<int, NodeResult> results = nested.Results.ToDictionary(result => result.Index);
                Assert.All(alone.Results, result => Assert.Equal(Describe(alone, result), Describe(nested, results[result.Index + depth])));
                DateTimeOffset end = alone.Results.Max(result => result.EndTime);
                for (int dag = 0; dag < depth; dag++)
                {
                    Assert.Equal(end - alone.Clock.Start, results[dag].EndTime - nested.Clock.Start);
                    Assert.Equal(StateOf(alone), results[dag].State);
                }

                Assert.Equal(alone.Status, nested.Status);
            },
            iter: runs);

    [Theory]
    [InlineData(12, 1, 1_000)]
    [InlineData(12, 3, 300)]
    [InlineData(80, 2, 50)]
    public void A_dag_that_is_known_at_its_turn_runs_as_one_that_was_known_before(int maxNodes, int depth, int runs) =>
        Scenario.Any(maxNodes).Where(scenario => scenario.Graph == scenario.Whole).Sample(
            scenario =>
            {
                TestRun before = Run(scenario, Wrapped(scenario.Graph, depth), first: depth);
                TestRun late = RunLate(scenario, depth);

                RunInvariants.Check(late.Scheduler.Graph, scenario.ThrottleLimit, late.Scheduler, late.Log);
                Assert.Equal(
                    before.Results.Where(result => result.Index >= depth).Select(result => Describe(before, result)).Order(),
                    late.Results.Where(result => result.Index >= depth).Select(result => Describe(late, result)).Order());
                Assert.Equal(
                    before.Results.Where(result => result.Index < depth).Select(result => $"{result.Node} {result.State}").Order(),
                    late.Results.Where(result => result.Index < depth).Select(result => $"{result.Node} {result.State}").Order());
                Assert.Equal(before.Status, late.Status);

                DagGraph inOrder = late.Scheduler.Graph.InOrder(out IReadOnlyList<int> nodes);
                Assert.All(
                    Enumerable.Range(0, inOrder.Count), place => Assert.Same(late.Scheduler.Graph[nodes[place]], inOrder[place]));
                Assert.Equal(Edges(before.Graph), Edges(inOrder));
            },
            iter: runs);

    private static TestRun RunLate(Scenario scenario, int depth)
    {
        Node[] dags = [.. Enumerable.Range(0, depth).Select(level => Nodes.LateDag($"D{depth - level}"))];
        for (int level = 1; level < depth; level++)
        {
            dags[level] = dags[level].InsideOf(dags[level - 1]);
        }

        TestRun run = Made(scenario, Nodes.Nested([dags[0]], scenario.Graph.PoolLimits), depth);
        for (int level = 1; level < depth; level++)
        {
            var inner = DagGraph.Create([dags[level]], [], scenario.Graph.PoolLimits);
            run.Runner.Script(level - 1, [Step.Succeed() with { Duration = TimeSpan.Zero, Outcome = Expanded(inner) }]);
        }

        Node[] inside = [.. Enumerable.Range(0, scenario.Graph.Count).Select(node => Copy(scenario.Graph, node).InsideOf(dags[^1]))];
        var innermost = DagGraph.Create(inside, [], scenario.Graph.PoolLimits);
        run.Runner.Script(depth - 1, [Step.Succeed() with { Duration = TimeSpan.Zero, Outcome = Expanded(innermost) }]);
        return run.ToEnd();

        static AttemptOutcome Expanded(DagGraph graph) => AttemptOutcome.Expanded(new Expansion(graph));
    }

    private static IEnumerable<string> Edges(DagGraph graph) => Enumerable.Range(0, graph.Count).Select(node =>
        $"{graph[node]} in {graph.Outer(node)} with {graph.CountInside(node)} after {Names(graph, graph.Awaited(node))}");

    private static string Names(DagGraph graph, ReadOnlySpan<int> nodes) =>
        string.Join(", ", nodes.ToArray().Select(node => graph[node].Name).Order());

    /// <summary>What a node comes to that stands for the dag of a run.</summary>
    private static NodeState StateOf(TestRun run)
    {
        bool hasFailed = run.Results.Any(result => result.State == NodeState.Failed
            && !run.Graph.IsTolerated(result.Index) && !IsStoodFor(run, result.Index));
        return hasFailed ? NodeState.Failed
            : run.Results.Any(result => result.State == NodeState.Cancelled) ? NodeState.Cancelled : NodeState.Succeeded;
    }

    private static bool IsStoodFor(TestRun run, int node)
    {
        for (int fallback = run.Graph.Fallback(node); fallback >= 0; fallback = run.Graph.Fallback(fallback))
        {
            NodeState state = run.Results.Single(result => result.Index == fallback).State;
            if (state != NodeState.Failed)
            {
                return state == NodeState.Succeeded;
            }
        }

        return false;
    }

    private static string Describe(TestRun run, NodeResult result) =>
        $"{result.Node.LocalName} {result.State}, {result.Attempts} attempts, {result.SkipCause}, {result.CancelCause}, "
        + $"from {result.StartTime - run.Clock.Start} to {result.EndTime - run.Clock.Start}, items {result.Items?.Counts}";

    private static DagGraph Wrapped(DagGraph graph, int depth)
    {
        Node[] inside = [.. Enumerable.Range(0, graph.Count).Select(node => Copy(graph, node))];
        for (int level = 1; level <= depth; level++)
        {
            inside = [Nodes.Dag($"D{level}", inside)];
        }

        return Nodes.Nested(inside, graph.PoolLimits);
    }

    private static Node Copy(DagGraph graph, int index)
    {
        Node node = graph[index];
        string[] cleanUpOf = Array.ConvertAll(graph.CleanUpOf(index).ToArray(), other => graph[other].Name);
        return new Node(node.Name)
        {
            DependsOn = [.. graph.Upstream(index).ToArray().Select(other => graph[other].Name).Except(cleanUpOf)],
            CleanUpOf = cleanUpOf,
            FallbackFor = node.FallbackFor,
            TriggerRule = node.TriggerRule,
            ContinueOnError = node.ContinueOnError,
            Pool = node.Pool,
            Priority = node.Priority,
            EstimatedDuration = node.EstimatedDuration,
            Retry = node.Retry,
            Timeout = node.Timeout,
            PreconditionTimeout = node.PreconditionTimeout,
            IsMapped = node.IsMapped,
        };
    }

    private static TestRun Run(Scenario scenario, DagGraph graph, int first) => Made(scenario, graph, first).ToEnd();

    private static TestRun Made(Scenario scenario, DagGraph graph, int first)
    {
        TestRun run = new(graph, scenario.ThrottleLimit, scenario.FailFast, scenario.Timeout, cleanUpTimeout: scenario.CleanUpTimeout);
        for (int node = 0; node < scenario.Scripts.Count; node++)
        {
            run.Runner.Script(node + first, scenario.Scripts[node]);
            for (int item = 0; item < scenario.ItemScripts[node].Count; item++)
            {
                run.Runner.Script(node + first, scenario.ItemScripts[node][item], item);
            }
        }

        if (scenario.StopAt is { } stopAt)
        {
            run.At(stopAt, run.Scheduler.Stop);
        }

        return run;
    }
}
