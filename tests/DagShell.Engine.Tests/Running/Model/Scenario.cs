using System.Globalization;
using System.Text;
using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Graph;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>A run to be: a dag, what its nodes do, and the settings. All that happens is decided by it.</summary>
internal sealed record Scenario(
    DagGraph Graph, IReadOnlyList<IReadOnlyList<Step>> Scripts, int ThrottleLimit, bool FailFast, TimeSpan? Timeout, TimeSpan? StopAt)
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
        Gen.Bool,
        InPercent(20, AnyMilliseconds(1, 200_000)),
        InPercent(20, Gen.Long[1, 200 * TimeSpan.TicksPerSecond].Select(TimeSpan.FromTicks)),
        (dag, work, throttleLimit, failFast, timeout, stopAt) => new Scenario(
            DagGraph.Create([.. dag.Nodes.Zip(work, WithPolicies)], dag.Edges, dag.PoolLimits),
            [.. work.Take(dag.Nodes.Count).Select(node => node.Steps)],
            throttleLimit,
            failFast,
            timeout,
            stopAt));

    /// <summary>What a failed property prints.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"throttle limit {ThrottleLimit}, fail fast {FailFast}")
            .AppendLine(CultureInfo.InvariantCulture, $", timeout {Timeout}, stop at {StopAt}");
        for (int i = 0; i < Graph.Count; i++)
        {
            Node node = Graph[i];
            text.Append(CultureInfo.InvariantCulture, $"{i} {node.Name} <- [").AppendJoin(", ", Graph.Upstream(i).ToArray())
                .Append(CultureInfo.InvariantCulture, $"] {node.TriggerRule} priority {node.Priority} estimate {node.EstimatedDuration}")
                .Append(CultureInfo.InvariantCulture, $" pool {node.Pool} continue {node.ContinueOnError} timeout {node.Timeout}")
                .Append(CultureInfo.InvariantCulture, $" polled {node.PreconditionTimeout} {node.Retry}: ")
                .AppendJoin("; ", Scripts[i])
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
        (steps, retry, timeout, preconditionTimeout, forgives) => new Work(steps, retry, timeout, preconditionTimeout, forgives));

    private static Gen<Step> AnyStep(int risk) => Gen.Select(
        AnyDuration,
        AnyTimeToStop,
        Gen.Frequency(
            (300 - (3 * risk), Gen.Const(Step.Succeed())),
            (2 * risk, Gen.Const(Step.Fail())),
            (risk, Gen.OneOf(
                Gen.Const(Step.Fail(canRetry: false)), Gen.Const(Step.ConditionFalse()),
                Gen.Const(Step.PreconditionNotMet()), Gen.Const(Step.PreconditionNotMet())))),
        (duration, stopsAfter, step) => step with { Duration = duration, StopsAfter = stopsAfter });

    private static Gen<TimeSpan> AnyMilliseconds(int from, int to) => Gen.Int[from, to].Select(ms => TimeSpan.FromMilliseconds(ms));

    private static Gen<TimeSpan?> InPercent(int percent, Gen<TimeSpan> gen) =>
        Gen.Frequency((percent, gen.Select(value => (TimeSpan?)value)), (100 - percent, Gen.Const((TimeSpan?)null)));

    private static Node WithPolicies(Node node, Work work) => new(node.Name)
    {
        DependsOn = node.DependsOn,
        TriggerRule = work.Forgives ? TriggerRule.NoneFailed : node.TriggerRule,
        ContinueOnError = node.ContinueOnError,
        Pool = node.Pool,
        Priority = node.Priority,
        EstimatedDuration = node.EstimatedDuration,
        Retry = work.Retry,
        Timeout = work.Timeout,
        PreconditionTimeout = work.PreconditionTimeout,
    };

    // Half of the nodes do not mind skipped dependencies, or most of a large dag would be skipped.
    private sealed record Work(Step[] Steps, RetryPolicy? Retry, TimeSpan? Timeout, TimeSpan? PreconditionTimeout, bool Forgives);
}
