using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Journal;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 8: a dag as a node.</summary>
public sealed class NestingTests
{
    [Fact]
    public void What_is_inside_runs_between_what_is_before_and_what_comes_after()
    {
        TestRun run = new TestRun([Node("A"), After(Dag("D", Node("X"), Node("Y", "X"), Node("Z")), "A"), Node("B", "D")]).ToEnd();

        Assert.Equal(["A 0", "D/X 1", "D/Z 1", "D/Y 2", "B 3"], run.Starts);
        Assert.Equal(3, run.EndOf("D"));
        Assert.Equal((NodeState.Succeeded, 0), (run.StateOf("D"), run["D"].Attempts));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(["A", "D/X", "D/Z", "D/Y", "D", "B"], run.Results.Select(result => result.Node.Name));
    }

    [Fact]
    public void It_holds_no_slot_and_waits_for_none_while_what_is_inside_runs()
    {
        TestRun run = new TestRun([Dag("D", Node("X")), AskingDag("E", Node("Y"))])
            .Script("D/X", Step.Succeed(after: 5)).Script("E", Step.Succeed(after: 2)).Script("E/Y", Step.Succeed(after: 5)).ToEnd();

        Assert.Equal((0, 0), (run["D"].History.Count, run["D"].Waits.Count));
        AttemptRecord asked = Assert.Single(run["E"].History);
        Assert.Equal((2.0, 7.0), ((asked.EndTime!.Value - asked.StartTime).TotalSeconds, run.EndOf("E")));
        Assert.Empty(run["E"].Waits);
    }

    [Fact]
    public void Two_dags_may_have_nodes_of_one_name()
    {
        TestRun run = new TestRun([Dag("D", Node("Load"), Node("Use", "Load")), After(Dag("E", Node("Load")), "D"), Node("Load")])
            .ToEnd();

        Assert.Equal(["D/Load 0", "Load 0", "D/Use 1", "E/Load 2"], run.Starts);
    }

    [Fact]
    public void Its_output_is_that_of_its_last_nodes_by_their_names()
    {
        InnerOutputs? seen = null;
        TestRun run = new TestRun([Dag("D", Node("X"), Node("Y", "X"), Node("Z"), CleanUpOf("C", "Z")), Node("B", "D")])
            .Script("D/X", Step.Succeed(output: "x")).Script("D/Y", Step.Succeed(output: "y")).Script("D/Z", Step.Succeed(output: "z"));
        run.Runner.OnStart = attempt => seen = attempt.Node.Name == "B" ? (InnerOutputs?)attempt.OutputOf(attempt.Upstream[0]) : seen;
        run.ToEnd();

        Assert.Equal([KeyValuePair.Create("Y", (object?)"y"), KeyValuePair.Create("Z", (object?)"z")], seen!);
    }

