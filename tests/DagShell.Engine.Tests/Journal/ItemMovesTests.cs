using DagShell.Engine.Journal;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>Dags of items are found again by the items' values, in whichever order, and in whichever dag of an item.</summary>
public sealed class ItemMovesTests
{
    private static readonly string[] Steps = ["X", "Y"];

    [Theory]
    [InlineData(300, 8)]
    public void Random_lists_lose_nothing_that_is_still_in_them(int cases, int runs)
    {
        for (int seed = 0; seed < cases; seed++)
        {
            Random random = new(seed);
            JournalContents whole = new();

            // Host, item and step of what is done.
            HashSet<(string, string, string)> done = [];
            for (int run = 0; run < runs; run++)
            {
                string[] hosts = Some(random, "abcd");
                string[] items = Some(random, "1234");
                List<(JournalNode Node, (string, string, string) Means)> nodes = [.. Nodes(hosts, items)];

                // Who resumes asks what it reads, before the header is written by which others read the same.
                whole.MoveItems(nodes.Select(node => (node.Node.Name, node.Node.Outer, node.Node.ItemValue)));
                done.IntersectWith(nodes.Select(node => node.Means));
                Assert.Equal(
                    done.Order(),
                    nodes.Where(node => whole.Done.ContainsKey(node.Node.Name)).Select(node => node.Means).Order());

                JournalNode[] described = [.. nodes.Select(node => node.Node with { IsRestored = done.Contains(node.Means) })];
                whole.Add(Header(isResumed: run > 0, [], []) with { Nodes = described });
                foreach ((JournalNode node, (string, string, string) means) in nodes)
                {
                    if (Steps.Contains(means.Item3) && random.Next(3) == 0 && done.Add(means))
                    {
                        whole.Add(Done(node.Name));
                    }
                }
            }
        }
    }

    [Fact]
    public void A_journal_that_does_not_know_the_values_goes_by_places()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, [], []) with
        {
            Nodes = [new JournalNode("P", [], "P"), new JournalNode("P#0", [], "a") { Outer = "P" }],
        });
        contents.Add(Done("P#0"));
        contents.MoveItems([("P", null, null), ("P#0", "P", "a"), ("P#1", "P", "b")]);
        Assert.Equal(["P#0"], contents.Done.Keys);
    }

    [Fact]
    public void What_came_late_inside_of_one_moves_with_it()
    {
        JournalContents contents = new();
        contents.Add(Header(isResumed: false, [], []) with
        {
            Nodes =
            [
                new JournalNode("P", [], "P"),
                new JournalNode("P#0", [], "a") { Outer = "P", ItemValue = "a" },
                new JournalNode("P#0/Late", [], "Late") { Outer = "P#0" },
            ],
        });
        contents.Add(new JournalRecord
        {
            Kind = JournalRecordKind.Expanded,
            Time = Start,
            Node = "P#0/Late",
            Nodes = [new JournalNode("P#0/Late/In", [], "In") { Outer = "P#0/Late", ItemDefinition = "it" }],
        });
        contents.Add(Done("P#0/Late/In") with { Item = 3, Value = "v" });
        contents.Add(Done("P#0/Late/In"));
        contents.MoveItems(
            [("P", null, null), ("P#0", "P", "new"), ("P#0/Late", "P#0", null), ("P#1", "P", "a"), ("P#1/Late", "P#1", null)]);

        Assert.NotNull(contents.DoneInside("P#1/Late/In"));
        Assert.Null(contents.DoneInside("P#0/Late/In"));
        Assert.Equal("v", Assert.Single(contents.ItemsOf("P#1/Late/In")).Value);
        Assert.Equal("it", contents.ItemDefinitionOf("P#1/Late/In"));
        Assert.Null(contents.NodeOf("P#0/Late"));
    }

    private static JournalRecord Done(string node) => new()
    {
        Kind = JournalRecordKind.Succeeded,
        Time = Start,
        Node = node,
        Output = "out",
    };

    private static string[] Some(Random random, string all)
    {
        string[] shuffled = [.. all.Select(value => $"{value}")];
        random.Shuffle(shuffled);
        return shuffled[..random.Next(shuffled.Length + 1)];
    }

    private static IEnumerable<(JournalNode Node, (string, string, string) Means)> Nodes(string[] hosts, string[] items)
    {
        yield return (new JournalNode("P", [], "P"), default);
        for (int host = 0; host < hosts.Length; host++)
        {
            string outer = $"P#{host}";
            yield return (new JournalNode(outer, [], outer) { Outer = "P", ItemValue = hosts[host] }, (hosts[host], "", ""));
            yield return (new JournalNode($"{outer}/Q", [], "Q") { Outer = outer }, (hosts[host], "Q", ""));
            for (int item = 0; item < items.Length; item++)
            {
                string inner = $"{outer}/Q#{item}";
                JournalNode dag = new(inner, [], "Q#") { Outer = $"{outer}/Q", ItemValue = items[item] };
                yield return (dag, (hosts[host], items[item], ""));
                foreach (string step in Steps)
                {
                    yield return (new JournalNode($"{inner}/{step}", [], step) { Outer = inner }, (hosts[host], items[item], step));
                }
            }
        }
    }
}
