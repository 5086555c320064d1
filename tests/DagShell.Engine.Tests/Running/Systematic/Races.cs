using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running.Systematic;

/// <summary>Small runs in which much happens at once. Each must end well in whichever order it happens.</summary>
internal static class Races
{
    private static readonly RetryPolicy AtOnce = new() { Count = 1 };
    private static readonly RetryPolicy Later = new() { Count = 1, Delay = TimeSpan.FromSeconds(1) };

    public static Task Nodes_end_while_others_start()
    {
        RacingRun run = new(
            [
                Node("A"), Node("B"), Node("C", "A"), Node("D", "A", "B"), Node("E", "C", "D"),
                new Node("F") { Pool = "pool" }, new Node("G") { Pool = "pool" },
            ]);
        return run.GoAsync();
    }

    public static async Task Places_come_and_go()
    {
        PlaceGroup places = new(limit: 2);
        int losses = 0;
        RacingRun run = null!;
        run = new([Node("A"), Retried("B", AtOnce), Node("C", "A", "B"), Node("D")], places: places)
        {
            Work = attempt =>
            {
                if (Interlocked.Increment(ref losses) > 2)
                {
                    return AttemptOutcome.Succeeded(null);
                }

                // Who loses a place says so first; another one comes later.
                run.Scheduler.LosePlace(places);
                _ = Task.Run(() => run.Scheduler.AddPlaces(places, 1));
                return AttemptOutcome.Lost;
            },
        };
        await run.GoAsync(() => run.Scheduler.AddPlaces(places, 2));
        Assert.All(run.Results, result => Assert.Equal((NodeState.Succeeded, 1), (result.State, result.Attempts)));
    }

    public static async Task The_last_places_are_lost_at_once()
    {
        PlaceGroup places = new(limit: 2);
        int left = 2;
        RacingRun run = null!;
        run = new([Node("A"), Node("B"), Node("C", "A"), Node("D"), Node("E")], places: places)
        {
            Work = attempt =>
            {
                // Each says that its place is lost, and the last that no other will come: what the first says may come after that.
                int now = Interlocked.Decrement(ref left);
                if (now == 0)
                {
                    run.Scheduler.EndPlaces(places);
                }

                if (now >= 0)
                {
                    run.Scheduler.LosePlace(places);
                    return AttemptOutcome.Lost;
                }

                return Failure();
            },
        };
        await run.GoAsync(() => run.Scheduler.AddPlaces(places, 2));
        Assert.All(run.Results, result => Assert.NotEqual(NodeState.Succeeded, result.State));
    }

    public static async Task Attempts_fail_and_are_retried_at_once()
    {
        RacingRun run = new([Retried("A", AtOnce), Retried("B", AtOnce), Retried("C", AtOnce, "A", "B")])
        {
            Work = attempt => attempt.Number == 1 ? Failure() : AttemptOutcome.Succeeded(null),
        };
        await run.GoAsync();
        Assert.All(run.Results, result => Assert.Equal((NodeState.Succeeded, 2), (result.State, result.Attempts)));
    }

    public static async Task Waits_end_while_others_end()
    {
        RacingRun run = new([Retried("A", Later), Polled("B"), Node("C", "A", "B")], throttleLimit: 1)
        {
            Work = attempt => attempt.Node.Name == "C" || attempt.LastFailure is not null ? AttemptOutcome.Succeeded(null)
                : attempt.Node.Name == "A" ? Failure() : NotMet(),
        };

        // As much time as it takes, whenever the waits begin.
        await run.GoAsync(() =>
        {
            while (run.Scheduler.Counts.Done < 3)
            {
                run.Pass(1);
                Thread.Yield();
            }
        });
        Assert.All(run.Results, result => Assert.Equal(NodeState.Succeeded, result.State));
    }

    public static async Task A_node_fails_fast_while_others_start()
    {
        RacingRun run = new(
            [
                Node("bad"), Node("root"), Retried("A", Later, "root"), Limited("B", "root"), Node("C", "root"),
                new Node("clean-up") { DependsOn = ["A", "B", "C", "bad"], TriggerRule = TriggerRule.AllDone, Retry = AtOnce },
            ],
            failFast: true)
        {
            Work = attempt => attempt.Node.Name == "bad" ? Failure() : AttemptOutcome.Succeeded(null),
        };
        await run.GoAsync();
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
        Assert.Equal(RunStatus.Failed, await run.Scheduler.Completion);
    }

    public static Task A_node_fails_fast_while_another_is_retried()
    {
        RacingRun run = new([Node("bad"), Retried("A", AtOnce)], failFast: true)
        {
            Work = attempt => attempt.Number == 1 ? Failure() : AttemptOutcome.Succeeded(null),
        };
        return run.GoAsync();
    }

