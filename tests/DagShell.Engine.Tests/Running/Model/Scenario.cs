using System.Globalization;
using System.Text;
using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Graph;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>A run to be: a dag, what its nodes do, and the settings. All that happens is decided by it.</summary>
internal sealed record Scenario(
    DagGraph Graph, IReadOnlyList<IReadOnlyList<Step>> Scripts, int ThrottleLimit, bool FailFast, TimeSpan? Timeout, TimeSpan? StopAt,
    TimeSpan? CleanUpTimeout)
{
    // The work takes random numbers of ticks, so that two things hardly ever happen at the same moment.
    private static readonly Gen<TimeSpan> AnyDuration = Gen.Long[1, 10 * TimeSpan.TicksPerSecond].Select(TimeSpan.FromTicks);

    // Most attempts stop in time; some do not, and some ignore it.
    private static readonly Gen<TimeSpan?> AnyTimeToStop = Gen.Frequency(
        (95, Gen.Long[1, 2_500 * TimeSpan.TicksPerMillisecond].Select(ticks => (TimeSpan?)TimeSpan.FromTicks(ticks))),
        (5, Gen.Const((TimeSpan?)null)));

    private static readonly Gen<RetryPolicy?> AnyRetry = Gen.Select(
        Gen.Int[-3, 3], AnyMilliseconds(0, 5_000), Gen.Enum<RetryBackoff>(), InPercent(30, AnyMilliseconds(1, 8_000)),
        (count, delay, backoff, maxDelay) =>
            count < 1 ? null : new RetryPolicy { Count = count, Delay = delay, Backoff = backoff, MaxDelay = maxDelay });

    /// <summary>Dags of up to so many nodes, in which nearly everything goes well, or a little or a lot goes wrong.</summary>
    public static Gen<Scenario> Any(int maxNodes) => Gen.OneOf(Any(maxNodes, risk: 1), Any(maxNodes, risk: 10), Any(maxNodes, risk: 40));

    // The risk is in percent, of each node and of each attempt.
    private static Gen<Scenario> Any(int maxNodes, int risk) => Gen.Select(
        RandomDag.Acyclic(maxNodes),
        AnyWork(risk).Array[maxNodes],
        Gen.Int[1, 12],
        AnyCut,
        Gen.Int[0, 9_999],
        (dag, work, throttleLimit, cut, target) => new Scenario(
            MakeGraph(dag, work), [], throttleLimit, cut.FailFast, cut.Timeout, cut.StopAt, cut.CleanUpTimeout)
        {
            ByName = dag.Nodes.Zip(work).ToDictionary(pair => pair.First.Name, pair => pair.Second.OwnSteps()),
            ItemsByName = dag.Nodes.Zip(work).ToDictionary(pair => pair.First.Name, pair => pair.Second.Items ?? []),
            Target = target,
        }).Select(scenario => scenario with { Whole = scenario.Graph, Graph = PartFor(scenario.Target, scenario.Graph) })
        .Select(scenario => scenario with { Scripts = scenario.ScriptsOfGraph() });

    private static readonly Gen<Cut> AnyCut = Gen.Select(
        Gen.Bool,
        InPercent(20, AnyMilliseconds(1, 200_000)),
        InPercent(20, Gen.Long[1, 200 * TimeSpan.TicksPerSecond].Select(TimeSpan.FromTicks)),
        InPercent(40, Gen.OneOf(Gen.Const(TimeSpan.Zero), AnyMilliseconds(1, 20_000))),
        (failFast, timeout, stopAt, cleanUpTimeout) => new Cut(failFast, timeout, stopAt, cleanUpTimeout));

    /// <summary>The dag that <see cref="Graph"/> is all, or a part, of.</summary>
    public DagGraph Whole { get; private init; } = Graph;

    private int Target { get; init; }

    private Dictionary<string, Step[]> ByName { get; init; } = [];

    private Dictionary<string, Step[][]> ItemsByName { get; init; } = [];

    /// <summary>What the items of each node do, if it is mapped.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<Step>>> ItemScripts =>
        [.. Enumerable.Range(0, Graph.Count).Select(node => ItemsByName[Graph[node].Name])];

    private IReadOnlyList<IReadOnlyList<Step>> ScriptsOfGraph() =>
        [.. Enumerable.Range(0, Graph.Count).Select(node => ByName[Graph[node].Name])];

    /// <summary>Now and then what one node needs.</summary>
    private static DagGraph PartFor(int target, DagGraph graph) => target % 4 == 0 ? graph.UpstreamClosure([target % graph.Count]) : graph;

    /// <summary>
    /// Some nodes clean up after one that was made before them, or are the fallback for it. Where that makes a cycle, which clean-up in a
    /// random place may, it is left out.
    /// </summary>
    private static DagGraph MakeGraph(RandomDag dag, Work[] work)
    {
        List<Node> nodes = [.. dag.Nodes];
        var fallen = new HashSet<int>();
        for (int i = 0; i < nodes.Count; i++)
        {
            int other = work[i].Other % nodes.Count;
            string[] cleanUpOf = work[i].Role == Role.CleanUp && other != i ? [nodes[other].Name] : [];
            if (cleanUpOf.Length > 0 && work[i].Other % 3 == 0 && (other + 1) % nodes.Count != i)
            {
                cleanUpOf = [.. cleanUpOf, nodes[(other + 1) % nodes.Count].Name];
            }

            string? fallbackFor = work[i].Role == Role.Fallback && other != i && !fallen.Contains(other) ? nodes[other].Name : null;
            Node plain = nodes[i];
            nodes[i] = WithPolicies(plain, work[i], cleanUpOf, fallbackFor);
            if ((cleanUpOf.Length > 0 || fallbackFor is not null) && !DagGraph.TryCreate(nodes, dag.Edges, dag.PoolLimits, out _, out _))
            {
                nodes[i] = WithPolicies(plain, work[i], [], null);
            }
            else if (fallbackFor is not null)
            {
                fallen.Add(other);
            }
        }

        return DagGraph.Create(nodes, dag.Edges, dag.PoolLimits);
    }

    /// <summary>What a failed property prints.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"throttle limit {ThrottleLimit}, fail fast {FailFast}")
            .Append(CultureInfo.InvariantCulture, $", timeout {Timeout}, stop at {StopAt}")
            .AppendLine(CultureInfo.InvariantCulture, $", clean-up timeout {CleanUpTimeout}");
        for (int i = 0; i < Graph.Count; i++)
        {
            Node node = Graph[i];
            text.Append(CultureInfo.InvariantCulture, $"{i} {node.Name} <- [").AppendJoin(", ", Graph.Upstream(i).ToArray())
                .Append(CultureInfo.InvariantCulture, $"] {node.TriggerRule} priority {node.Priority} estimate {node.EstimatedDuration}")
                .Append(" clean-up of ").AppendJoin(", ", node.CleanUpOf)
                    .Append(CultureInfo.InvariantCulture, $" fallback for {node.FallbackFor}")
                .Append(CultureInfo.InvariantCulture, $" pool {node.Pool} continue {node.ContinueOnError} timeout {node.Timeout}")
                .Append(CultureInfo.InvariantCulture, $" polled {node.PreconditionTimeout} {node.Retry}: ")
                .AppendJoin("; ", Scripts[i])
                .Append(node.IsMapped ? " items: " : string.Empty)
                .AppendJoin(" | ", ItemScripts[i].Select(steps => string.Join("; ", steps)))
                .AppendLine();
        }

        return text.ToString();
    }

    private static Gen<Work> AnyWork(int risk) => Gen.Select(
        AnyStep(risk).Array[1, 4],
        AnyRetry,
        InPercent(risk, AnyMilliseconds(100, 8_000)),
        InPercent(25, AnyMilliseconds(100, 20_000)),
        Gen.Bool,
        Gen.Frequency((8, Gen.Const(Role.None)), (1, Gen.Const(Role.CleanUp)), (2, Gen.Const(Role.Fallback))),
        Gen.Int[0, 9_999],
        Gen.Frequency((5, Gen.Const((Step[][]?)null)), (1, AnyStep(risk).Array[1, 3].Array[0, 7].Select(items => (Step[][]?)items))),
        (steps, retry, timeout, preconditionTimeout, forgives, role, other, items) =>
            new Work(steps, retry, timeout, preconditionTimeout, forgives, role, other, items));

    private static Gen<Step> AnyStep(int risk) => Gen.Select(
        AnyDuration,
        AnyTimeToStop,
        Gen.Frequency(
            (300 - (3 * risk), Gen.Const(Step.Succeed())),
            (2 * risk, Gen.Const(Step.Fail())),
            (risk, Gen.OneOf(
                Gen.Const(Step.Fail(canRetry: false)), Gen.Const(Step.ConditionFalse()), Gen.Const(Step.Skip()),
                Gen.Const(Step.PreconditionNotMet()), Gen.Const(Step.PreconditionNotMet())))),
        (duration, stopsAfter, step) => step with { Duration = duration, StopsAfter = stopsAfter });

    private static Gen<TimeSpan> AnyMilliseconds(int from, int to) => Gen.Int[from, to].Select(ms => TimeSpan.FromMilliseconds(ms));

    private static Gen<TimeSpan?> InPercent(int percent, Gen<TimeSpan> gen) =>
        Gen.Frequency((percent, gen.Select(value => (TimeSpan?)value)), (100 - percent, Gen.Const((TimeSpan?)null)));

    private static Node WithPolicies(Node node, Work work, string[] cleanUpOf, string? fallbackFor) => new(node.Name)
    {
        CleanUpOf = cleanUpOf,
        FallbackFor = fallbackFor,
        DependsOn = node.DependsOn,
        TriggerRule = work.Forgives ? TriggerRule.NoneFailed : node.TriggerRule,
        ContinueOnError = node.ContinueOnError,
        Pool = node.Pool,
        Priority = node.Priority,
        EstimatedDuration = node.EstimatedDuration,
        Retry = work.Retry,
        Timeout = work.Timeout,
        PreconditionTimeout = work.PreconditionTimeout,
        IsMapped = work.Items is not null,
    };

    // Half of the nodes do not mind skipped dependencies, or most of a large dag would be skipped.
    private sealed record Work(Step[] Steps, RetryPolicy? Retry, TimeSpan? Timeout, TimeSpan? PreconditionTimeout, bool Forgives, Role Role,
        int Other, Step[][]? Items)
    {
        /// <summary>What the node does itself: one with items gives them where it would have succeeded.</summary>
        public Step[] OwnSteps() => Items is null ? Steps : Array.ConvertAll(
            Steps,
            step => step.Outcome.Kind == AttemptOutcomeKind.Succeeded ? step with { Outcome = Step.Map(Items.Length).Outcome } : step);
    }

    private sealed record Cut(bool FailFast, TimeSpan? Timeout, TimeSpan? StopAt, TimeSpan? CleanUpTimeout);

    private enum Role
    {
        None,
        CleanUp,
        Fallback,
    }
}