    [Fact]
    public void It_fails_when_the_last_has_ended_where_a_run_of_it_would()
    {
        TestRun run = new TestRun([Dag("D", Node("X"), Node("Y", "X"), Node("Z")), Node("B", "D")])
            .Script("D/X", Step.Fail(message: "no route\nat all")).Script("D/Z", Step.Succeed(after: 5)).ToEnd();

        Assert.Equal((NodeState.Failed, 5.0), (run.StateOf("D"), run.EndOf("D")));
        Assert.Equal(FailureKind.InnerNodesFailed, run["D"].Failure!.Kind);
        Assert.Equal("1 of its 3 nodes failed: 'D/X': no route at all", run["D"].Failure!.Message);
        Assert.Equal((NodeState.Skipped, SkipCause.DependencyFailed), (run.StateOf("B"), run["B"].SkipCause));
        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void What_may_fail_inside_does_not_fail_it()
    {
        TestRun run = new TestRun([Dag("D", new Node("X") { ContinueOnError = true }, Node("Y", "X")), Node("B", "D")])
            .Script("D/X", Step.Fail()).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("D"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_dag_that_may_fail_fails_neither_run_nor_dependents_and_strikes_nobody()
    {
        TestRun run = new TestRun(
            [With(Dag("D", Node("X"), Node("Y")), continueOnError: true), Node("B", "D"), Node("C")], throttleLimit: 1, failFast: true)
            .Script("D/X", Step.Fail()).ToEnd();

        Assert.Equal(["D/X 0", "D/Y 1", "B 2", "C 3"], run.Starts.Order(StringComparer.Ordinal).OrderBy(start => start[^1]));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_failure_inside_strikes_at_once_with_fail_fast()
    {
        TestRun run = new TestRun(
            [Dag("D", Node("X"), Node("Y", "X"), Node("Z"), Notify("N", "X")), Node("B"), Node("L", "B")], throttleLimit: 1, failFast: true)
            .Script("D/X", Step.Fail()).ToEnd();

        Assert.Equal(["D/X 0", "D/N 1"], run.Starts);
        Assert.Equal("D/X", run["B"].CancelledBy!.Name);
        Assert.Equal(NodeState.Failed, run.StateOf("D"));
    }

    [Fact]
    public void A_fallback_stands_for_a_dag()
    {
        TestRun run = new TestRun([Dag("D", Node("X"), Node("Y", "X")), Fallback("F", "D"), Node("B", "D")], failFast: true)
            .Script("D/X", Step.Fail()).ToEnd();

        Assert.Equal(["D/X 0", "F 1", "B 2"], run.Starts);
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_dag_stands_for_a_node_that_fails()
    {
        TestRun run = new TestRun(
            [Node("A"), With(Dag("D", Node("X")), fallbackFor: "A"), Node("B", "A"), With(Dag("E", Node("X")), fallbackFor: "B")])
            .Script("A", Step.Fail()).ToEnd();

        Assert.Equal(["A 0", "D/X 1", "B 2"], run.Starts);
        Assert.Equal(SkipCause.NotNeeded, run["E"].SkipCause);
        Assert.Equal((SkipCause.DagNotStarted, "E"), (run["E/X"].SkipCause, run["E/X"].SkippedBy!.Name));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void What_it_asks_before_is_an_attempt_and_nothing_inside_starts_before()
    {
        TestRun run = new TestRun([AskingDag("D", Node("X"), Node("Y", "X"))]).Script("D", Step.Succeed(after: 3)).ToEnd();

        Assert.Equal(["D 0", "D/X 3", "D/Y 4"], run.Starts);
        Assert.Equal((1, 5.0), (run["D"].Attempts, run.EndOf("D")));
    }

    [Fact]
    public void Where_its_condition_is_false_nothing_inside_starts_whatever_its_rule()
    {
        TestRun run = new TestRun([AskingDag("D", Node("X"), CleanUp("Y", "X"), CleanUp("Z")), Node("B", "D")])
            .Script("D", Step.ConditionFalse()).ToEnd();

        Assert.Equal(["D 0"], run.Starts);
        Assert.All(
            ["D/X", "D/Y", "D/Z"],
            name => Assert.Equal((NodeState.Skipped, SkipCause.DagNotStarted), (run.StateOf(name), run[name].SkipCause)));
        Assert.Equal(NodeState.Skipped, run.StateOf("B"));
    }

    [Fact]
    public void What_it_asks_before_may_fail_and_wait()
    {
        TestRun run = new TestRun(
            [
                new Node("D") { IsDag = true, Work = new[] { Node("X") }, PreconditionTimeout = TimeSpan.FromSeconds(10) },
                AskingDag("E", Node("X")),
            ])
            .Script("D", Step.PreconditionNotMet(), Step.Succeed(after: 1))
            .Script("E", Step.Fail())
            .ToEnd();

        Assert.Equal((NodeState.Succeeded, NodeState.Succeeded, 1), (run.StateOf("D"), run.StateOf("D/X"), run["D"].Polls));
        Assert.Equal((NodeState.Failed, NodeState.Skipped), (run.StateOf("E"), run.StateOf("E/X")));
        Assert.Equal(FailureKind.Error, run["E"].Failure!.Kind);
    }

    [Fact]
    public void A_trigger_rule_holds_at_its_start_and_those_inside_inside()
    {
        TestRun run = new TestRun(
            [
                Node("A"),
                With(Dag("D", Node("X"), Notify("N", "X")), rule: TriggerRule.AnyFailed, dependsOn: "A"),
                With(Dag("E", Node("X")), dependsOn: "A"),
            ])
            .Script("A", Step.Fail()).ToEnd();

        Assert.Equal(["A 0", "D/X 1"], run.Starts);
        Assert.Equal((NodeState.Skipped, NodeState.Skipped), (run.StateOf("E"), run.StateOf("E/X")));
        Assert.Equal(SkipCause.NoneFailed, run["D/N"].SkipCause);
        Assert.Equal(NodeState.Succeeded, run.StateOf("D"));
    }

    [Fact]
    public void Dags_in_dags()
    {
        TestRun run = new TestRun(
            [Dag("D", Node("A"), After(Dag("E", Node("A"), Node("B", "A"), After(Dag("F", Node("A")), "B")), "A"), Node("C", "E"))])
            .ToEnd();

        Assert.Equal(["D/A 0", "D/E/A 1", "D/E/B 2", "D/E/F/A 3", "D/C 4"], run.Starts);
        Assert.Equal(["D/A", "D/E/A", "D/E/B", "D/E/F/A", "D/E/F", "D/E", "D/C", "D"], run.Results.Select(result => result.Node.Name));
    }

    [Fact]
    public void Clean_up_after_a_dag_runs_when_something_in_it_had_started()
    {
        TestRun run = new TestRun(
            [
                Dag("D", Node("X"), Node("Y", "X")), CleanUpOf("C", "D"),
                Node("A"), After(Dag("E", Node("X")), "A"), CleanUpOf("K", "E"),
            ])
            .Script("A", Step.Fail()).Script("D/X", Step.Fail(after: 2)).ToEnd();

        Assert.Equal(["A 0", "D/X 0", "C 2"], run.Starts.Order(StringComparer.Ordinal).OrderBy(start => start[^1]));
        Assert.Equal(SkipCause.NothingToCleanUp, run["K"].SkipCause);
    }

    [Fact]
    public void Clean_up_inside_runs_after_a_stop()
    {
        TestRun run = new TestRun(
            [Dag("D", Node("X"), Node("Y", "X"), CleanUpOf("C", "X")), Node("B", "D"), Dag("E", CleanUp("Z"))], throttleLimit: 1)
            .Script("D/X", Step.Succeed(after: 5));
        run.StopAt(2).ToEnd();

        Assert.Equal(["D/X 0", "D/C 2", "E/Z 3"], run.Starts);
        Assert.Equal((NodeState.Cancelled, NodeState.Cancelled), (run.StateOf("D"), run.StateOf("D/Y")));
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_dag_that_is_clean_up_runs_whole_after_a_stop()
    {
        TestRun run = new TestRun(
            [
                Node("A"), With(Dag("D", Node("X"), Node("Y", "X")), rule: TriggerRule.AllDone, dependsOn: "A"),
                After(Dag("E", CleanUp("Z")), "A"),
            ])
            .Script("A", Step.Succeed(after: 5));
        run.StopAt(2).ToEnd();

        Assert.Equal(["A 0", "D/X 2", "D/Y 3"], run.Starts);
        Assert.Equal((NodeState.Cancelled, NodeState.Cancelled), (run.StateOf("E"), run.StateOf("E/Z")));
    }

    [Fact]
    public void The_success_of_a_dag_is_recorded_after_those_inside()
    {
        var journal = new FakeJournal();
        TestRun run = new TestRun([Dag("D", Node("X"), Node("Y", "X"))], journal: journal);
        journal.Clock = run.Clock;
        run.ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal([1, 2, 0], journal.Successes.Select(success => success.Index));
    }

    [Fact]
    public void What_is_inside_is_restored_by_itself_and_the_dag_goes_on()
    {
        TestRun run = new TestRun(
            [Node("A"), After(Dag("D", Node("X"), Node("Y", "X"), Node("Z", "Y")), "A")],
            restored: new Dictionary<int, object?> { [0] = "a", [2] = "x" }).ToEnd();

        Assert.Equal(["D/Y 0", "D/Z 1"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("D"));
    }

    [Fact]
    public void What_is_restored_inside_starts_nothing_before_the_dag_is_open()
    {
        TestRun run = new TestRun(
            [AskingDag("D", Node("X"), Node("Y", "X"))], restored: new Dictionary<int, object?> { [1] = "x" })
            .Script("D", Step.Succeed(after: 3)).ToEnd();

        Assert.Equal(["D 0", "D/Y 3"], run.Starts);
    }

    [Fact]
    public void A_dag_all_of_which_is_restored_ends_at_once()
    {
        TestRun run = new TestRun(
            [Dag("D", Node("X")), Node("B", "D")], restored: new Dictionary<int, object?> { [1] = "x" }).ToEnd();

        Assert.Equal(["B 0"], run.Starts);
        Assert.Equal(NodeState.Succeeded, run.StateOf("D"));
    }

    [Fact]
    public void Items_inside_of_a_dag()
    {
        TestRun run = new TestRun([Dag("D", Mapped("X"), Node("Y", "X"))], throttleLimit: 1).Script("D/X", Step.Map(2, after: 1)).ToEnd();

        Assert.Equal(["D/X 0", "D/X#0 1", "D/X#1 2", "D/Y 3"], run.Starts);
    }

    [Fact]
    public void A_dag_for_each_item_where_none_waits_for_another()
    {
        Node Item(int index) => new($"#{index}")
        {
            IsDag = true,
            IsItem = true,
            ItemValue = $"host {index}",
            OpensAtOnce = true,
            Work = new[] { Node("X"), Node("Y", "X") },
        };
        InnerOutputs? seen = null;
        TestRun run = new TestRun(
            [
                new Node("D") { IsDag = true, IsMapped = true, OpensAtOnce = true, Work = new[] { Item(0), Item(1), Item(2) } },
                CleanUpOf("B", "D"),
            ])
            .Script("D#0/X", Step.Succeed(after: 3))
            .Script("D#1/X", Step.Fail())
            .Script("D#2/Y", Step.Succeed(output: "y"));
        NodeItems? items = null;
        run.Runner.OnStart = attempt => items = attempt.Node.Name == "B" ? attempt.EndOf(0).Items : items;
        run.ToEnd();
        seen = run["D"].Output as InnerOutputs;

        Assert.Equal(["D#0/X 0", "D#1/X 0", "D#2/X 0", "D#2/Y 1", "D#0/Y 3", "B 4"], run.Starts);
        Assert.Equal("1 of its 3 nodes failed: 'D#1': 1 of its 2 nodes failed: 'D#1/X': it broke", run["D"].Failure!.Message);
        Assert.True(seen!.IsOfItems);
        Assert.Equal(3, seen.Count);
        Assert.Same(run["D"].Items, items);
        Assert.Equal(["host 0", "host 1", "host 2"], items!.Values);
        Assert.Equal([NodeState.Succeeded, NodeState.Failed, NodeState.Succeeded], items.Select(item => item.State));
        Assert.Equal(KeyValuePair.Create("Y", (object?)"y"), Assert.Single((InnerOutputs)items[2].Output!));
        Assert.Equal("1 of its 2 nodes failed: 'D#1/X': it broke", items[1].Failure!.Message);
        Assert.All(run.Scheduler.Histories(), node => Assert.Null(node.Items));
    }

    [Fact]
    public void A_node_that_had_a_dag_for_each_item_has_these_when_it_is_restored_and_none_when_it_was_not_started()
    {
        Node[] Nodes(params string[] dependsOn) =>
        [
            Node("A"),
            new Node("D")
            {
                IsDag = true,
                IsMapped = true,
                OpensAtOnce = true,
                DependsOn = dependsOn,
                Work = Enumerable.Range(0, 2).Select(index => new Node($"#{index}")
                {
                    IsDag = true,
                    IsItem = true,
                    ItemValue = index,
                    OpensAtOnce = true,
                    Work = new[] { Node("X") },
                }).ToArray(),
            },
        ];
        Dictionary<int, object?> restored = new() { [1] = "all", [2] = "of 0", [3] = "x", [4] = "of 1", [5] = "x" };
        TestRun run = new TestRun(Nodes(), restored: restored).ToEnd();
        Assert.Equal(["A 0"], run.Starts);
        Assert.Equal([0, 1], run["D"].Items!.Values);
        Assert.Equal(
            [(NodeState.Succeeded, true, "of 0"), (NodeState.Succeeded, true, (object?)"of 1")],
            run["D"].Items!.Select(item => (item.State, item.FromCheckpoint, item.Output)));

        run = new TestRun(Nodes("A")).Script("A", Step.Fail()).ToEnd();
        Assert.Equal(NodeState.Skipped, run.StateOf("D"));
        Assert.Null(run["D"].Items);
    }

    [Fact]
    public void Of_many_failures_inside_the_first_ten_are_told_and_the_first_one_is_pointed_to()
    {
        TestRun run = new TestRun([Dag("D", [.. Enumerable.Range(0, 12).Select(index => Node($"n{index}"))])], throttleLimit: 20)
        {
            Runner =
            {
                DefaultStep = Step.Succeed() with
                {
                    Outcome = AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "no", new InvalidOperationException("cause"))
                    {
                        Position = "x.ps1:7",
                    }),
                },
            },
        }.ToEnd();

        NodeFailure failure = run["D"].Failure!;
        Assert.StartsWith("12 of its 12 nodes failed: 'D/n0' at x.ps1:7: no; 'D/n1' at ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("'D/n9' at x.ps1:7: no; and 2 more", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("x.ps1:7", "cause", false), (failure.Position, failure.Cause?.Message, failure.CanRetry));
    }

    [Fact]
    public void A_dag_starts_when_the_first_inside_does()
    {
        TestRun run = new TestRun([Node("A"), Dag("D", Dag("E", Node("X"))), Node("B")], throttleLimit: 1).ToEnd();

        Assert.Equal(["A 0", "D/E/X 1", "B 2"], run.Starts);
        Assert.All((string[])["D", "D/E", "D/E/X"], name => Assert.Equal(run.Clock.Start.AddSeconds(1), run[name].StartTime));
    }

    [Fact]
    public void A_late_dag_narrows_pools_and_says_where_what_is_restored_comes_from()
    {
        Node Pooled(string name, params string[] dependsOn) => new(name) { Pool = "p", DependsOn = dependsOn };
        Node dag = LateDag("D");
        RunOrigin origin = new(Guid.NewGuid(), DateTime.UnixEpoch);
        var inside = Nested([Pooled("X"), Pooled("Y"), Pooled("Z"), Node("Old")], new Dictionary<string, int> { ["p"] = 1 }, dag);
        Node[] nodes = [dag, Pooled("A", "D"), Pooled("B", "D")];
        TestRun run = new TestRun(nodes, throttleLimit: 9, pools: new Dictionary<string, int> { ["p"] = 3 })
            .Script("D", Step.Succeed(after: 0) with
            {
                Outcome = AttemptOutcome.Expanded(new Expansion(inside)
                {
                    Restored = new Dictionary<int, object?> { [3] = "old" },
                    Origins = new Dictionary<int, RunOrigin> { [3] = origin },
                }),
            })
            .ToEnd();

        Assert.Equal(["D 0", "D/X 0", "D/Y 1", "D/Z 2", "A 3", "B 4"], run.Starts);
        Assert.Equal((true, origin), (run["D/Old"].FromCheckpoint, run["D/Old"].Origin));
        Assert.Equal(7, run.Counts.Total);
        Assert.Equal(7, run.Counts.Succeeded);
        Assert.Equal(7, run.Counts.Done);
    }

    [Fact]
    public void A_dag_that_is_known_at_its_turn_runs_then()
    {
        Node dag = LateDag("D", "A");
        TestRun run = new TestRun([Node("A"), dag, Node("B", "D")])
            .Script("D", Step.Expand(dag, [Node("X"), Node("Y", "X"), Node("Z")], after: 2))
            .Script("D/Y", Step.Succeed(output: "y"))
            .ToEnd();

        Assert.Equal(["A 0", "D 1", "D/X 3", "D/Z 3", "D/Y 4", "B 5"], run.Starts);
        Assert.Equal((NodeState.Succeeded, 5.0), (run.StateOf("D"), run.EndOf("D")));
        Assert.Equal(["Y", "Z"], ((InnerOutputs)run["D"].Output!).Select(output => output.Key));
        Assert.Equal("y", ((InnerOutputs)run["D"].Output!)[0].Value);
        Assert.Equal(6, run.Counts.Total);
        AttemptRecord asked = Assert.Single(run["D"].History);
        Assert.Equal(3, (asked.EndTime - run.Clock.Start)!.Value.TotalSeconds);
    }

    [Fact]
    public void Dags_of_items_that_come_at_the_turn_of_their_node()
    {
        Node dag = new("D") { IsDag = true, IsMapped = true, ExpandsAtTurn = true };
        Node[] items =
        [
            .. Enumerable.Range(0, 3).Select(index => new Node($"#{index}")
            {
                IsDag = true,
                IsItem = true,
                OpensAtOnce = true,
                Work = new[] { Node("X"), Node("Y", "X") },
            }),
        ];
        TestRun run = new TestRun([dag, Node("B", "D")])
            .Script("D", Step.Expand(dag, items))
            .Script("D#0/X", Step.Succeed(after: 3)).Script("D#1/X", Step.Fail()).ToEnd();

        Assert.Equal(["D 0", "D#0/X 0", "D#1/X 0", "D#2/X 0", "D#2/Y 1", "D#0/Y 3"], run.Starts);
        Assert.Equal("1 of its 3 nodes failed: 'D#1': 1 of its 2 nodes failed: 'D#1/X': it broke", run["D"].Failure!.Message);
        Assert.True(((InnerOutputs)run["D"].Output!).IsOfItems);
        Assert.Equal(NodeState.Skipped, run.StateOf("B"));
    }

    [Fact]
    public void What_comes_at_its_turn_shares_slots_pools_and_priorities_with_all_else()
    {
        Node dag = LateDag("D");
        TestRun run = new TestRun(
            [dag, Pooled("P"), Node("A"), Node("Q")], throttleLimit: 2, pools: new Dictionary<string, int> { ["p"] = 2 })
            .Script("D", Step.Expand(
                dag,
                [Pooled("X"), Pooled("Y"), new Node("Z") { Priority = 1 }],
                pools: new Dictionary<string, int> { ["p"] = 1 }))
            .ToEnd();

        // What has a priority goes first, what is inside goes where its node would have, and of a pool one at a time.
        Assert.Equal(["D 0", "D/Z 0", "D/X 0", "A 1", "D/Y 1", "P 2", "Q 2"], run.Starts);

        static Node Pooled(string name) => new(name) { Pool = "p" };
    }

    [Fact]
    public void A_name_that_is_there_already_fails_the_node()
    {
        Node dag = LateDag("D");
        TestRun run = new TestRun([dag, Node("D/X")]).Script("D", Step.Expand(dag, [Node("X")])).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("D"));
        Assert.Equal("Two nodes have the name 'D/X': one of its dag, and one that was there before.", run["D"].Failure!.Message);
        Assert.Equal(2, run.Counts.Total);
    }

    [Fact]
    public void A_dag_that_comes_after_the_run_was_cut_short_does_not_start()
    {
        Node dag = LateDag("D");
        TestRun run = new TestRun([dag, Node("A")], failFast: true)
            .Script("D", Step.Expand(dag, [Node("X")], after: 2)).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(["D 0", "A 0"], run.Starts);
        Assert.Equal((NodeState.Cancelled, CancelCause.FailFast), (run.StateOf("D"), run["D"].CancelCause));
    }

    [Fact]
    public void What_is_restored_of_a_dag_that_comes_at_its_turn_does_not_run_again()
    {
        Node dag = LateDag("D");
        TestRun run = new TestRun([dag, Node("B", "D")])
            .Script("D", Step.Expand(
                dag, [Node("X"), Node("Y", "X"), Node("Z")], restored: new Dictionary<int, object?> { [0] = "x", [2] = "z" }))
            .ToEnd();

        Assert.Equal(["D 0", "D/Y 0", "B 1"], run.Starts);
        Assert.Equal("z", ((InnerOutputs)run["D"].Output!).Single(output => output.Key == "Z").Value);

        TestRun all = new TestRun([dag]).Script("D", Step.Expand(dag, [Node("X")], restored: new Dictionary<int, object?> { [0] = "x" }))
            .ToEnd();
        Assert.Equal(["D 0"], all.Starts);
        Assert.Equal(NodeState.Succeeded, all.StateOf("D"));
    }

    private static Node After(Node dag, params string[] dependsOn) =>
        new(dag.Name) { IsDag = true, Work = dag.Work, OpensAtOnce = dag.OpensAtOnce, DependsOn = dependsOn };

    private static Node With(
        Node dag, bool continueOnError = false, string? fallbackFor = null, TriggerRule rule = TriggerRule.AllSucceeded,
        params string[] dependsOn) =>
        new(dag.Name)
        {
            IsDag = true,
            Work = dag.Work,
            OpensAtOnce = dag.OpensAtOnce,
            DependsOn = dependsOn,
            ContinueOnError = continueOnError,
            FallbackFor = fallbackFor,
            TriggerRule = rule,
        };
}
