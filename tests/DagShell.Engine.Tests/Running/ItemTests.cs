using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Journal;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 8: the items of a node are work like nodes.</summary>
public sealed class ItemTests
{
    private static readonly RetryPolicy Later = new() { Count = 1, Delay = TimeSpan.FromSeconds(10) };

    [Fact]
    public void Each_item_has_a_slot_of_its_own_and_the_node_ends_with_the_last()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")], throttleLimit: 2).Script("A", Step.Map(3, after: 1)).ToEnd();

        Assert.Equal(["A 0", "A#0 1", "A#1 1", "A#2 2", "B 3"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(3, run.EndOf("A"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.All(run["A"].Items!, item => Assert.Equal((NodeState.Succeeded, 1), (item.State, item.Attempts)));
    }

    [Fact]
    public void Items_are_scheduled_among_all_other_work_by_priority_and_remaining_path()
    {
        TestRun run = new TestRun(
            [Mapped("A"), new Node("urgent") { Priority = 1, DependsOn = ["first"] }, Node("first"), Node("last")], throttleLimit: 1)
            .Script("A", Step.Map(3, after: 1))
            .ToEnd();

        Assert.Equal(["first 0", "urgent 1", "A 2", "A#0 3", "A#1 4", "A#2 5", "last 6"], run.Starts);
    }

    [Fact]
    public void A_node_without_items_succeeds()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")]).Script("A", Step.Map(0)).ToEnd();

        Assert.Equal(["A 0", "B 0"], run.Starts);
        Assert.Empty(run["A"].Items!);
    }

    [Fact]
    public void There_is_something_to_clean_up_after_when_an_item_has_begun_and_not_when_it_was_asked_for_them()
    {
        TestRun run = new TestRun([Mapped("A"), CleanUpOf("C", "A")])
            .Script("A", Step.Map(2)).ScriptItem("A", 0, Step.PreconditionNotMet()).ScriptItem("A", 1, Step.PreconditionNotMet()).ToEnd();
        Assert.Equal(SkipCause.NothingToCleanUp, run["C"].SkipCause);

        run = new TestRun([Mapped("A"), CleanUpOf("C", "A")])
            .Script("A", Step.Map(2)).ScriptItem("A", 0, Step.PreconditionNotMet()).ScriptItem("A", 1, Step.Fail()).ToEnd();
        Assert.Equal(NodeState.Succeeded, run.StateOf("C"));
    }

    [Fact]
    public void Dependents_get_what_the_items_gave_in_their_order()
    {
        object?[]? seen = null;
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")])
            .Script("A", Step.Map(["x", "y"]))
            .ScriptItem("A", 0, Step.Succeed(after: 5, output: "first"))
            .ScriptItem("A", 1, Step.Succeed(after: 1, output: "second"));
        run.Runner.OnStart = attempt =>
            seen = attempt.Node.Name == "B" ? [.. ((NodeItems)attempt.OutputOf(0)!).Select(item => item.Output)] : seen;
        run.ToEnd();

        Assert.Equal(["first", "second"], seen!);
        Assert.Equal(["x", "y"], run["A"].Items!.Values);
    }

    [Fact]
    public void A_failed_item_fails_the_node_after_the_others_have_ended()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")], throttleLimit: 1)
            .Script("A", Step.Map(4))
            .ScriptItem("A", 1, Step.Fail(message: "no route"))
            .ScriptItem("A", 2, Step.Fail(message: "no disk\nnone at all"))
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(FailureKind.ItemsFailed, run["A"].Failure?.Kind);
        Assert.Equal("2 of 4 items failed: A#1: no route; A#2: no disk none at all", run["A"].Failure?.Message);
        Assert.Equal(4, run.EndOf("A"));
        Assert.Equal(NodeState.Skipped, run.StateOf("B"));
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Equal(2, run["A"].Items!.Counts.Succeeded);
    }

    [Fact]
    public void Of_many_failed_items_the_first_ten_are_told()
    {
        TestRun run = new TestRun([Mapped("A")]) { Runner = { DefaultStep = Step.Fail(message: "no") } }
            .Script("A", Step.Map(1_200))
            .ToEnd();

        Assert.StartsWith("1,200 of 1,200 items failed: A#0: no; A#1: no;", run["A"].Failure!.Message, StringComparison.Ordinal);
        Assert.EndsWith("A#9: no; and 1,190 more", run["A"].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_failure_says_what_the_items_are_and_points_to_the_first()
    {
        NodeFailure First(string message, string? position) => new(FailureKind.Error, message, new InvalidOperationException(message))
        {
            Position = position,
        };
        TestRun run = new TestRun([new Node("A") { IsMapped = true, Retry = Later }, Node("B")], throttleLimit: 1)
            .Script("A", Step.Succeed(after: 0) with
            {
                Outcome = AttemptOutcome.Mapped(["x", "y", "z"], describe: value => value is "y" ? null : $"<{value}>"),
            })
            .ScriptItem("A", 0, Step.Succeed() with { Outcome = AttemptOutcome.Failed(First("one", "x.ps1:3").WithoutRetry()) })
            .ScriptItem("A", 1, Step.Succeed() with { Outcome = AttemptOutcome.Failed(First("two", "x.ps1:4").WithoutRetry()) })
            .ToEnd();

        NodeFailure failure = run["A"].Failure!;
        Assert.Equal("2 of 3 items failed: A#0 (<x>): one; A#1: two", failure.Message);
        Assert.Equal(("x.ps1:3", "one", false), (failure.Position, failure.Cause?.Message, failure.CanRetry));
        Assert.Equal(["A 0", "A#0 0", "A#1 1", "A#2 2", "B 3"], run.Starts);
    }

    [Fact]
    public void With_continue_on_error_dependents_go_on_with_what_the_others_gave()
    {
        int? outputs = null;
        TestRun run = new TestRun([new Node("A") { IsMapped = true, ContinueOnError = true }, Node("B", "A")], failFast: true)
            .Script("A", Step.Map(3))
            .ScriptItem("A", 1, Step.Fail());
        run.Runner.OnStart = attempt => outputs = attempt.Node.Name == "B" ? ((NodeItems)attempt.OutputOf(0)!).Count : outputs;
        run.ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
        Assert.Equal(3, outputs);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void An_item_that_waits_for_its_retry_holds_no_slot()
    {
        TestRun run = new TestRun([new Node("A") { IsMapped = true, Retry = Later }], throttleLimit: 1)
            .Script("A", Step.Map(3))
            .ScriptItem("A", 0, Step.Fail(), Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "A#0 0", "A#1 1", "A#2 2", "A#0 11"], run.Starts);
        Assert.Equal([10], run.WaitsOf("A#0"));
        Assert.Equal(2, run["A"].Items![0].Attempts);
        Assert.Equal(["it broke", null], run["A"].Items![0].History.Select(attempt => attempt.Message));
    }

    [Fact]
    public void To_ask_for_the_items_is_an_attempt_too_with_timeout_and_retries()
    {
        Node node = new("A") { IsMapped = true, Retry = Later, Timeout = TimeSpan.FromSeconds(3) };
        TestRun run = new TestRun([node]).Script("A", Step.Hang(), Step.Map(1)).ToEnd();

        Assert.Equal(["A 0", "A 13", "A#0 13"], run.Starts);
        Assert.Equal(2, run["A"].Attempts);
    }

    [Fact]
    public void A_node_whose_items_cannot_be_known_fails()
    {
        TestRun run = new TestRun([Mapped("A")]).Script("A", Step.Fail(message: "no inventory")).ToEnd();

        Assert.Equal("no inventory", run["A"].Failure?.Message);
        Assert.Null(run["A"].Items);
    }

    [Fact]
    public void Each_item_has_the_nodes_timeout()
    {
        Node node = new("A") { IsMapped = true, Timeout = TimeSpan.FromSeconds(3) };
        TestRun run = new TestRun([node]).Script("A", Step.Map(2)).ScriptItem("A", 1, Step.Hang()).ToEnd();

        Assert.Equal(NodeState.Succeeded, run["A"].Items![0].State);
        Assert.Equal("Node 'A#1' took longer than its timeout of 3 s.", run["A"].Items![1].Failure?.Message);
        Assert.Equal(FailureKind.AttemptTimedOut, run["A"].Items![1].Failure?.Kind);
    }

    [Fact]
    public void Items_keep_to_their_pool_and_a_full_one_does_not_hold_up_others()
    {
        TestRun run = new TestRun(
            [new Node("A") { IsMapped = true, Pool = "sql", Priority = 9 }, Node("X"), Node("Y")], throttleLimit: 2,
            pools: new Dictionary<string, int> { ["sql"] = 1 })
            .Script("A", Step.Map(3))
            .ToEnd();

        Assert.Equal(["A 0", "X 0", "A#0 0", "Y 1", "A#1 1", "A#2 2"], run.Starts.Order().OrderBy(start => double.Parse(start.Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture)).ThenBy(start => start is "A 0" ? 0 : start is "X 0" or "Y 1" ? 1 : 2));
    }

    [Fact]
    public void Preconditions_are_polled_for_each_item()
    {
        Node node = new("A") { IsMapped = true, PreconditionTimeout = TimeSpan.FromSeconds(30) };
        TestRun run = new TestRun([node])
            .Script("A", Step.Map(2))
            .ScriptItem("A", 1, Step.PreconditionNotMet(after: 1), Step.Succeed())
            .ToEnd();

        Assert.Equal(["A 0", "A#0 0", "A#1 0", "A#1 2"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void An_item_may_skip_itself_and_its_output_counts()
    {
        TestRun run = new TestRun([Mapped("A")])
            .Script("A", Step.Map(2))
            .ScriptItem("A", 0, Step.Skip(reason: "is new enough", output: "old"))
            .ToEnd();

        ItemResult item = run["A"].Items![0];
        Assert.Equal((NodeState.Skipped, SkipCause.Itself, "is new enough"), (item.State, item.SkipCause, item.SkipReason));
        Assert.Equal("old", item.Output);
        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
    }

    [Fact]
    public void A_condition_is_asked_once_before_the_items()
    {
        List<bool> asked = [];
        TestRun run = new TestRun([Mapped("A")]).Script("A", Step.Map(2));
        run.Runner.OnStart = attempt => asked.Add(attempt.AsksCondition);
        run.ToEnd();

        Assert.Equal([true, false, false], asked);
        Assert.Equal(NodeState.Skipped, new TestRun([Mapped("A")]).Script("A", Step.ConditionFalse()).ToEnd().StateOf("A"));
    }

    [Fact]
    public void With_fail_fast_the_first_failed_item_strikes_and_those_not_begun_are_cancelled()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B"), CleanUp("tidy", "A")], throttleLimit: 1, failFast: true)
            .Script("A", Step.Map(5))
            .ScriptItem("A", 1, Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "A#0 0", "A#1 1", "tidy 2"], run.Starts);
        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Cancelled, run.StateOf("B"));
        Assert.Equal(2, run.EndOf("A"));
        ItemResult last = run["A"].Items![4];
        Assert.Equal((NodeState.Cancelled, CancelCause.FailFast), (last.State, last.CancelCause));
        Assert.Equal(3, run["A"].Items!.Counts.Cancelled);
    }

    [Fact]
    public void An_item_under_way_is_let_finish_when_another_strikes()
    {
        TestRun run = new TestRun([Mapped("A")], throttleLimit: 2, failFast: true)
            .Script("A", Step.Map(3))
            .ScriptItem("A", 0, Step.Fail())
            .ScriptItem("A", 1, Step.Succeed(after: 8))
            .ToEnd();

        Assert.Equal(["Failed", "Succeeded", "Cancelled"], run["A"].Items!.Select(item => item.State.ToString()));
        Assert.Equal(8, run.EndOf("A"));
    }

    [Fact]
    public void A_node_without_items_that_leaves_a_failure_without_its_fallback_strikes()
    {
        TestRun run = new TestRun(
            [
                Node("A"), Mapped("none"), Node("slow"), Node("later", "slow"),
                new Node("plan B") { FallbackFor = "A", DependsOn = ["none"], TriggerRule = TriggerRule.AnyFailed },
            ],
            failFast: true)
            .Script("A", Step.Fail())
            .Script("none", Step.Map(0, after: 3))
            .Script("slow", Step.Succeed(after: 5))
            .ToEnd();

        Assert.Equal(NodeState.Cancelled, run.StateOf("later"));
        Assert.Equal(3, run.EndOf("later"));
    }

    [Fact]
    public void With_a_fallback_the_failure_is_decided_when_the_node_has_ended()
    {
        TestRun run = new TestRun([Mapped("A"), Fallback("plan B", "A"), Node("C", "A")], throttleLimit: 1, failFast: true)
            .Script("A", Step.Map(3))
            .ScriptItem("A", 0, Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "A#0 0", "A#1 1", "A#2 2", "plan B 3", "C 4"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_stop_ends_items_that_run_and_cancels_the_others()
    {
        TestRun run = new TestRun([new Node("A") { IsMapped = true, Retry = Later }], throttleLimit: 2)
            .Script("A", Step.Map(4))
            .ScriptItem("A", 0, Step.Fail())
            .ScriptItem("A", 1, Step.Succeed(after: 2))
            .ScriptItem("A", 2, Step.HangAndIgnoreStop())
            .StopAt(4)
            .ToEnd();

        Assert.Equal(["Cancelled", "Succeeded", "Cancelled", "Succeeded"], run["A"].Items!.Select(item => item.State.ToString()));
        Assert.Equal((NodeState.Cancelled, CancelCause.Stopped), (run["A"].State, run["A"].CancelCause));
        Assert.Equal(["A#2 6"], run.Abandonments);
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_stop_in_the_middle_of_asking_cancels_the_node()
    {
        TestRun run = new TestRun([Mapped("A")]).Script("A", Step.Hang()).StopAt(3).ToEnd();

        Assert.Equal((NodeState.Cancelled, 3), (run.StateOf("A"), run.EndOf("A")));
        Assert.Null(run["A"].Items);
    }

    [Fact]
    public void What_a_run_that_failed_fast_asked_for_meanwhile_does_not_begin()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B")], failFast: true)
            .Script("A", Step.Map(2, after: 5))
            .Script("B", Step.Fail())
            .ToEnd();

        Assert.Equal(["A 0", "B 0"], run.Starts);
        Assert.Equal((NodeState.Cancelled, CancelCause.FailFast, 2), (run.StateOf("A"), run["A"].CancelCause, run["A"].Items!.Count));
    }

    [Fact]
    public void Items_of_clean_up_run_after_a_stop()
    {
        TestRun run = new TestRun([Node("A"), new Node("tidy") { IsMapped = true, CleanUpOf = ["A"] }])
            .Script("A", Step.Hang())
            .Script("tidy", Step.Map(2))
            .StopAt(1)
            .ToEnd();

        Assert.Equal(["A 0", "tidy 1", "tidy#0 1", "tidy#1 1"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("tidy"));
    }

    [Fact]
    public void Restored_items_are_not_done_again()
    {
        TestRun run = new TestRun([Mapped("A")])
            .Script("A", Step.Map(["x", "y", "z"], restored: new Dictionary<int, object?> { [0] = "old", [2] = "old too" }))
            .ScriptItem("A", 1, Step.Succeed(output: "new"))
            .ToEnd();

        Assert.Equal(["A 0", "A#1 0"], run.Starts);
        Assert.Equal(["old", "new", "old too"], run["A"].Items!.Select(item => item.Output));
        Assert.Equal([true, false, true], run["A"].Items!.Select(item => item.FromCheckpoint));
    }

    [Fact]
    public void How_a_run_stands_tells_the_attempts_of_items_that_have_ended_and_of_those_that_go_on()
    {
        TestRun run = new TestRun([new Node("A") { IsMapped = true, Retry = Later }], throttleLimit: 2)
            .Script("A", Step.Map(4))
            .ScriptItem("A", 0, Step.Succeed(after: 2))
            .ScriptItem("A", 1, Step.Fail(after: 1), Step.Succeed())
            .ScriptItem("A", 2, Step.Succeed(after: 9))
            .To(4);

        NodeHistory node = run.Scheduler.Histories()[0];
        Assert.Equal(new ItemCounts(4, 1, 1, 2, 0, 0, 0), node.Items);
        Assert.Equal(
            [(0, 0.0, 2.0), (1, 0.0, 1.0), (2, 1.0, null), (3, 2.0, (double?)3.0)],
            node.ItemAttempts.OrderBy(item => item.Item).Select(item => (
                item.Item,
                (item.Attempt.StartTime - run.Clock.Start).TotalSeconds,
                (item.Attempt.EndTime - run.Clock.Start)?.TotalSeconds)));
        Assert.Equal(TimeSpan.FromSeconds(4), node.WorkOfItems);
        RunFigures figures = RunFigures.Of(new RunHistory
        {
            Graph = run.Graph,
            ThrottleLimit = 2,
            Status = RunStatus.Running,
            StartTime = run.Clock.Start,
            EndTime = run.Clock.Start.AddSeconds(4),
            Nodes = run.Scheduler.Histories(),
        });
        Assert.Equal(TimeSpan.FromSeconds(7), figures.TotalWork);
    }

    [Fact]
    public void A_node_that_is_restored_has_its_items()
    {
        NodeItems? seen = null;
        NodeItems? upstream = null;
        TestRun run = new(
            [Mapped("A"), Node("B", "A")],
            restored: new Dictionary<int, object?>
            {
                [0] = new RestoredItems(["x", null], [new RestoredItem("old"), new RestoredItem(null, SkipCause.Itself, "no need")]),
            });
        run.Runner.OnStart = attempt =>
            (seen, upstream) = (attempt.EndOf(attempt.Upstream[0]).Items, (NodeItems?)attempt.OutputOf(attempt.Upstream[0]));
        run.ToEnd();

        Assert.Equal(["B 0"], run.Starts);
        Assert.Same(run["A"].Items, seen);
        Assert.Same(seen, upstream);
        Assert.Equal(["x", null], seen!.Values);
        Assert.Equal(
            [(NodeState.Succeeded, "old", null), (NodeState.Skipped, (object?)null, "no need")],
            seen.Select(item => (item.State, item.Output, item.SkipReason)));
        Assert.All(seen, item => Assert.Equal((true, 0, run["A"].EndTime), (item.FromCheckpoint, item.Attempts, item.EndTime)));
        Assert.Equal(new ItemCounts(2, 0, 0, 1, 0, 1, 0), seen.Counts);
        Assert.All(run.Scheduler.Histories(), node => Assert.Null(node.Items));
    }

    [Fact]
    public void What_a_restored_node_gave_back_may_be_more_than_its_items_did()
    {
        object? upstream = null;
        TestRun run = new(
            [Mapped("A"), Node("B", "A")],
            restored: new Dictionary<int, object?>
            {
                [0] = new RestoredItems(["x"], [new RestoredItem(null, SkipCause.Itself)], Output: "half"),
            });
        run.Runner.OnStart = attempt => upstream = attempt.OutputOf(attempt.Upstream[0]);
        run.ToEnd();

        Assert.Equal("half", upstream);
        Assert.Equal("half", run["A"].Output);
        Assert.Equal(NodeState.Skipped, run["A"].Items![0].State);
    }

    [Fact]
    public void A_node_all_of_whose_items_are_restored_succeeds()
    {
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")])
            .Script("A", Step.Map(["x"], restored: new Dictionary<int, object?> { [0] = "old" }))
            .ToEnd();

        Assert.Equal(["A 0", "B 0"], run.Starts);
    }

    [Fact]
    public void An_item_is_done_once_its_record_is_kept_and_so_is_its_node()
    {
        using FakeJournal journal = new();
        TestRun run = new TestRun([Mapped("A"), Node("B", "A")], journal: journal).Script("A", Step.Map(2)).To(5);
        Assert.Equal([0, 1], journal.Successes.Select(success => success.Item).Order());
        Assert.Equal(2, run.Scheduler.ItemCounts()[0].Counts.Running);

        journal.Keep();
        Assert.Equal(NodeState.Running, run.Scheduler.Histories()[0].State);
        Assert.Equal(-1, journal.Successes[2].Item);
        Assert.Same(journal.Successes[0].Items, journal.Successes[2].Output);

        journal.Keep();
        Assert.Equal(["A 0", "A#0 0", "A#1 0", "B 5"], run.Starts);
    }

    [Fact]
    public void Two_mapped_nodes_in_a_chain_each_have_their_own()
    {
        TestRun run = new TestRun([Mapped("A"), Mapped("B", "A")]).Script("A", Step.Map(2)).Script("B", Step.Map(3)).ToEnd();

        Assert.Equal(["A 0", "A#0 0", "A#1 0", "B 1", "B#0 1", "B#1 1", "B#2 1"], run.Starts);
    }

    [Fact]
    public void While_they_run_it_is_known_how_many_are_where()
    {
        TestRun run = new TestRun([Mapped("A")], throttleLimit: 2)
            .Script("A", Step.Map(5))
            .ScriptItem("A", 1, Step.Fail())
            .To(1.5);

        (int node, ItemCounts counts) = Assert.Single(run.Scheduler.ItemCounts());
        Assert.Equal((0, 5, 2, 1, 1), (node, counts.Total, counts.Running, counts.Succeeded, counts.Failed));
        Assert.Equal(1, run.Counts.Running);
    }

    [Fact]
    public void A_hundred_thousand_items_run_in_a_moment_of_virtual_time()
    {
        TestRun run = new TestRun([Mapped("A")], throttleLimit: 8) { Runner = { DefaultStep = Step.Succeed(after: 0) } }
            .Script("A", Step.Map(100_000))
            .ToEnd();

        Assert.Equal(100_000, run["A"].Items!.Counts.Succeeded);
        Assert.Equal(0, run.EndOf("A"));
    }
}
