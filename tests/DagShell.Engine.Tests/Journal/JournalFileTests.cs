using System.Text;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>What is written is read, whatever the process and the disk came to; and nothing else is taken for it.</summary>
public sealed class JournalFileTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        const string Output = "<a b=\"c\">\\ ' ü \u2028 \r\n \0 😀</a>";
        using (RunJournal journal = _folder.Begin(isResumed: false, "A", "ünï \"q\" \\ 😀"))
        {
            journal.NodeWaiting(1, new NodeFailure(FailureKind.AttemptTimedOut, "too \"long\"\n"), TimeSpan.FromSeconds(1.5));
            Succeed(journal, 0, "");
            Succeed(journal, 1, Output);
            journal.End(RunStatus.Cancelled, Start.AddSeconds(5));
        }

        JournalContents contents = _folder.Read();
        JournalRun run = Assert.Single(contents.Runs);
        Assert.Equal(("nightly", Start, 5), (run.Header.DagName, run.Header.StartTime, run.Header.ThrottleLimit));
        Assert.Equal(["A", "ünï \"q\" \\ 😀"], run.Header.Nodes.Select(node => node.Name));
        Assert.Equal(
            [JournalRecordKind.AttemptFailed, JournalRecordKind.Succeeded, JournalRecordKind.Succeeded, JournalRecordKind.Ended],
            run.Records.Select(record => record.Kind));
        Assert.Equal(
            (FailureKind.AttemptTimedOut, "too \"long\"\n", TimeSpan.FromSeconds(1.5)),
            (run.Records[0].FailureKind, run.Records[0].Message, run.Records[0].Delay));
        Assert.Equal(Output, contents.Done["ÜNÏ \"q\" \\ 😀"].Output);
        Assert.Equal("", contents.Done["A"].Output);
        Assert.Equal(TimeSpan.FromSeconds(3), contents.Durations["a"]);
        Assert.Equal(RunStatus.Cancelled, run.End?.Status);
        Assert.False(contents.IsFinished);
        Assert.False(contents.IsTorn);
    }

    [Fact]
    public void What_is_written_of_nodes_is_read()
    {
        JournalHeader header = Header(false, [], ["A"]) with
        {
            Description = "every night",
            PoolLimits = new Dictionary<string, int> { ["sql \"1\""] = 2 },
            Nodes =
            [
                new JournalNode("A", [], "does A"),
                new JournalNode("B", ["A"], "does B")
                {
                    Description = "the second", Pool = "SQL \"1\"", TriggerRule = TriggerRule.AllDone, ContinueOnError = true,
                },
            ],
        };
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            file.Begin(header, GraphOf(["A", "B"]), (_, _) => null).Dispose();
        }

        JournalHeader read = _folder.Read().Runs[0].Header;
        Assert.Equal("every night", read.Description);
        Assert.Equal([("sql \"1\"", 2)], read.PoolLimits.Select(pool => (pool.Key, pool.Value)));
        Assert.Equal(("the second", "SQL \"1\"", TriggerRule.AllDone, true), Facts(read.Nodes[1]));
        Assert.Equal((null, null, TriggerRule.AllSucceeded, false), Facts(read.Nodes[0]));

        static (string?, string?, TriggerRule, bool) Facts(JournalNode node) =>
            (node.Description, node.Pool, node.TriggerRule, node.ContinueOnError);
    }

    [Fact]
    public void A_journal_is_in_use_as_long_as_a_run_writes_to_it_and_looking_does_not_disturb_it()
    {
        Assert.False(JournalReader.IsInUse(_folder.Path));
        using (RunJournal journal = _folder.Begin(isResumed: false, "A"))
        {
            byte[] before = _folder.Bytes;
            Assert.True(JournalReader.IsInUse(_folder.Path));
            _folder.Read();
            Assert.Equal(before, _folder.Bytes);
            Succeed(journal, 0, "a");
        }

        Assert.False(JournalReader.IsInUse(_folder.Path));
        Assert.Equal([_folder.Path], Directory.GetFiles(_folder.Folder));
    }

    [Fact]
    public void A_run_that_succeeded_is_finished()
    {
        Write("A");

        Assert.True(_folder.Read().IsFinished);
    }

    [Fact]
    public void A_resumed_run_is_added_and_what_it_did_not_take_over_is_not_done_any_more()
    {
        using (RunJournal first = _folder.Begin(isResumed: false, "A", "B", "C"))
        {
            Succeed(first, 0, "a");
            Succeed(first, 1, "b");
        }

        using (RunJournal second = _folder.Begin(isResumed: true, ["A"], ["A", "B", "C"]))
        {
            Succeed(second, 2, "c");
        }

        JournalContents contents = _folder.Read();
        Assert.Equal([false, true], contents.Runs.Select(run => run.Header.IsResumed));
        Assert.Equal(["A", "C"], contents.Done.Keys.Order());
        Assert.Equal(TimeSpan.FromSeconds(3), contents.Durations["B"]);
    }

    [Fact]
    public void A_node_is_done_as_long_as_its_definition_and_all_before_it_are_the_same()
    {
        DagGraph graph = DagGraph.Create(
            [new("C") { DependsOn = ["B"] }, new("A"), new("B") { DependsOn = ["A"] }, new("new")], [], new Dictionary<string, int>());
        using (RunJournal journal = _folder.Begin(isResumed: false, "C", "A", "B"))
        {
            Succeed(journal, 0, "c");
            Succeed(journal, 1, "a");
            Succeed(journal, 2, "b");
        }

        JournalContents contents = _folder.Read();
        Assert.Equal([0, 1, 2], contents.FindDone(graph, ["does C", "does A", "does B", "does new"]).Done.Keys.Order());
        Assert.Equal([1], contents.FindDone(graph, ["does C", "does A", "does B otherwise", "does new"]).Done.Keys.Order());
        Assert.Empty(contents.FindDone(graph, ["does C", "does something else", "does B", "does new"]).Done);
    }

    [Fact]
    public void A_new_run_takes_the_place_of_the_old_one()
    {
        Write("A", "B");
        Write("A");

        JournalContents contents = _folder.Read();
        Assert.Single(contents.Runs);
        Assert.Equal(["A"], contents.Done.Keys);
    }

    [Fact]
    public void A_success_without_output_is_not_done()
    {
        using (RunJournal journal = _folder.Begin(isResumed: false, "A"))
        {
            Succeed(journal, 0, null);
        }

        Assert.Empty(_folder.Read().Done);
        Assert.Equal(TimeSpan.FromSeconds(3), _folder.Read().Durations["A"]);
    }

    [Fact]
    public void Of_a_file_cut_anywhere_all_whole_lines_count_and_it_can_be_gone_on_with()
    {
        using (RunJournal journal = _folder.Begin(isResumed: false, "A", "B"))
        {
            Succeed(journal, 0, "a");
            Succeed(journal, 1, "b");
        }

        byte[] whole = _folder.Bytes;
        for (int length = 0; length <= whole.Length; length++)
        {
            _folder.Bytes = whole[..length];
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            JournalContents contents = _folder.Read();
            Assert.Equal(Math.Max(0, lines - 1), contents.Done.Count);
            Assert.Equal(length > 0 && whole[length - 1] != '\n', contents.IsTorn);
            if (length % 20 > 0 && length > 0 && whole[length - 1] != '\n')
            {
                // Going on takes flushes, each of some milliseconds.
                continue;
            }

            string[] done = [.. contents.Done.Keys];
            using (RunJournal journal = _folder.Begin(isResumed: lines > 0, done, ["A", "B"]))
            {
                Succeed(journal, 1, "b again");
                journal.End(RunStatus.Succeeded, Start);
            }

            Assert.True(_folder.Read().IsFinished);
            Assert.Equal("b again", _folder.Read().Done["B"].Output);
        }
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("h")]
    [InlineData("{\"journal\":\"Other\",\"version\":1}\n")]
    [InlineData("\0\0\0\0")]
    public void Another_file_is_refused_and_left_alone(string text)
    {
        File.WriteAllText(_folder.Path, text);
        foreach (bool startsOver in new[] { false, true })
        {
            JournalException exception = Assert.Throws<JournalException>(() => JournalFile.Open(_folder.Path, startsOver));
            Assert.True(exception.IsForeign);
            Assert.Equal(1, exception.Line);
            Assert.Equal(text, File.ReadAllText(_folder.Path));
        }
    }

    [Fact]
    public void A_line_that_was_changed_is_named_and_the_file_left_alone()
    {
        Write("A", "B");
        string[] lines = _folder.Lines;
        File.WriteAllText(_folder.Path, string.Join('\n', lines[0], lines[1].Replace("out of A", "out of B"), lines[2], ""));
        byte[] before = _folder.Bytes;

        JournalException exception = Assert.Throws<JournalException>(() => JournalFile.Open(_folder.Path));
        Assert.Equal(2, exception.Line);
        Assert.False(exception.IsForeign);
        Assert.Contains("Line 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Bytes);
        using JournalFile file = JournalFile.Open(_folder.Path, startsOver: true);
        Assert.Empty(file.Contents.Runs);
    }

    [Fact]
    public void Lines_that_were_taken_away_moved_or_doubled_are_found()
    {
        Write("A", "B", "C");
        string[] lines = _folder.Lines;
        foreach (string[] changed in new string[][]
        {
            [lines[0], lines[2], lines[3]], [lines[0], lines[2], lines[1], lines[3]], [lines[0], lines[1], lines[1]], [lines[0], lines[0]],
            [lines[0], "", lines[1]], [lines[0], "{}", lines[1]], [lines[0], "null"],
        })
        {
            File.WriteAllText(_folder.Path, string.Join('\n', changed) + "\n");
            Assert.Equal(changed[1] == lines[1] ? 3 : 2, Assert.Throws<JournalException>(_folder.Read).Line);
        }
    }

    [Fact]
    public void A_journal_of_a_later_version_is_refused()
    {
        File.WriteAllText(_folder.Path, "{\"journal\":\"DagShell\",\"version\":3,\"nodes\":{}}\n");

        Assert.Contains("newer version", Assert.Throws<JournalException>(_folder.Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"event\":\"succeeded\",\"node\":\"A\"")]
    [InlineData("{\"event\":\"succeeded\",\"time\":\"2026-01-01T00:00:00Z\",\"node\":\"stranger\"")]
    [InlineData("{\"event\":\"exploded\",\"time\":\"2026-01-01T00:00:00Z\",\"node\":\"A\"")]
    [InlineData("{\"event\":\"ended\",\"time\":\"2026-01-01T00:00:00Z\",\"status\":\"7\"")]
    [InlineData("{\"event\":\"started\",\"time\":\"yesterday\",\"node\":\"A\"")]
    [InlineData("{\"event\":\"started\",\"time\":\"2026-01-01T00:00:00Z\",\"node\":[\"A\"]")]
    [InlineData("{\"event\":\"started\",\"time\":\"2026-01-01T00:00:00Z\",\"node\":\"A\",\"attempt\":1e99")]
    [InlineData("{\"journal\":\"DagShell\",\"version\":1,\"event\":\"run\",\"run\":1")]
    [InlineData("{\"journal\":")]
    [InlineData("[[[[[[")]
    public void A_line_with_the_right_checksum_that_means_nothing_is_refused(string line)
    {
        _folder.Begin(isResumed: false, "A").Dispose();
        uint checksum = _folder.Read().Checksum;
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        checksum = LineChecksum.Add(checksum, bytes);
        _folder.Bytes = [.. _folder.Bytes, .. bytes, .. LineChecksum.Suffix(checksum), (byte)'\n'];

        Assert.Equal(2, Assert.Throws<JournalException>(_folder.Read).Line);
    }

    [Fact]
    public void Only_one_run_at_a_time_writes_and_others_may_read()
    {
        using (RunJournal journal = _folder.Begin(isResumed: false, "A"))
        {
            Assert.Contains("Another run", Assert.Throws<JournalInUseException>(() => JournalFile.Open(_folder.Path)).Message,
                StringComparison.Ordinal);
            Succeed(journal, 0, "a");
            Assert.Equal(["A"], _folder.Read().Done.Keys);
            Assert.Equal(2, _folder.Lines.Length);
        }

        using JournalFile file = JournalFile.Open(_folder.Path);
        Assert.Equal([_folder.Path], Directory.GetFiles(_folder.Folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told() =>
        Assert.Throws<DirectoryNotFoundException>(() => JournalFile.Open(Path.Combine(_folder.Folder, "none", "journal")));

    [Fact]
    public void A_hundred_thousand_nodes_are_read()
    {
        string[] nodes = [.. Enumerable.Range(0, 100_000).Select(index => $"a node with a name of some length {index}")];
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            using RunJournal journal = file.Begin(Header(false, [], nodes), GraphOf(nodes), (_, _) => new string('x', 100));
            using var recorded = new CountdownEvent(nodes.Length);
            for (int node = 0; node < nodes.Length; node++)
            {
                journal.Record(new NodeSuccess(node, null, 1, Start, Start), kept => recorded.Signal(kept.Count));
            }

            recorded.Wait();
        }

        // A second on a quiet machine is more than it takes; a reader that is not linear takes minutes.
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal(nodes.Length, _folder.Read().Done.Count);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Fact]
    public void A_run_of_some_nodes_does_not_finish_its_dag_and_keeps_what_is_done_elsewhere()
    {
        string[] all = ["A", "B", "C"];
        using (RunJournal first = Begin(isResumed: false, [], outside: ["B", "C"]))
        {
            Succeed(first, 0, "a");
            first.End(RunStatus.Succeeded, Start);
        }

        Assert.False(_folder.Read().IsFinished);
        using (RunJournal second = Begin(isResumed: true, restored: ["A"], outside: ["A", "C"]))
        {
            Succeed(second, 1, "b");
            second.End(RunStatus.Succeeded, Start);
        }

        JournalContents contents = _folder.Read();
        Assert.False(contents.IsFinished);
        Assert.Equal(["A", "B"], contents.Done.Keys.Order());
        DagGraph graph = JournalReplay.Of(contents.Runs[^1], goesOn: false, Start).History.Graph;
        Assert.Equal(["B"], Enumerable.Range(0, graph.Count).Select(index => graph[index].Name));
        using (RunJournal third = Begin(isResumed: true, restored: ["A", "B"], outside: ["A", "B"]))
        {
            Succeed(third, 2, "c");
            third.End(RunStatus.Succeeded, Start);
        }

        Assert.True(_folder.Read().IsFinished);

        RunJournal Begin(bool isResumed, string[] restored, string[] outside)
        {
            JournalHeader header = Header(isResumed, restored, all);
            header = header with { Nodes = [.. header.Nodes.Select(node => node with { IsOutside = outside.Contains(node.Name) })] };
            return JournalFile.Open(_folder.Path).Begin(header, GraphOf(all), (success, _) => (string?)success.Output);
        }
    }

    [Fact]
    public void What_cannot_be_restored_is_not_done_nor_is_what_depends_on_it()
    {
        DagGraph graph = DagGraph.Create(
            [new("A"), new("B") { DependsOn = ["A"] }, new("C") { DependsOn = ["B"] }], [], new Dictionary<string, int>());
        Write("A", "B", "C");

        Assert.Equal([0], _folder.Read().FindDone(graph, ["does A", "does B", "does C"], (node, output) => output != "out of B").Done.Keys);
    }

    [Fact]
    public void The_salt_of_secrets_is_kept()
    {
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            file.Begin(Header(false, [], ["A"]) with { Salt = "pepper+/=" }, GraphOf(["A"]), (_, _) => null).Dispose();
        }

        Assert.Equal("pepper+/=", _folder.Read().Runs[0].Header.Salt);
    }

    private void Write(params string[] nodes)
    {
        using RunJournal journal = _folder.Begin(isResumed: false, nodes);
        for (int node = 0; node < nodes.Length; node++)
        {
            Succeed(journal, node, "out of " + nodes[node]);
        }

        journal.End(RunStatus.Succeeded, Start);
    }
}
