using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>Whatever becomes of the bytes of a journal: it is read up to a line, or refused; nothing counts as done that was not.</summary>
public sealed class JournalFuzzTests : IDisposable
{
    private const int Rounds = 6_000;

    /// <summary>A node with items.</summary>
    private const string Mapped = "F";
    private const int MappedIndex = 5;

    private readonly JournalFolder _folder = new();
    private readonly byte[] _bytes;
    private readonly List<int> _lineEnds = [];

    /// <summary>What is done after so many lines, written down while the journal was written.</summary>
    private readonly List<Dictionary<string, string>> _doneAfter = [];

    public JournalFuzzTests()
    {
        string[] nodes = ["A", "B", "C", "D", "E", Mapped];
        Dictionary<string, string> done = [];
        _doneAfter.Add([]);
        using (RunJournal first = Begin(isResumed: false, []))
        {
            NoteLine(done);
            Do(first, 0, "a");
            Do(first, 1, "b");
            Do(first, 2, null);
            NodeItems items = Map(first, "x", "y", "x");
            DoItem(first, items, 2, "x2");
            DoItem(first, items, 1, "y1");
        }

        done.Remove("B");
        using (RunJournal second = Begin(isResumed: true, ["A"]))
        {
            NoteLine(done);
            Do(second, 3, "d");
            Do(second, 1, "new b");
            Do(second, 4, "<x>\n</x>");
            NodeItems items = Map(second, "new", "x");
            items.Records[1] = new WorkRecord { State = NodeState.Succeeded, FromCheckpoint = true, EndTicks = Start.UtcTicks };
            second.ItemFinished(MappedIndex, items, 1);
            NoteLine(done);
            DoItem(second, items, 0, "new0");

            // What it gave back is that of its items.
            second.Record(new NodeSuccess(MappedIndex, null, 1, Start, Start) { Items = items }, static _ => { });
            done[Mapped] = "new0,x2";
            NoteLine(done);
            second.End(RunStatus.Failed, Start);
            NoteLine(done);
        }

        _bytes = _folder.Bytes;
        for (int i = 0; i < _bytes.Length; i++)
        {
            if (_bytes[i] == '\n')
            {
                _lineEnds.Add(i + 1);
            }
        }

        Assert.Equal(_doneAfter.Count - 1, _lineEnds.Count);

        RunJournal Begin(bool isResumed, string[] restored)
        {
            JournalHeader header = Header(isResumed, restored, nodes);
            header = header with
            {
                Nodes = [.. header.Nodes.Select(node =>
                    node.Name == Mapped ? node with { ItemDefinition = "it", KeepsItems = true } : node)],
            };
            return JournalFile.Open(_folder.Path).Begin(header, GraphOf(nodes), (success, _) => (string?)success.Output);
        }

        NodeItems Map(RunJournal journal, params string[] values)
        {
            NodeItems items = new(MappedIndex, Mapped, values, nodes.Length) { Keys = values };
            journal.ItemsKnown(MappedIndex, items);
            NoteLine(done);
            return items;
        }

        void DoItem(RunJournal journal, NodeItems items, int item, string output)
        {
            using var recorded = new ManualResetEventSlim();
            journal.Record(new NodeSuccess(MappedIndex, output, 1, Start, Start) { Item = item, Items = items }, _ => recorded.Set());
            recorded.Wait();
            done[$"{Mapped}#{item} of {done.Keys.Count(name => name.StartsWith(Mapped, StringComparison.Ordinal))}"] =
                $"{items.Values[item]} {output}";
            NoteLine(done);
        }

        void Do(RunJournal journal, int node, string? output)
        {
            Succeed(journal, node, output);
            if (output is not null)
            {
                done[nodes[node]] = output;
            }

            NoteLine(done);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cut_off()
    {
        for (int length = 0; length <= _bytes.Length; length++)
        {
            SeeDoneAfter(_lineEnds.Count(end => end <= length), Read(_bytes[..length])!);
        }
    }

    [Fact]
    public void With_one_bit_flipped()
    {
        for (int bit = 0; bit < _bytes.Length * 8; bit++)
        {
            byte[] changed = [.. _bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Read(changed) is { } contents)
            {
                // Only the very last line feed can be lost without harm: then the last line is a half one.
                Assert.Equal(_bytes.Length - 1, bit / 8);
                SeeDoneAfter(_lineEnds.Count - 1, contents);
            }
        }
    }

    [Fact]
    public void With_bytes_overwritten_added_or_taken_away()
    {
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            List<byte> changed = [.. _bytes];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int start = random.Next(changed.Count);
                int count = Math.Min(random.Next(1, 200), changed.Count - start);
                byte[] some = new byte[random.Next(1, 200)];
                random.NextBytes(some);
                switch (random.Next(4))
                {
                    case 0:
                        changed.RemoveRange(start, count);
                        break;
                    case 1:
                        changed.InsertRange(start, some);
                        break;
                    case 2:
                        changed.InsertRange(start, changed.GetRange(random.Next(changed.Count - count + 1), count));
                        break;
                    default:
                        for (int i = start; i < start + count; i++)
                        {
                            changed[i] = some[0];
                        }

                        break;
                }
            }

            SeeNothingWrong([.. changed]);
        }
    }