    public static async Task A_node_fails_fast_while_others_wait_or_come_back()
    {
        RacingRun run = new([Node("bad"), Retried("A", AtOnce), Retried("B", Later), Polled("C")], throttleLimit: 3, failFast: true)
        {
            Work = attempt => attempt.Node.Name == "C" ? NotMet() : Failure(),
        };
        await run.GoAsync(() => run.Pass(2));
        Assert.All(run.Results, result => Assert.NotEqual(NodeState.Succeeded, result.State));
    }

    public static Task The_run_is_stopped_while_nodes_start_and_end()
    {
        RacingRun run = new([Node("A"), Retried("B", AtOnce), Limited("C"), Node("D", "A"), Polled("E", "B")])
        {
            Work = attempt => attempt.Node.Name == "B" && attempt.Number == 1 ? Failure() : AttemptOutcome.Succeeded(null),
        };
        return run.GoAsync(run.Scheduler.Stop);
    }

    public static Task The_run_is_stopped_while_nodes_wait()
    {
        RacingRun run = new([Retried("A", Later), Polled("B"), Retried("C", Later, "A")])
        {
            Work = attempt => attempt.Node.Name == "B" ? NotMet() : Failure(),
        };
        return run.GoAsync(run.Scheduler.Stop, () => run.Pass(3));
    }

    public static Task The_run_times_out_while_nodes_start_and_end()
    {
        RacingRun run = new(
            [
                Node("A"), Limited("B"), Retried("C", AtOnce, "A"),
                new Node("clean-up") { DependsOn = ["A", "B", "C"], TriggerRule = TriggerRule.AllDone, Timeout = TimeSpan.FromSeconds(30) },
            ],
            timeout: 1);
        return run.GoAsync(() => run.Pass(4));
    }

    public static async Task The_run_is_stopped_and_times_out_at_the_same_time()
    {
        RacingRun run = new([Node("A"), Limited("B"), CleanUp("clean-up", "A")], timeout: 1)
        {
            Work = _ => null,
        };

        // As much time as it takes: clean-up has ten seconds from the stop on.
        await run.GoAsync(run.Scheduler.Stop, () =>
        {
            while (run.Scheduler.Counts.Done < 3)
            {
                run.Pass(1);
                Thread.Yield();
            }
        });
        Assert.NotEqual(RunStatus.Succeeded, await run.Scheduler.Completion);
    }

    public static async Task The_run_is_stopped_while_clean_up_and_fallbacks_start_and_end()
    {
        RacingRun run = new(
            [
                Node("set up"), Retried("A", AtOnce, "set up"), Fallback("B", "A"), Node("C", "A"), Node("bad"),
                CleanUpOf("tear down", "set up"), Node("report", "tear down"),
            ],
            failFast: true)
        {
            Work = attempt => attempt.Node.Name is "A" or "bad" ? Failure() : AttemptOutcome.Succeeded(null),
        };
        await run.GoAsync(run.Scheduler.Stop);
        Assert.Contains(run.StateOf("tear down"), new[] { NodeState.Succeeded, NodeState.Skipped, NodeState.Cancelled });
    }

    public static async Task Clean_up_is_stopped_as_its_time_is_over()
    {
        RacingRun run = new([Node("A"), Limited("B"), CleanUpOf("tear down", "A"), CleanUp("report", "tear down")], timeout: 1)
        {
            Work = attempt => attempt.Node.Name == "A" ? AttemptOutcome.Succeeded(null) : null,
        };
        await run.GoAsync(() => run.Pass(14), run.Scheduler.Stop, run.Scheduler.StopCleanUp);
        Assert.NotEqual(RunStatus.Succeeded, await run.Scheduler.Completion);
    }

