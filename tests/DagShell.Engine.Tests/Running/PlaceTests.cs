using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 9: places to run besides the throttle limit, which come and go.</summary>
public sealed class PlaceTests
{
    private readonly PlaceGroup _far = new(limit: 3);

    [Fact]
    public void Each_place_is_a_slot_besides_the_throttle_limit()
    {
        TestRun run = new(
            [Far("a"), Far("b"), Far("c"), Node("x"), Node("y")], throttleLimit: 1, pools: Pools(3), poolPlaces: FarPool);
        run.Scheduler.AddPlaces(_far, 2);

        Assert.Equal(["a 0", "b 0", "c 1", "x 0", "y 1"], run.ToEnd().Starts.Order());
    }

    [Fact]
    public void With_places_for_all_nodes_the_throttle_limit_says_nothing()
    {
        TestRun run = new([Node("a"), Node("b"), Node("c"), Node("d")], throttleLimit: 1, places: _far);
        run.Scheduler.AddPlaces(_far, 3);

        Assert.Equal(["a 0", "b 0", "c 0", "d 1"], run.ToEnd().Starts.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_is_asked_in_this_process_for_the_dag_that_it_stands_for(bool isOfAll)
    {
        Node first = new("D") { IsDag = true, ExpandsAtTurn = true, Pool = "far" };
        Node second = new("E") { IsDag = true, ExpandsAtTurn = true, Pool = "far" };
        TestRun run = new TestRun(
            [first, second], throttleLimit: 1, pools: Pools(3), places: isOfAll ? _far : null, poolPlaces: isOfAll ? null : FarPool)
            .Script("D", Step.Expand(first, [Node("X"), Node("Y")], pools: Pools(3)))
            .Script("E", Step.Expand(second, [Node("X")], pools: Pools(3)));
        run.Scheduler.AddPlaces(_far, 1);

        Assert.Equal(["D 0", "D/X 0", "D/Y 1", "E 0", "E/X 2"], run.ToEnd().Starts.Order());
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_limit_of_a_pool_holds_over_more_places()
    {
        TestRun run = new([Far("a"), Far("b"), Node("c")], places: _far, pools: Pools(1));
        run.Scheduler.AddPlaces(_far, 3);

        Assert.Equal(["a 0", "b 1", "c 0"], run.ToEnd().Starts.Order());
    }

    [Fact]
    public void A_node_without_a_place_is_ready_and_its_timeout_has_not_begun()
    {
        Node limited = new("a") { Timeout = TimeSpan.FromSeconds(2) };
        TestRun run = new TestRun([limited], places: _far).At(TimeSpan.FromSeconds(50), () => { });
        run.To(50);

        Assert.Equal(NodeState.Ready, run.Scheduler.Histories()[0].State);
        Assert.Equal(1, run.Scheduler.NodesWithoutPlace(_far));
        run.Scheduler.AddPlaces(_far, 1);
        Assert.Equal(0, run.Scheduler.NodesWithoutPlace(_far));

        run.ToEnd();
        Assert.Equal(NodeState.Succeeded, run.StateOf("a"));
        Assert.Equal(["a 50"], run.Starts);
    }

    [Fact]
    public void A_lost_place_narrows_at_once_and_a_new_one_widens()
    {
        TestRun run = new([Node("a"), Node("b"), Node("c"), Node("d"), Node("e")], places: _far);
        run.Scheduler.AddPlaces(_far, 2);
        run.Script("a", Step.Succeed(after: 1)).At(TimeSpan.FromSeconds(0.5), () => run.Scheduler.LosePlace(_far))
            .At(TimeSpan.FromSeconds(2.5), () => run.Scheduler.AddPlaces(_far, 1));

        // From 0.5 s on one place: what ran there goes on.
        Assert.Equal(["a 0", "b 0", "c 1", "d 2", "e 2.5"], run.ToEnd().Starts);
    }

    [Fact]
    public void More_places_than_the_groups_limit_are_not_counted()
    {
        TestRun run = new([.. "abcd".Select(name => Node(name.ToString()))], places: _far);
        run.Scheduler.AddPlaces(_far, 9);

        Assert.Equal(["a 0", "b 0", "c 0", "d 1"], run.ToEnd().Starts.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_attempt_whose_place_was_gone_before_it_began_was_none(bool hasPolicies)
    {
        Node node = new("a") { Retry = hasPolicies ? new RetryPolicy { Count = 1 } : null };
        TestRun run = new TestRun([node, Node("b", "a")], places: _far).Script("a", Step.Lose(), Step.Succeed());
        run.Runner.OnStart = _ =>
        {
            if (run.Starts.Count == 1)
            {
                run.Scheduler.LosePlace(_far);
            }
        };
        run.Scheduler.AddPlaces(_far, 1);
        run.At(TimeSpan.FromSeconds(7), () => run.Scheduler.AddPlaces(_far, 1)).ToEnd();

        Assert.Equal(["a 0", "a 7", "b 8"], run.Starts);
        Assert.Equal((NodeState.Succeeded, 1), (run.StateOf("a"), run["a"].Attempts));
        Assert.Equal(TimeSpan.FromSeconds(7), run["a"].StartTime - run.Clock.Start);
        Assert.Equal(7, Assert.Single(run["a"].History).StartTime.Second);
    }

    [Fact]
    public void The_timeout_of_an_attempt_that_was_none_does_not_count_for_the_next()
    {
        Node node = new("a") { Timeout = TimeSpan.FromSeconds(3) };
        TestRun run = new TestRun([node], places: _far).Script("a", Step.Lose(after: 2), Step.Succeed(after: 2));
        run.Scheduler.AddPlaces(_far, 2);

        Assert.Equal(["a 0", "a 2"], run.ToEnd().Starts);
        Assert.Equal((NodeState.Succeeded, 1), (run.StateOf("a"), run["a"].Attempts));
    }

    [Fact]
    public void A_node_whose_place_was_gone_does_not_start_again_when_the_run_is_cut_short()
    {
        TestRun run = new TestRun([Node("a"), Node("bad")], failFast: true, places: _far)
            .Script("bad", Step.Fail()).Script("a", Step.Lose(after: 2));
        run.Scheduler.AddPlaces(_far, 2);
        run.ToEnd();

        Assert.Equal((NodeState.Cancelled, CancelCause.FailFast), (run.StateOf("a"), run["a"].CancelCause));
        Assert.Null(run["a"].StartTime);
        Assert.Equal(0, run["a"].Attempts);
    }

    [Fact]
    public void A_place_that_breaks_costs_an_attempt_and_the_retry_runs_in_another()
    {
        Node node = new("a") { Retry = new RetryPolicy { Count = 1 } };
        TestRun run = new TestRun([node, Node("b")], places: _far).Script("a", Step.Break(), Step.Succeed());
        run.Scheduler.AddPlaces(_far, 2);
        run.At(TimeSpan.FromSeconds(0.9), () => run.Scheduler.LosePlace(_far)).ToEnd();

        Assert.Equal(["a 0", "b 0", "a 1"], run.Starts);
        Assert.Equal((NodeState.Succeeded, 2), (run.StateOf("a"), run["a"].Attempts));
    }

    [Fact]
    public void Without_retries_a_place_that_breaks_fails_the_node()
    {
        TestRun run = new TestRun([Node("a")], places: _far).Script("a", Step.Break());
        run.Scheduler.AddPlaces(_far, 1);
        run.ToEnd();

        Assert.Equal((NodeState.Failed, FailureKind.SessionLost), (run.StateOf("a"), run["a"].Failure!.Kind));
    }

    [Fact]
    public void Whether_to_retry_after_a_broken_place_is_asked_in_another_one()
    {
        Node node = new("a") { Retry = new RetryPolicy { Count = 3 }, DecidesOnRetry = true };
        TestRun run = new TestRun([node], places: _far).Script("a", Step.Break(), Step.Lose(), Step.Succeed(0.5), Step.Succeed());
        List<bool> asked = [];
        run.Runner.OnStart = attempt => asked.Add(attempt.IsInquiry);
        run.Scheduler.AddPlaces(_far, 3);
        run.ToEnd();

        Assert.Equal([false, true, true, false], asked);
        Assert.Equal((NodeState.Succeeded, 2), (run.StateOf("a"), run["a"].Attempts));
    }

    [Fact]
    public void Where_no_place_will_come_the_runner_is_handed_all_nodes()
    {
        TestRun run = new TestRun(
            [Far("a"), Far("b"), Far("c"), Far("d"), Node("e", "a"), Node("x")], pools: Pools(3), poolPlaces: FarPool);
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            run.Script(name, Step.HaveNoPlace());
        }

        run.At(TimeSpan.FromSeconds(3), () => run.Scheduler.EndPlaces(_far)).ToEnd();

        Assert.Equal(["a 3", "b 3", "c 3", "d 3", "x 0"], run.Starts.Order());
        Assert.All("abcd", name => Assert.Equal((NodeState.Failed, 0), (run.StateOf(name.ToString()), run[name.ToString()].Attempts)));
        Assert.Equal(NodeState.Skipped, run.StateOf("e"));
    }

    [Fact]
    public void What_is_said_of_places_after_their_end_makes_no_difference()
    {
        PlaceGroup only = new(limit: 1);
        TestRun run = new([Node("a"), Node("b"), Node("c")], places: only);
        foreach (string name in (string[])["a", "b", "c"])
        {
            run.Script(name, Step.HaveNoPlace());
        }

        run.Scheduler.AddPlaces(only, 1);
        run.Scheduler.EndPlaces(only);

        // The thread that noticed the loss was late.
        run.Scheduler.LosePlace(only);
        Assert.False(run.Scheduler.TryTakePlace(only));

        Assert.All(run.ToEnd().Starts, start => Assert.EndsWith(" 0", start, StringComparison.Ordinal));
        Assert.All("abc", name => Assert.Equal(NodeState.Failed, run.StateOf(name.ToString())));
    }

    [Fact]
    public void Places_are_wanted_as_long_as_nodes_find_none()
    {
        TestRun? run = null;
        int opened = 0;
        PlaceGroup group = new(limit: 2)
        {
            PlaceWanted = () =>
            {
                while (opened < 2 && run!.Scheduler.NodesWithoutPlace(run.Places!) > 0)
                {
                    opened++;
                    run.Scheduler.AddPlaces(run.Places!, 1);
                }
            },
        };
        run = new TestRun([Node("a"), Node("b", "a"), Node("c", "a"), Node("d", "a")], places: group);

        // One for a; a second when b, c and d are ready; no third.
        Assert.Equal(["a 0", "b 1", "c 1", "d 2"], run.ToEnd().Starts);
        Assert.Equal(2, opened);
    }

    [Fact]
    public void A_place_is_taken_back_only_when_nothing_runs_in_it()
    {
        TestRun run = new([Node("a"), Node("b", "a")], places: _far);
        run.Scheduler.AddPlaces(_far, 2);
        run.To(0.5);

        Assert.True(run.Scheduler.TryTakePlace(_far));
        Assert.False(run.Scheduler.TryTakePlace(_far));
        Assert.Equal(["a 0", "b 1"], run.ToEnd().Starts);
        Assert.True(run.Scheduler.TryTakePlace(_far));
    }

    [Fact]
    public void A_run_that_is_stopped_ends_though_no_place_has_come()
    {
        TestRun run = new TestRun([Node("a"), Node("b", "a")], places: _far).StopAt(1).ToEnd();

        Assert.Equal((RunStatus.Cancelled, NodeState.Cancelled), (run.Status, run.StateOf("a")));
    }

    [Fact]
    public void The_machine_that_a_node_ran_on_is_in_its_result_and_history()
    {
        TestRun run = new([Node("a"), new Node("b") { Retry = new RetryPolicy { Count = 1 } }], places: _far);
        run.Script("b", Step.Break(), Step.Succeed());
        run.Runner.OnStart = attempt => attempt.Host = $"host{attempt.Number}";
        run.Scheduler.AddPlaces(_far, 2);
        run.ToEnd();

        Assert.Equal(("host1", "host2"), (run["a"].Host, run["b"].Host));
        Assert.Equal(["host1", "host2"], run["b"].History.Select(attempt => attempt.Host));
        Assert.Equal("host1", Assert.Single(run["a"].History).Host);
    }

    [Fact]
    public void Slots_of_places_are_numbered_on_from_the_throttle_limit()
    {
        TestRun run = new([Node("x"), Far("a"), Far("b")], throttleLimit: 2, pools: Pools(3), poolPlaces: FarPool);
        run.Scheduler.AddPlaces(_far, 2);
        run.ToEnd();

        Assert.Equal([2, 3], ((string[])["a", "b"]).Select(name => run[name].History[0].Slot));
        Assert.Equal(0, run["x"].History[0].Slot);
    }

    private Dictionary<string, PlaceGroup> FarPool => new() { ["far"] = _far };

    private static Dictionary<string, int> Pools(int limit) => new() { ["far"] = limit };

    private static Node Far(string name) => new(name) { Pool = "FAR" };
}
