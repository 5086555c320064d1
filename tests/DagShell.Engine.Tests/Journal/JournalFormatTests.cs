using System.Text;
using System.Text.Json;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>
/// Every property of headers and records comes back as it went; what is no journal of this format is refused, and says why.
/// </summary>
public sealed class JournalFormatTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_of_a_record_is_read_as_it_was_written()
    {
        var record = new JournalRecord
        {
            Kind = JournalRecordKind.AttemptFailed,
            Time = Start.AddTicks(12_345_678_901),
            Node = "A",
            Item = 7,
            Count = 12,
            Value = "Zm9v",
            Attempt = 2,
            Slot = 3,
            Host = "build01",
            ReadyTime = Start.AddTicks(1),
            WaitedFrom = Start.AddTicks(2),
            ParkedTime = Start.AddTicks(3),
            UnparkedTime = Start.AddTicks(99_999_999),
            StartTime = Start.AddTicks(-1),
            Attempts = 4,
            Output = "<a b=\"c\">\\ ' ü \u2028 \r\n \0 \u001f 😀</a>,\"output\":\"",
            FailureKind = FailureKind.SessionLost,
            Message = "it \"broke\",\"output\":\"no\"\n",
            Position = "x.ps1:7",
            Delay = TimeSpan.FromTicks(15_000_001),
            SkipCause = SkipCause.Itself,
            SkippedBy = "B",
            SkipReason = "nothing to do",
            CancelCause = CancelCause.FailFast,
            CancelledBy = "C",
            Status = RunStatus.Cancelled,
            ShownOutput = "first\nsecond \"***\",\"output\":\"",
            Log = [new JournalLogLine(Start.AddSeconds(1), "Warning", "careful \"now\""), new JournalLogLine(Start, "Output", "")],
            Nodes = [new JournalNode("A/B", ["A/C"], "does B") { Pool = "sql" }, new JournalNode("A/C", [], "does C")],
        };

        JournalRecord read = WriteAndRead(record, null);

        Assert.Equal(record.Log, read.Log);
        Assert.Equal(record.Nodes.Select(Describe), read.Nodes.Select(Describe));
        Assert.Equal(record with { Log = [], Nodes = [] }, read with { Log = [], Nodes = [] });
    }

    [Theory]
    [InlineData(1, 'x')]
    [InlineData(300_000, 'ü')]
    [InlineData(5_000_000, '"')]
    [InlineData(1_000_000, '\\')]
    [InlineData(400_001, '\n')]
    public void An_output_of_any_length_comes_back(int length, char letter)
    {
        string output = new string(letter, length) + "😀" + new string('y', 20_000) + "😀";

        Assert.Equal(output, WriteAndRead(Success(output), null).Output);
    }

    [Fact]
    public void Where_pieces_of_an_output_end_makes_no_difference()
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            string output = string.Concat(
                Enumerable.Range(0, random.Next(40_000)).Select(_ => random.Next(3) == 0 ? "😀" : "\"a"[random.Next(2)..]));
            Assert.Equal(output, WriteAndRead(Success(output), Success("before")).Output);
        }
    }

    [Fact]
    public void Lines_are_JSON()
    {
        using (RunJournal journal = _folder.Begin(isResumed: false, "A", "B"))
        {
            Succeed(journal, 0, "<S>\"quoted\"</S>");
            journal.End(RunStatus.Failed, Start.AddSeconds(5));
        }

        Assert.All(_folder.Lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Equal(4, JsonDocument.Parse(_folder.Lines[0]).RootElement.GetProperty("version").GetInt32() + 2);
        Assert.Equal("<S>\"quoted\"</S>", JsonDocument.Parse(_folder.Lines[1]).RootElement.GetProperty("output").GetString());
    }

    [Fact]
    public void All_of_a_header_is_read_as_it_was_written()
    {
        var origin = new RunOrigin(Guid.NewGuid(), new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Local));
        JournalHeader header = Header(false, [], ["A"]) with
        {
            Description = "every \"night\"",
            Salt = "c2FsdA==",
            Host = "build01",
            ProcessId = 4711,
            PoolLimits = new Dictionary<string, int> { ["sql"] = 2 },
            Nodes =
            [
                new JournalNode("A", [], "does A", IsRestored: true, TimeSpan.FromTicks(12_345_678)) { Origin = origin },
                new JournalNode("B", ["A"], "does B")
                {
                    Description = "the second", Pool = "sql", TriggerRule = TriggerRule.AllDone, ContinueOnError = true, IsOutside = true,
                },
                new JournalNode("C", ["A"], "does C") { CleanUpOf = ["A"] },
                new JournalNode("D", [], "does D") { FallbackFor = "B", IsFallenBack = true, Origin = origin },
            ],
        };
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            file.Begin(header, GraphOf(["A"]), (_, _) => null).Dispose();
        }

        JournalHeader read = _folder.Read().Runs[0].Header;
        Assert.Equal(header.Nodes.Select(Describe), read.Nodes.Select(Describe));
        Assert.Equal(header.PoolLimits, read.PoolLimits);
        JournalHeader same = header with { Nodes = read.Nodes, PoolLimits = read.PoolLimits };
        Assert.Equal(same, read);
    }

    [Fact]
    public void A_journal_of_the_first_version_is_refused_and_it_is_said_what_to_do()
    {
        File.WriteAllText(
            _folder.Path,
            """
            {"journal":"DagShell","version":1,"event":"run","run":"9d1b6f0c-6d3c-4f4e-9a52-6a5f1b1f4a11","time":"2026-03-01T12:00:00+00:00"}
            """ + "\n");

        JournalException refused = Assert.Throws<JournalException>(_folder.Read);

        Assert.Contains("DagShell 0.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("start over", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsForeign);
        JournalFile.Open(_folder.Path, startsOver: true).Dispose();
    }

    [Theory]
    [InlineData("""{"event":"succeeded","time":1,"node":"A","failure":"NoSuchFailure"}""")]
    [InlineData("""{"event":"succeeded","time":1,"node":"A","failure":"0"}""")]
    [InlineData("""{"event":"succeeded","time":1}""")]
    [InlineData("""{"event":"succeeded","node":"A"}""")]
    [InlineData("""{"event":"ended","time":1}""")]
    [InlineData("""{"event":"nothing","time":1,"node":"A"}""")]
    [InlineData("""{"event":null,"time":1,"node":"A"}""")]
    [InlineData("""{"event":"started","time":1e300,"node":"A"}""")]
    [InlineData("""{"event":"started","time":"1","node":"A"}""")]
    [InlineData("""{"event":"attemptFailed","time":1,"node":"A","delay":-1}""")]
    [InlineData("""{"event":"attemptFailed","time":1,"node":"A","log":[null]}""")]
    [InlineData("""{"event":"attemptFailed","time":1,"node":"A","log":[{"time":1,"stream":null,"text":""}]}""")]
    [InlineData("""{"event":"expanded","time":1,"node":"A","nodes":[{"name":"B","definition":"b","dependsOn":[null]}]}""")]
    [InlineData("""{"event":"expanded","time":1,"node":"A","nodes":[{"name":"B"}]}""")]
    [InlineData("""{"event":"expanded","time":1,"node":"A","nodes":[{"name":"B","definition":"b","origin":0}]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void What_is_no_record_is_none(string line)
    {
        Exception refused = Assert.ThrowsAny<Exception>(() => JournalFormat.ReadRecord(Encoding.UTF8.GetBytes(line), Start));

        Assert.True(refused is FormatException or JsonException, refused.ToString());
    }

    [Fact]
    public void Nodes_of_inner_dags_may_be_known_later()
    {
        JournalContents contents = new();
        contents.Add(Header(false, [], ["Deploy"]));
        contents.Add(new JournalRecord
        {
            Kind = JournalRecordKind.Expanded,
            Time = Start,
            Node = "Deploy",
            Nodes = [new JournalNode("Deploy/Build", [], "builds"), new JournalNode("Deploy/Test", ["Deploy/Build"], "tests")],
        });
        contents.Add(new JournalRecord { Kind = JournalRecordKind.Succeeded, Time = Start, Node = "Deploy/Build", Output = "built" });

        Assert.Equal("builds", contents.Done["deploy/build"].Definition);
        JournalReplay replay = JournalReplay.Of(contents.Runs[0], goesOn: false, Start);
        Assert.Equal(3, replay.History.Nodes.Count);
        Assert.Equal(NodeState.Succeeded, replay.History.Nodes[1].State);
    }

    [Fact]
    public void Scripts_of_nodes_that_come_later_are_written_once_and_read_again()
    {
        string known = "known";
        string own = "another";
        JournalNode Inner(string name, string? script) => new(name, [], "d") { Outer = "A", Script = script };
        JournalRecord Expanded(params JournalNode[] nodes) =>
            new() { Kind = JournalRecordKind.Expanded, Time = Start, Node = "A", Nodes = nodes };
        Dictionary<object, int> written = new(ReferenceEqualityComparer.Instance) { [known] = 0 };
        using MemoryStream stream = new();
        using (LineWriter lines = new(stream, LineChecksum.Start))
        {
            JournalFormat.Write(Expanded(Inner("A/X", known), Inner("A/Y", own), Inner("A/Z", null)), Start, lines, written);
            JournalFormat.Write(Expanded(Inner("A/V", own)), Start, lines, written);
            lines.Flush();
        }

        string[] text = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<string> scripts = ["known"];
        JournalRecord Read(string line) => JournalFormat.ReadRecord(
            Encoding.UTF8.GetBytes(line), Start, readsOutput: true, scripts);
        Assert.Equal(["known", "another", null], Read(text[0]).Nodes.Select(node => node.Script));
        Assert.Equal(["another"], Read(text[1]).Nodes.Select(node => node.Script));
        Assert.DoesNotContain("another", text[1], StringComparison.Ordinal);
        Assert.Null(JournalFormat.ReadRecord(Encoding.UTF8.GetBytes(text[0]), Start).Nodes[0].Script);
        Assert.Throws<FormatException>(() => JournalFormat.ReadRecord(Encoding.UTF8.GetBytes(text[1]), Start, true, []));
    }

    [Fact]
    public void What_failed_attempts_wrote_is_kept_where_somebody_gathers_it()
    {
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            JournalHeader header = Header(false, [], ["A"]);
            using RunJournal journal = file.Begin(
                header, GraphOf(["A"]), (_, _) => null, node => [new JournalLogLine(Start, "Warning", $"of {node}")]);
            journal.NodeWaiting(0, new NodeFailure(FailureKind.Error, "it broke"), TimeSpan.Zero);
            journal.NodeWaiting(0, new NodeFailure(FailureKind.PreconditionNotMet, "not yet"), TimeSpan.Zero);
        }

        Assert.Equal([1, 0], _folder.Read().Runs[0].Records.Select(record => record.Log.Count));
        Assert.Equal("of 0", _folder.Read().Runs[0].Records[0].Log[0].Text);
    }

    private static string Describe(JournalNode node) =>
        $"{node with { DependsOn = [], CleanUpOf = [] }} {string.Join(',', node.DependsOn)} {string.Join(',', node.CleanUpOf)}";

    private static JournalRecord Success(string output) =>
        new() { Kind = JournalRecordKind.Succeeded, Time = Start, Node = "A", Output = output };

    private static JournalRecord WriteAndRead(JournalRecord record, JournalRecord? before)
    {
        var stream = new MemoryStream();
        using var lines = new LineWriter(stream, LineChecksum.Start);
        if (before is not null)
        {
            JournalFormat.Write(before, Start, lines);
        }

        JournalFormat.Write(record, Start, lines);
        lines.Flush();
        Assert.Equal(stream.Length, lines.Written);
        uint checksum = LineChecksum.Start;
        byte[] line = [];
        for (int count = before is null ? 1 : 2; count > 0; count--)
        {
            byte[] left = stream.ToArray()[(line.Length == 0 ? 0 : line.Length + 1)..];
            line = left[..Array.IndexOf(left, (byte)'\n')];
            Assert.True(LineChecksum.TryVerify(line, ref checksum));
        }

        Assert.Equal(lines.Checksum, checksum);
        return JournalFormat.ReadRecord(line, Start);
    }
}