    public static async Task Items_fail_fast_while_others_start_and_end()
    {
        RacingRun run = new([Mapped("A"), Mapped("B"), CleanUp("clean-up", "A", "B")], failFast: true)
        {
            Work = attempt => attempt.AsksForItems ? AttemptOutcome.Mapped(["x", "y", "z"])
                : attempt.Name == "A#1" ? Failure() : AttemptOutcome.Succeeded(null),
        };
        await run.GoAsync();
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("clean-up"));
    }

    public static Task The_run_is_stopped_while_items_are_asked_for_and_run()
    {
        RacingRun run = new([new Node("A") { IsMapped = true, Retry = AtOnce }, Mapped("B", "A")])
        {
            Work = attempt => attempt.AsksForItems ? AttemptOutcome.Mapped(["x", "y"])
                : attempt is { Node.Name: "A", Number: 1 } ? Failure() : AttemptOutcome.Succeeded(null),
        };
        return run.GoAsync(run.Scheduler.Stop);
    }

    public static Task The_run_is_stopped_while_dags_open_and_end()
    {
        RacingRun run = new(
            [
                Node("A"),
                new Node("D") { IsDag = true, DependsOn = ["A"], Work = new[] { Node("X"), Node("Y", "X"), CleanUpOf("C", "X") } },
                new Node("E") { IsDag = true, OpensAtOnce = true, DependsOn = ["A"], Work = new[] { Node("X"), CleanUp("Y") } },
                Node("B", "D", "E"),
            ]);
        return run.GoAsync(run.Scheduler.Stop);
    }

    public static async Task Nodes_inside_of_dags_fail_fast_while_others_start_and_end()
    {
        RacingRun run = new(
            [
                new Node("D") { IsDag = true, OpensAtOnce = true, Work = new[] { Node("X"), Node("Y"), Node("Z", "X", "Y") } },
                Node("A"), CleanUp("clean-up", "D", "A"),
            ],
            failFast: true)
        {
            Work = attempt => attempt.Node.LocalName is "X" or "Y" ? Failure() : AttemptOutcome.Succeeded(null),
        };
        await run.GoAsync();
        Assert.Equal((NodeState.Failed, NodeState.Succeeded), (run.StateOf("D"), run.StateOf("clean-up")));
    }

    public static async Task Dags_come_at_their_turn_while_others_start_and_end()
    {
        RacingRun run = new([LateDag("D"), LateDag("E"), Node("A"), Node("B", "D", "A"), Node("C", "E")])
        {
            Work = attempt => !attempt.AsksForDag ? AttemptOutcome.Succeeded(null)
                : attempt.Node.LocalName == "F" ? Dag(attempt, Node("Z"))
                : Dag(attempt, Node("X"), Node("Y", "X"), LateDag("F", "X")),
        };
        await run.GoAsync();
        Assert.All(run.Results, result => Assert.Equal(NodeState.Succeeded, result.State));
        Assert.Equal(13, run.Results.Count);
    }

    public static Task The_run_is_stopped_while_dags_come_at_their_turn()
    {
        RacingRun run = new([LateDag("D"), new Node("E") { IsDag = true, ExpandsAtTurn = true, Retry = AtOnce }, Node("B", "D", "E")])
        {
            Work = attempt => !attempt.AsksForDag ? AttemptOutcome.Succeeded(null)
                : attempt is { Node.Name: "E", Number: 1 } ? Failure()
                : Dag(attempt, Node("X"), Node("Y", "X"), CleanUpOf("C", "X")),
        };
        return run.GoAsync(run.Scheduler.Stop);
    }

    public static async Task Dags_of_items_that_come_at_their_turn_fail_fast_while_others_start_and_end()
    {
        Node Item(int index) =>
            new($"#{index}") { IsDag = true, IsItem = true, OpensAtOnce = true, Work = new[] { Node("X"), Node("Y", "X") } };
        RacingRun run = new(
            [new Node("D") { IsDag = true, IsMapped = true, ExpandsAtTurn = true }, LateDag("E"), CleanUp("clean-up", "D", "E")],
            failFast: true)
        {
            Work = attempt => !attempt.AsksForDag ? attempt.Node.Name == "D#1/X" ? Failure() : AttemptOutcome.Succeeded(null)
                : attempt.Node.IsMapped ? Dag(attempt, Item(0), Item(1))
                : Dag(attempt, Node("X"), Mapped("Y")),
        };
        await run.GoAsync();
        Assert.Equal((NodeState.Failed, NodeState.Succeeded), (run.StateOf("D"), run.StateOf("clean-up")));
    }

    public static async Task An_attempt_times_out_as_it_ends()
    {
        RacingRun run = new([Limited("A"), Node("B", "A")], throttleLimit: 1);
        await run.GoAsync(() => run.Pass(2));
        Assert.All(run.Results, result => Assert.NotEqual(NodeState.Cancelled, result.State));
    }

    public static Task An_attempt_is_given_up_as_it_ends()
    {
        TaskCompletionSource isStarted = new();
        TaskCompletionSource isTimeUp = new();
        RacingRun run = new([Limited("A"), Node("B")], throttleLimit: 1)
        {
            Work = attempt =>
            {
                if (attempt.Node.Name == "A")
                {
                    isStarted.TrySetResult();
                    isTimeUp.Task.Wait();
                }

                return AttemptOutcome.Succeeded(null);
            },
        };
        return run.GoAsync(() =>
        {
            isStarted.Task.Wait();
            run.Pass(1);
            isTimeUp.SetResult();
            run.Pass(4);
        });
    }

    /// <summary>A node is found to stand for a dag.</summary>
    private static AttemptOutcome Dag(NodeAttempt attempt, params Node[] inside) =>
        AttemptOutcome.Expanded(new Expansion(Nested(inside, outer: attempt.Node)));

    private static AttemptOutcome Failure() => AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "it broke"));

    private static AttemptOutcome NotMet() => AttemptOutcome.Failed(new NodeFailure(FailureKind.PreconditionNotMet, "not yet"));

    private static Node Retried(string name, RetryPolicy policy, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, Retry = policy };

    private static Node Limited(string name, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, Timeout = TimeSpan.FromSeconds(1) };

    private static Node Polled(string name, params string[] dependsOn) =>
        new(name) { DependsOn = dependsOn, PreconditionTimeout = TimeSpan.FromDays(1_000) };
}
