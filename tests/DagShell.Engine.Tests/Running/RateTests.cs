using CsCheck;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 2 (-PoolLimit '120/1m') and 10: never more starts of a pool in any stretch of time than its rate says.</summary>
public sealed class RateTests
{
    private const string Pool = "graph";

    [Fact]
    public void No_more_attempts_start_in_any_stretch_of_time_than_the_rate_says()
    {
        TestRun run = Run([.. "ABCDEFG".Select(name => Rated($"{name}"))], throttleLimit: 9, [Rate(3, 10)]).ToEnd();

        Assert.Equal(["A 0", "B 0", "C 0", "D 10", "E 10", "F 10", "G 20"], run.Starts);
        WaitRecord wait = Assert.Single(run["G"].Waits);
        Assert.Equal((NodeWaitKind.Pool, 20.0), (wait.Kind, (wait.EndTime - wait.StartTime)?.TotalSeconds));
        Assert.Empty(run["A"].Waits);
    }

    [Fact]
    public void The_stretch_moves_with_each_start()
    {
        Node second = new("B") { Pool = Pool, DependsOn = ["first"] };
        TestRun run = Run([Rated("A"), Node("first"), second, Rated("C", "B"), Rated("D", "B")], 9, [Rate(2, 10)])
            .Script("first", Step.Succeed(after: 6))
            .ToEnd();

        // Two starts in the ten seconds from 0 on, and two in those from 6 on.
        Assert.Equal(["A 0", "B 6", "C 10", "D 16"], run.Starts.Where(start => start[0] != 'f').Order());
    }

    [Fact]
    public void What_counts_is_when_the_work_begins_not_when_its_slot_is_granted()
    {
        TestRun run = Run([.. "ABC".Select(name => Rated($"{name}"))], throttleLimit: 9, [Rate(1, 2)]);
        run.Runner.StartUpTime = TimeSpan.FromSeconds(5);
        run.Runner.DefaultStep = Step.Succeed(after: 20);
        run.ToEnd();

        Assert.Equal(["A 0", "B 7", "C 14"], run.Starts);
    }

    [Fact]
    public void A_limit_and_several_rates_hold_at_once()
    {
        TestRun run = Run([.. "ABCDEFG".Select(name => Rated($"{name}"))], 9, [Rate(2, 3), Rate(4, 20)], places: 2).ToEnd();

        Assert.Equal(["A 0", "B 0", "C 3", "D 3", "E 20", "F 20", "G 23"], run.Starts);
    }

    [Fact]
    public void Other_nodes_have_the_slots_meanwhile_and_the_best_of_the_pool_comes_next()
    {
        Node high = new("high") { Pool = Pool, Priority = 5 };
        TestRun run = Run([Rated("A"), Rated("low"), high, Node("X"), Node("Y", "X")], 1, [Rate(1, 10)]).ToEnd();

        Assert.Equal(["high 0", "X 1", "Y 2", "A 10", "low 20"], run.Starts);
    }

    [Fact]
    public void Retries_count()
    {
        Node node = new("A") { Pool = Pool, Retry = new RetryPolicy { Count = 2 } };
        TestRun run = Run([node], 1, [Rate(1, 10)]).Script("A", Step.Fail(), Step.Fail(), Step.Succeed()).ToEnd();

        Assert.Equal(["A 0", "A 10", "A 20"], run.Starts);
    }

    [Fact]
    public void Polls_conditions_and_questions_do_not_count()
    {
        Node polled = new("A") { Pool = Pool, Priority = 9, PreconditionTimeout = TimeSpan.FromSeconds(600) };
        TestRun run = Run([polled, new Node("off") { Pool = Pool, Priority = 5 }, Rated("B")], 1, [Rate(1, 100)])
            .Script("A", Step.PreconditionNotMet(), Step.PreconditionNotMet(), Step.Succeed())
            .Script("off", Step.ConditionFalse(after: 0.25))
            .ToEnd();

        Assert.Equal(["A 0", "off 0.25", "B 0.5", "A 100.5", "A 101.75"], run.Starts);

        Node asked = new("A")
        {
            Pool = Pool,
            Timeout = TimeSpan.FromSeconds(2),
            DecidesOnRetry = true,
            Retry = new RetryPolicy { Count = 1 },
        };
        run = Run([asked], 1, [Rate(1, 100)]).Script("A", Step.Hang(), Step.Succeed(after: 0.5), Step.Succeed()).ToEnd();
        Assert.Equal(["A 0", "A 2", "A 100"], run.Starts);
    }

    [Fact]
    public void It_holds_on_places_and_is_a_wait_for_the_pool_there_too()
    {
        PlaceGroup far = new(limit: 9);
        TestRun run = new(
            [.. "ABCD".Select(name => Rated($"{name}"))],
            places: far,
            pools: new Dictionary<string, int> { [Pool] = 9 },
            rates: Rates([Rate(2, 10)]));
        run.Scheduler.AddPlaces(far, 9);
        run.ToEnd();

        Assert.Equal(["A 0", "B 0", "C 10", "D 10"], run.Starts);
        WaitRecord wait = Assert.Single(run["D"].Waits);
        Assert.Equal((NodeWaitKind.Pool, 10.0), (wait.Kind, (wait.EndTime - wait.StartTime)?.TotalSeconds));
    }

