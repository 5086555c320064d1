using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>A run can be told from its journal as the scheduler tells it: over, going on, or broken off.</summary>
public sealed class JournalReplayTests : IDisposable
{
    private static readonly DateTimeOffset Now = Start.AddHours(10);

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_is_told_as_the_scheduler_tells_it()
    {
        Node[] nodes =
        [
            new("A") { ContinueOnError = true },
            new("B") { DependsOn = ["A"], Pool = "sql" },
            new("fails") { Description = "as it must" },
            new("skipped") { DependsOn = ["fails"], TriggerRule = TriggerRule.NoneFailed },
            new("condition"),
        ];
        DagGraph graph = DagGraph.Create(nodes, [], new Dictionary<string, int> { ["SQL"] = 1 });
        RunHistory expected;
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            using RunJournal journal = file.Begin(HeaderOf(graph), graph, (_, _) => string.Empty);
            SynchronousRunner runner = new(attempt => attempt.Complete(attempt.Node.Name switch
            {
                "fails" => AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "it broke") { Position = "x.ps1:7" }),
                "condition" => AttemptOutcome.ConditionFalse,
                _ => AttemptOutcome.Succeeded(null),
            }));
            Scheduler scheduler = new(DagPlan.Create(graph), runner, new RunOptions { Journal = journal });
            scheduler.Start();
            Assert.Equal(RunStatus.Failed, await scheduler.Completion.WaitAsync(TimeSpan.FromSeconds(60)));
            expected = new RunHistory
            {
                Graph = graph,
                ThrottleLimit = 5,
                Status = RunStatus.Failed,
                StartTime = Start,
                EndTime = Now,
                Nodes = scheduler.Histories(),
            };
            journal.End(RunStatus.Failed, Now);
        }

        JournalReplay replay = JournalReplay.Of(_folder.Read().Runs[0], goesOn: false, Now);
        RunHistory told = replay.History;
        Assert.Equal((expected.Status, expected.StartTime, expected.EndTime, 5),
            (told.Status, told.StartTime, told.EndTime, told.ThrottleLimit));
        Assert.Equal(1, told.Graph.PoolLimits["sql"]);
        for (int node = 0; node < nodes.Length; node++)
        {
            Assert.Equal(graph[node].Name, told.Graph[node].Name);
            Assert.Equal(graph.Upstream(node).ToArray(), told.Graph.Upstream(node).ToArray());
            Assert.Equal(graph[node].ContinueOnError, told.Graph[node].ContinueOnError);
            Assert.Equal((expected.Nodes[node].State, expected.Nodes[node].StartTime),
                (told.Nodes[node].State, told.Nodes[node].StartTime));
            Assert.Equal(expected.Nodes[node].Attempts.Select(Describe), told.Nodes[node].Attempts.Select(Describe));
            Assert.Equal(expected.Nodes[node].Waits, told.Nodes[node].Waits);
            Assert.Equal(expected.Nodes[node].ReadyTime, told.Nodes[node].ReadyTime);
        }

        Assert.Equal("as it must", told.Graph[2].Description);
        Assert.Equal(("it broke", "x.ps1:7"), (replay.EndingOf(2)!.Message, replay.EndingOf(2)!.Position));
        Assert.Equal((SkipCause.DependencyFailed, "fails"), (replay.EndingOf(3)!.SkipCause, replay.EndingOf(3)!.SkippedBy));
        Assert.Null(replay.EndingOf(0)!.Message);

        static (int, int, DateTimeOffset, AttemptOutcomeKind?, string?) Describe(AttemptRecord attempt) =>
            (attempt.Number, attempt.Slot, attempt.StartTime, attempt.Outcome, attempt.Message);
    }

    [Fact]
    public void A_run_that_goes_on_is_told_up_to_now_and_one_that_was_killed_up_to_its_last_word()
    {
        JournalRun run = Run(
            Record(JournalRecordKind.Started, "A", 1) with { Attempt = 1, Slot = 0 },
            Record(JournalRecordKind.Succeeded, "A", 4) with { Attempts = 1, StartTime = At(1) },
            Record(JournalRecordKind.Started, "B", 5) with { Attempt = 1, Slot = 1 });

        RunHistory goesOn = JournalReplay.Of(run, goesOn: true, Now).History;
        RunHistory killed = JournalReplay.Of(run, goesOn: false, Now).History;

        Assert.Equal((RunStatus.Running, Now), (goesOn.Status, goesOn.EndTime));
        Assert.Equal((RunStatus.Interrupted, At(5)), (killed.Status, killed.EndTime));
        Assert.Equal([NodeState.Succeeded, NodeState.Running, NodeState.Pending], killed.Nodes.Select(node => node.State));
        Assert.Equal((At(5), null), (killed.Nodes[1].StartTime, killed.Nodes[1].EndTime));
        Assert.Equal([new AttemptRecord(1, 1, At(5), null, null, null, null)], killed.Nodes[1].Attempts);
        Assert.Equal(TimeSpan.FromSeconds(3), RunFigures.Of(killed).TotalWork);
    }

    [Fact]
    public void Attempts_waits_and_polls_are_told_apart()
    {
        JournalRun run = Run(
            Record(JournalRecordKind.Started, "A", 0) with { Attempt = 1, Slot = 0 },
            Record(JournalRecordKind.AttemptFailed, "A", 1) with { FailureKind = FailureKind.PreconditionNotMet, Message = "not yet" },
            Record(JournalRecordKind.Started, "A", 2) with { Attempt = 1, Slot = 0 },
            Record(JournalRecordKind.AttemptFailed, "A", 4) with { FailureKind = FailureKind.Error, Message = "it broke" },
            Record(JournalRecordKind.Started, "A", 9) with { Attempt = 2, Slot = 1 },
            Record(JournalRecordKind.Failed, "A", 10) with { FailureKind = FailureKind.AttemptTimedOut, Message = "too long" },
            Record(JournalRecordKind.Started, "B", 0) with { Attempt = 1, Slot = 1 },
            Record(JournalRecordKind.AttemptFailed, "B", 1) with { FailureKind = FailureKind.Error, Message = "it broke" });

        JournalReplay replay = JournalReplay.Of(run, goesOn: false, Now);
        Assert.Equal(
            [
                new AttemptRecord(1, 0, At(0), At(1), AttemptOutcomeKind.Failed, FailureKind.PreconditionNotMet, "not yet"),
                new AttemptRecord(1, 0, At(2), At(4), AttemptOutcomeKind.Failed, FailureKind.Error, "it broke"),
                new AttemptRecord(2, 1, At(9), At(10), AttemptOutcomeKind.Failed, FailureKind.AttemptTimedOut, "too long"),
            ],
            replay.History.Nodes[0].Attempts);
        Assert.Equal(
            [new WaitRecord(NodeWaitKind.Precondition, At(0), At(2)), new WaitRecord(NodeWaitKind.Retry, At(4), At(9))],
            replay.History.Nodes[0].Waits);
        Assert.Equal([new WaitRecord(NodeWaitKind.Retry, At(1), null)], replay.History.Nodes[1].Waits);
        Assert.Equal(1, replay.History.Nodes[0].Polls);
        Assert.Equal((NodeState.Waiting, "it broke"), (replay.History.Nodes[1].State, replay.EndingOf(1)!.Message));
    }

    [Fact]
    public void Waits_for_slots_and_pools_and_for_what_carries_an_attempt_are_told()
    {
        JournalRun run = Run(
            Record(JournalRecordKind.Started, "A", 9) with
            {
                Attempt = 1,
                Slot = 0,
                ReadyTime = At(1),
                WaitedFrom = At(1),
                ParkedTime = At(3),
                UnparkedTime = At(8),
            },
            Record(JournalRecordKind.Began, "A", 11),
            Record(JournalRecordKind.Succeeded, "A", 12) with { Attempts = 1, StartTime = At(11) },
            Record(JournalRecordKind.Cancelled, "B", 12) with { ReadyTime = At(2), WaitedFrom = At(2), CancelCause = CancelCause.Stopped });

        RunHistory history = JournalReplay.Of(run, goesOn: false, Now).History;

        Assert.Equal(
            [
                new WaitRecord(NodeWaitKind.Slot, At(1), At(3)),
                new WaitRecord(NodeWaitKind.Pool, At(3), At(8)),
                new WaitRecord(NodeWaitKind.Slot, At(8), At(9)),
            ],
            history.Nodes[0].Waits);
        Assert.Equal((At(1), At(11)), (history.Nodes[0].ReadyTime, history.Nodes[0].StartTime));
        Assert.Equal(TimeSpan.FromSeconds(2), history.Nodes[0].StartUpTime);
        Assert.Equal(TimeSpan.FromSeconds(1), RunFigures.Of(history).TotalWork);
        Assert.Equal([new WaitRecord(NodeWaitKind.Slot, At(2), At(12))], history.Nodes[1].Waits);
    }

    [Fact]
    public void Nodes_that_were_done_before_are_told_as_such()
    {
        JournalRun run = new(Header(true, ["A", "B"], ["A", "B", "C"]), [Record(JournalRecordKind.Started, "C", 1)]);

        JournalReplay replay = JournalReplay.Of(run, goesOn: false, Now);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(replay.IsRestored));
        Assert.Equal((NodeState.Succeeded, null, Start),
            (replay.History.Nodes[0].State, replay.History.Nodes[0].StartTime, replay.History.Nodes[0].EndTime));
        Assert.Empty(replay.History.Nodes[0].Attempts);
    }

    [Fact]
    public void What_nodes_gave_back_is_told_as_it_is_shown_also_of_those_that_were_done_before()
    {
        string[] nodes = ["A", "B", "C"];
        for (int run = 0; run < 3; run++)
        {
            using JournalFile file = JournalFile.Open(_folder.Path);
            using RunJournal journal = file.Begin(
                Header(run > 0, nodes[..run], nodes), GraphOf(nodes), (success, _) => (string?)success.Output,
                show: output => (string?)output == "throws" ? throw new InvalidOperationException("cannot be shown") : $"shown {output}");
            Succeed(journal, run, nodes[run] == "B" ? "throws" : "output " + nodes[run]);
        }

        JournalContents contents = JournalReader.ReadRuns(_folder.Path);
        Assert.Equal(
            ["shown output A", null, null],
            Told(JournalReplay.Of(contents.Runs[0], goesOn: false, Now)));
        Assert.Equal(
            ["shown output A", null, "shown output C"],
            Told(JournalReplay.Of(contents.Runs[2], goesOn: false, Now)));
        Assert.Equal(["shown output A"], contents.Runs[1].RestoredOutputs.Values);

        static IEnumerable<string?> Told(JournalReplay replay) => Enumerable.Range(0, 3).Select(replay.OutputOf);
    }

    [Fact]
    public void A_node_that_polls_for_days_keeps_its_first_attempts_and_the_last()
    {
        List<JournalRecord> records = [];
        for (int poll = 0; poll < 1_000; poll++)
        {
            records.Add(Record(JournalRecordKind.Started, "A", 2 * poll) with { Attempt = 1, Slot = 0 });
            records.Add(Record(JournalRecordKind.AttemptFailed, "A", (2 * poll) + 1) with { FailureKind = FailureKind.PreconditionNotMet });
        }

        IReadOnlyList<AttemptRecord> attempts = JournalReplay.Of(Run([.. records]), goesOn: false, Now).History.Nodes[0].Attempts;
        Assert.InRange(attempts.Count, 2, 500);
        Assert.Equal((At(0), At(1998)), (attempts[0].StartTime, attempts[^1].StartTime));
    }

    [Fact]
    public void What_makes_no_dag_is_refused()
    {
        JournalHeader header = Header(false, [], ["A", "B"]);
        JournalNode[][] wrong =
        [
            [], [new("A", ["A"], "")], [new("A", ["B"], "")], [new("A", [], ""), new("a", [], "")], [new("\0", [], "")],
            [new("A", [], "") { Pool = "unknown" }],
        ];
        Assert.All(wrong, nodes => Assert.Throws<JournalException>(
            () => JournalReplay.Of(new JournalRun(header with { Nodes = nodes }, []), goesOn: false, Now)));
    }

    [Fact]
    public void Numbers_beyond_reason_do_no_harm()
    {
        JournalRun run = new(
            Header(false, [], ["A"]) with { ThrottleLimit = 0 },
            [Record(JournalRecordKind.Started, "A", 1) with { Attempt = -7, Slot = int.MaxValue }]);

        RunHistory history = JournalReplay.Of(run, goesOn: false, Now).History;
        Assert.Equal((1, 0), (history.Nodes[0].Attempts[0].Number, history.Nodes[0].Attempts[0].Slot));
        Assert.Equal(1, history.ThrottleLimit);
    }

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    private static JournalRecord Record(JournalRecordKind kind, string node, int seconds) =>
        new() { Kind = kind, Node = node, Time = At(seconds) };

    private static JournalRun Run(params JournalRecord[] records) => new(Header(false, [], ["A", "B", "C"]), records);

    private static JournalHeader HeaderOf(DagGraph graph) => Header(false, [], ["A"]) with
    {
        PoolLimits = graph.PoolLimits,
        Nodes = [.. Enumerable.Range(0, graph.Count).Select(node => new JournalNode(
            graph[node].Name, [.. graph.Upstream(node).ToArray().Select(dependency => graph[dependency].Name)], "x")
        {
            Description = graph[node].Description,
            Pool = graph[node].Pool,
            TriggerRule = graph[node].TriggerRule,
            ContinueOnError = graph[node].ContinueOnError,
        })],
    };
}