    [Fact]
    public void With_lines_at_random()
    {
        var random = new Random(2);
        string[] words = ["{", "}", "[", "]", ":", ",", "\"event\"", "\"succeeded\"", "\"node\"", "\"A\"", "\"journal\"", "\"crc\"",
            "1e999", "null", "\\u0000", "\xff"];
        for (int round = 0; round < Rounds; round++)
        {
            List<byte> changed = [];
            for (int line = 0; line < _lineEnds.Count; line++)
            {
                int source = random.Next(3) == 0 ? random.Next(_lineEnds.Count) : line;
                changed.AddRange(_bytes[(source == 0 ? 0 : _lineEnds[source - 1]).._lineEnds[source]]);
                if (random.Next(8) == 0)
                {
                    string text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => words[random.Next(words.Length)]));
                    changed.AddRange(System.Text.Encoding.Latin1.GetBytes(text + "\n"));
                }
            }

            SeeNothingWrong([.. changed]);
        }
    }

    private static JournalContents? Read(byte[] bytes)
    {
        try
        {
            JournalContents contents = JournalReader.Read(new MemoryStream(bytes), "journal", readsOutputs: true);
            foreach (JournalRun run in contents.Runs)
            {
                Assert.Equal(run.Header.Nodes.Count, JournalReplay.Of(run, goesOn: false, Start).History.Nodes.Count);
            }

            return contents;
        }
        catch (JournalException exception)
        {
            Assert.InRange(exception.Line, 1, bytes.AsSpan().Count((byte)'\n') + 1);
            return null;
        }
    }

    private void NoteLine(Dictionary<string, string> done) => _doneAfter.Add(new(done));

    private void SeeNothingWrong(byte[] changed)
    {
        if (Read(changed) is { } contents)
        {
            // What was read is the beginning of what was written.
            int same = _bytes.AsSpan().CommonPrefixLength(changed);
            SeeDoneAfter(_lineEnds.Count(end => end <= same), contents);
        }
    }

    private void SeeDoneAfter(int lines, JournalContents contents) =>
        Assert.Equal(
            _doneAfter[lines].Select(node => $"{node.Key}: {node.Value}").Order(),
            contents.Done
                .Select(node => $"{node.Key}: {(node.Value.ItemOutputs is { } items ? string.Join(',', items) : node.Value.Output)}")
                .Concat(contents.ItemsOf(Mapped).Select((item, number) => $"{Mapped}#{item.Index} of {number}: {item.Value} {item.Output}"))
                .Order());
}