    [Fact]
    public void Starts_that_a_lost_place_undid_do_not_count()
    {
        PlaceGroup far = new(limit: 1);
        TestRun run = new TestRun(
            [Rated("A")], places: far, pools: new Dictionary<string, int> { [Pool] = 1 }, rates: Rates([Rate(1, 100)]))
            .Script("A", Step.Lose(), Step.Succeed());
        run.Scheduler.AddPlaces(far, 1);
        run.ToEnd();

        Assert.Equal(["A 0", "A 0"], run.Starts);
    }

    [Fact]
    public void The_timeout_and_a_stop_end_a_run_that_waits_for_a_rate()
    {
        Node clean = new("clean") { Pool = Pool, CleanUpOf = ["A"] };
        TestRun run = Run([Rated("A"), Rated("B"), clean], 5, [Rate(1, 4)]).StopAt(2).ToEnd();

        Assert.Equal(["A 0", "clean 4"], run.Starts);
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
    }

    /// <summary>Whatever the nodes do, counted afterwards by what their histories say.</summary>
    [Fact]
    public void The_rate_holds_under_random_load_and_the_run_ends() => Gen.Select(
        AnyLoad.Array[1, 40], AnyRate.Array[1, 2], Gen.Int[1, 6], Gen.Int[1, 4]).Sample(
            (load, rates, throttleLimit, places) =>
            {
                Node[] nodes = [.. load.Select((of, i) => new Node($"n{i}")
                {
                    Pool = of.IsRated ? Pool : null,
                    DependsOn = of.After % (i + 1) is var other && other < i ? [$"n{other}"] : [],
                    TriggerRule = TriggerRule.AllDone,
                    Retry = of.Retries == 0 ? null : new RetryPolicy { Count = of.Retries, Delay = of.Delay },
                    PreconditionTimeout = of.IsPolled ? TimeSpan.FromSeconds(20) : null,
                    Timeout = of.HasTimeout ? TimeSpan.FromSeconds(1) : null,
                    DecidesOnRetry = of.HasTimeout,
                })];
                TestRun run = Run(nodes, throttleLimit, rates, places);
                for (int i = 0; i < load.Length; i++)
                {
                    run.Runner.Script(i, load[i].Steps);
                }

                run.ToEnd();
                DateTimeOffset[] starts =
                [
                    .. run.Results.Where(result => result.Node.Pool is not null).SelectMany(result => result.History)
                        .Where(attempt => !attempt.IsPoll).Select(attempt => attempt.StartTime).Order(),
                ];
                foreach (PoolRate rate in rates)
                {
                    for (int i = rate.Count; i < starts.Length; i++)
                    {
                        Assert.True(starts[i] - starts[i - rate.Count] >= rate.Period, $"{rate}: {starts[i - rate.Count]:O} {starts[i]:O}");
                    }
                }
            },
            iter: 1_000);

    private static readonly Gen<PoolRate> AnyRate =
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 8_000], (count, milliseconds) => new PoolRate(count, TimeSpan.FromMilliseconds(milliseconds)));

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Long[0, 3 * TimeSpan.TicksPerSecond],
        Gen.OneOf(
            Gen.Const(Step.Succeed()), Gen.Const(Step.Succeed()), Gen.Const(Step.Fail()), Gen.Const(Step.PreconditionNotMet()),
            Gen.Const(Step.ConditionFalse())),
        (ticks, step) => step with { Duration = TimeSpan.FromTicks(ticks) });

    private static readonly Gen<Load> AnyLoad = Gen.Select(
        AnyStep.Array[1, 4], Gen.Int[0, 3], Gen.Int[0, 2_000], Gen.Int[0, 999],
        (steps, retries, delay, bits) => new Load(
            steps, retries, TimeSpan.FromMilliseconds(delay), bits % 4 == 0, bits % 5 == 0, bits % 7 != 0, bits));

    private static TestRun Run(Node[] nodes, int throttleLimit, PoolRate[] rates, int places = int.MaxValue) =>
        new(nodes, throttleLimit, pools: new Dictionary<string, int> { [Pool] = places }, rates: Rates(rates));

    private static Dictionary<string, IReadOnlyList<PoolRate>> Rates(PoolRate[] rates) => new() { ["GRAPH"] = rates };

    private static PoolRate Rate(int count, double seconds) => new(count, TimeSpan.FromSeconds(seconds));

    private static Node Rated(string name, params string[] dependsOn) => new(name) { Pool = Pool, DependsOn = dependsOn };

    private sealed record Load(
        Step[] Steps, int Retries, TimeSpan Delay, bool IsPolled, bool HasTimeout, bool IsRated, int After);
}
