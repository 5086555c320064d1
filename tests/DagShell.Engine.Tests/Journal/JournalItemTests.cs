using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>Items that are done are on record, each by itself, and need not be done again.</summary>
public sealed class JournalItemTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_done_is_known_by_its_value_whether_the_node_is_done_or_not()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, keepsItems: false));
        contents.Add(Mapped(3));
        contents.Add(Done(1, "x", "1"));
        contents.Add(Done(2, "y", null));
        contents.Add(Done(0, null, "0"));
        Assert.Equal([("x", 1)], Items(contents));
        Assert.Empty(contents.ItemsOf("other"));
        Assert.Equal("item", contents.ItemDefinitionOf("a"));

        contents.Add(Done(2, "y", "2"));
        contents.Add(NodeDone());
        Assert.Equal(["0", "1", "2"], contents.Done["A"].ItemOutputs!);
        Assert.Equal([("x", 1), ("y", 2)], Items(contents));
    }

    [Theory]
    [InlineData(true, "x 1")]
    [InlineData(false, "")]
    public void A_run_that_resumes_says_whether_they_still_count(bool keepsItems, string kept)
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, keepsItems: false));
        contents.Add(Mapped(2));
        contents.Add(Done(1, "x", "1"));
        contents.Add(Header(isResumed: true, keepsItems));

        Assert.Equal(kept, string.Join(',', Items(contents).Select(item => $"{item.Value} {item.Index}")));
    }

    [Fact]
    public void Items_of_another_list_are_put_together_in_its_order_and_those_that_are_gone_still_count()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, keepsItems: false));
        contents.Add(Mapped(4));
        contents.Add(Done(0, "x", "x0"));
        contents.Add(Done(1, "gone", "gone"));
        contents.Add(Done(2, "x", "x2"));
        contents.Add(Header(isResumed: true, keepsItems: true));
        contents.Add(Mapped(4));
        contents.Add(Restored(1, "x"));
        contents.Add(Restored(3, "x"));
        contents.Add(Done(2, "new", "new"));
        contents.Add(Done(0, "x", "x again"));
        contents.Add(NodeDone());

        Assert.Equal(["x again", "x0", "new", "x2"], contents.Done["A"].ItemOutputs!);
        contents.Add(Header(isResumed: true, keepsItems: true));
        Assert.Equal(["x", "gone", "x", "new", "x"], Items(contents).Select(item => item.Value));
    }

    [Fact]
    public void A_node_is_done_only_if_what_all_its_items_gave_back_is_known()
    {
        Assert.True(IsDone(Mapped(0)));
        Assert.True(IsDone(Mapped(1), Done(0, "x", "x")));
        Assert.False(IsDone());
        Assert.False(IsDone(Mapped(2), Done(0, "x", "x")));
        Assert.False(IsDone(Mapped(2), Done(0, "x", "x"), Done(1, "x", null)));
        Assert.False(IsDone(Mapped(1), Done(0, "x", "x"), Done(1, "y", "y")));
        Assert.False(IsDone(Mapped(1), Done(1, "x", "x")));
        Assert.False(IsDone(Mapped(2), Done(0, "x", "x"), Done(1, "x", "x") with { Kind = JournalRecordKind.Skipped }));
        Assert.False(IsDone(Mapped(3), Done(0, "x", "x"), Done(1, "x", "x") with { Kind = JournalRecordKind.Skipped }));

        static bool IsDone(params JournalRecord[] records)
        {
            JournalContents contents = new();
            contents.Add(Header(isResumed: false, keepsItems: false));
            foreach (JournalRecord record in records)
            {
                contents.Add(record);
            }

            contents.Add(NodeDone());
            return contents.Done.ContainsKey("A");
        }
    }

    [Fact]
    public void What_was_not_done_cannot_be_restored()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, keepsItems: false));
        contents.Add(Mapped(2));
        contents.Add(Done(0, "x", "x"));
        contents.Add(Header(isResumed: true, keepsItems: true));
        contents.Add(Restored(0, "x"));

        Assert.Throws<FormatException>(() => contents.Add(Restored(1, "x")));
        Assert.Throws<FormatException>(() => contents.Add(Restored(1, "y")));
    }

    [Fact]
    public void A_run_writes_its_items_and_the_next_one_takes_them_over()
    {
        TestRun first = Run(
            resumed: false,
            run => run.Script("A", Step.Map(["x", "y", "x", "bad"], keys: ["x", "y", "x", "bad"]))
                .ScriptItem("A", 0, Step.Fail(), Step.Succeed(output: "x0"))
                .ScriptItem("A", 1, Step.Succeed(output: "y1"))
                .ScriptItem("A", 2, Step.Succeed(output: "x2"))
                .ScriptItem("A", 3, Step.Fail(), Step.Fail()));
        Assert.Equal(NodeState.Failed, first.StateOf("A"));
        JournalContents contents = _folder.Read();
        Assert.Empty(contents.Done);
        Assert.Equal(["x", "x", "y"], contents.ItemsOf("A").Select(item => item.Value).Order());
        JournalReplay replay = JournalReplay.Of(contents.Runs[^1], goesOn: false, Start);
        Assert.Equal(new ItemCounts(4, 0, 0, 3, 1, 0, 0), replay.ItemsOf(0));
        Assert.Equal("it broke", contents.Runs[^1].Records.Last(record => record is { Item: 3, Kind: JournalRecordKind.Failed }).Message);
        Assert.Equal(
            [(int?)null, 0, 1, 2, 3, 0, 3],
            contents.Runs[^1].Records.Where(record => record.Kind == JournalRecordKind.Started).Select(record => record.Item));

        TestRun second = Run(
            resumed: true,
            run => run.Script("A", Step.Map(
                    ["new", "x", "y"], restored: new Dictionary<int, object?> { [1] = "x2", [2] = "y1" }, keys: ["new", "x", "y"]))
                .ScriptItem("A", 0, Step.Succeed(output: "new0")));
        Assert.Equal(NodeState.Succeeded, second.StateOf("A"));
        Assert.Equal(["new0", "x2", "y1"], _folder.Read().Done["A"].ItemOutputs!);
        Assert.Equal(
            new ItemCounts(3, 0, 0, 3, 0, 0, 0), JournalReplay.Of(_folder.Read().Runs[^1], goesOn: false, Start).ItemsOf(0));
    }

    [Fact]
    public void Where_items_are_skipped_the_node_s_own_record_has_what_all_gave_back()
    {
        Run(
            resumed: false,
            run => run.Script("A", Step.Map(["x", "y"], keys: ["x", "y"], text: "x and y"))
                .ScriptItem("A", 0, Step.Skip(reason: "no need"))
                .ScriptItem("A", 1, Step.Succeed(output: "y1")));

        JournalSuccess done = _folder.Read().Done["A"];
        Assert.Null(done.ItemOutputs);
        Assert.Equal("2 items", done.Output);
        Assert.Equal([new JournalItemEnd(string.Empty, SkipCause.Itself, "no need"), new JournalItemEnd("y1")], done.Items!.Ends);
        Assert.Equal("x and y", done.Items.Values);
        JournalRecord skipped = _folder.Read().Runs[0].Records.Single(record => record.Kind == JournalRecordKind.Skipped);
        Assert.Equal((0, SkipCause.Itself, "no need"), (skipped.Item, skipped.SkipCause, skipped.SkipReason));
    }

    [Fact]
    public void What_items_are_is_that_of_the_last_run_which_had_them()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, keepsItems: false));
        contents.Add(Mapped(2) with { Output = "x and y" });
        contents.Add(Done(0, "x", "0"));
        contents.Add(Header(isResumed: true, keepsItems: true));
        contents.Add(Mapped(1) with { Output = "x" });
        contents.Add(Restored(0, "x"));
        contents.Add(NodeDone());
        Assert.Equal("x", contents.Done["A"].Items!.Values);

        contents.Add(Header(isResumed: true, keepsItems: false) with
        {
            Nodes = [new JournalNode("A", [], "does A") { ItemDefinition = "item", IsRestored = true }],
        });
        Assert.Equal("x", contents.Done["A"].Items!.Values);
    }

    [Fact]
    public void The_attempt_that_asked_for_the_items_ends_when_they_are_known()
    {
        JournalRecord started = Done(0, null, null) with { Kind = JournalRecordKind.Started, Item = null, Attempt = 1, Slot = 0 };
        JournalReplay replay = JournalReplay.Of(
            new JournalRun(
                Header(isResumed: false, keepsItems: false),
                [started, Mapped(2) with { Time = Start.AddSeconds(1) }, started with { Item = 1, Time = Start.AddSeconds(2) }]),
            goesOn: true,
            Start.AddSeconds(5));

        NodeHistory node = replay.History.Nodes[0];
        Assert.Equal((NodeState.Running, Start.AddSeconds(1)), (node.State, Assert.Single(node.Attempts).EndTime));
        Assert.Equal(new ItemCounts(2, 1, 0, 0, 0, 0, 0), replay.ItemsOf(0));
    }

    [Fact]
    public void What_items_came_to_and_how_long_they_took_is_told_again()
    {
        JournalRecord Started(int item, double time, int attempt = 1) =>
            Done(item, null, null) with { Kind = JournalRecordKind.Started, Attempt = attempt, Slot = item, Time = Start.AddSeconds(time) };
        JournalReplay replay = JournalReplay.Of(
            new JournalRun(
                Header(isResumed: false, keepsItems: false),
                [
                    Mapped(4), Restored(3, "z"), Started(0, 1), Started(1, 1), Done(0, null, null) with { Time = Start.AddSeconds(3) },
                    Done(1, null, null) with { Kind = JournalRecordKind.AttemptFailed, Time = Start.AddSeconds(2), Message = "no" },
                    Started(1, 5, attempt: 2),
                    Done(1, null, null) with
                    {
                        Kind = JournalRecordKind.Failed, Time = Start.AddSeconds(6), StartTime = Start.AddSeconds(1), Attempts = 2,
                        Message = "no route", Position = "x.ps1:3", FailureKind = FailureKind.Error,
                    },
                    Started(2, 6),
                ]),
            goesOn: false,
            Start.AddSeconds(9));

        NodeHistory node = replay.History.Nodes[0];
        Assert.Equal(new ItemCounts(4, 1, 0, 2, 1, 0, 0), node.Items);
        Assert.Equal(TimeSpan.FromSeconds(4), node.WorkOfItems);
        Assert.Equal(
            [
                (1, 1, 1, AttemptOutcomeKind.Failed), (0, 1, 0, AttemptOutcomeKind.Succeeded), (1, 2, 1, AttemptOutcomeKind.Failed),
                (2, 1, 2, (AttemptOutcomeKind?)null),
            ],
            node.ItemAttempts.OrderBy(item => item.Attempt.EndTime ?? DateTimeOffset.MaxValue)
                .Select(item => (item.Item, item.Attempt.Number, item.Attempt.Slot, item.Attempt.Outcome)));
        Assert.Equal(
            new ItemEnding("A#1", null, "no route", "x.ps1:3", 2, TimeSpan.FromSeconds(5)),
            Assert.Single(replay.FailedItemsOf(0, most: 10)));
        Assert.Empty(replay.FailedItemsOf(0, most: 0));
    }

    private static JournalHeader Header(bool isResumed, bool keepsItems) => JournalFolder.Header(isResumed, [], ["A"]) with
    {
        Nodes = [new JournalNode("A", [], "does A") { ItemDefinition = "item", KeepsItems = keepsItems }],
    };

    private static JournalRecord Mapped(int count) =>
        new() { Kind = JournalRecordKind.Mapped, Time = Start, Node = "A", Count = count };

    private static JournalRecord Done(int item, string? value, string? output) =>
        new() { Kind = JournalRecordKind.Succeeded, Time = Start, Node = "A", Item = item, Value = value, Output = output };

    private static JournalRecord Restored(int item, string value) =>
        new() { Kind = JournalRecordKind.Restored, Time = Start, Node = "A", Item = item, Value = value };

    private static JournalRecord NodeDone() => new() { Kind = JournalRecordKind.Succeeded, Time = Start, Node = "A" };

    private static IEnumerable<(string Value, int Index)> Items(JournalContents contents) =>
        contents.ItemsOf("A").Select(item => (item.Value, item.Index));

    /// <summary>Runs a node with two attempts an item, with a journal.</summary>
    private TestRun Run(bool resumed, Func<TestRun, TestRun> script)
    {
        Node[] nodes = [new Node("A") { IsMapped = true, Retry = new RetryPolicy { Count = 1 } }];
        JournalFile file = JournalFile.Open(_folder.Path);
        using RunJournal journal = file.Begin(
            Header(resumed, keepsItems: resumed),
            DagGraph.Create(nodes, [], new Dictionary<string, int>()),
            (success, _) => success.Output is NodeItems items ? $"{items.Count} items" : (string?)success.Output);
        TestRun run = script(new TestRun(nodes, journal: new KeptAtOnce(journal))).ToEnd();
        journal.End(run.Status, Start);
        return run;
    }
}
