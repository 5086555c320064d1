using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Pictures.Terminal;
using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Terminal;

public sealed class ConsoleDrawingTests
{
    [Fact]
    public void Below_a_run_stand_the_counts_and_the_failed_nodes()
    {
        IReadOnlyList<string> lines = ConsoleDrawing.Draw(DagPicture.Of(SampleRuns.Night()), 100, useColor: false);

        Assert.Contains(lines, line => line.Contains("↺ Fetch rates", StringComparison.Ordinal));
        Assert.Equal("✗ 4 failed   ✓ 3 succeeded   » 2 skipped   ↺ 1 restored", lines[^5]);
        Assert.Equal("✗ Load 1 at /srv/load.ps1:42: Cannot open table 1000 of 'Load 1': the disk is <full>", lines[^4]);
        Assert.Equal("✗ Warm the cache at /srv/warm.ps1:7: no route to host", lines[^1]);
        Assert.All(ConsoleDrawing.Draw(DagPicture.Of(SampleRuns.Night()), 30, useColor: false), line => Assert.InRange(line.Length, 0, 30));
    }

    [Fact]
    public void Of_a_run_higher_than_the_window_only_what_is_near_to_failed_and_running_nodes_is_drawn()
    {
        RunBuilder run = new();
        run.Good("Start", 0, 1);
        for (int i = 1; i < 300; i++)
        {
            run.Good($"n{i}", i, 1, i < 20 ? ["Start"] : [$"n{i - 17}", $"n{i - 12}"]);
        }

        run.Bad("Broken", 300, 1, new NodeEnding("no", "x.ps1:1", null), "n40", "n41");
        run.Skipped("After", "Broken");
        DagPicture picture = DagPicture.Of(run.Build());
        int whole = ConsoleDrawing.Draw(picture, 100, useColor: false).Count;
        IReadOnlyList<string> lines = ConsoleDrawing.Draw(picture, 100, useColor: false, height: 40);

        Assert.True(whole > 40, $"{whole} lines");
        Assert.InRange(lines.Count, 8, 20);
        Assert.Contains(lines, line => line.Contains("✗ Broken", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("n41", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("» After", StringComparison.Ordinal));
        Assert.Contains("… and 298 more nodes, not shown here: 298 succeeded", lines);
        Assert.Equal("✗ Broken at x.ps1:1: no", lines[^1]);
    }

    [Fact]
    public void A_run_in_which_nothing_failed_or_runs_is_drawn_as_a_whole()
    {
        RunBuilder run = new() { Status = RunStatus.Succeeded };
        for (int i = 0; i < 40; i++)
        {
            run.Good($"n{i}", i, 1, i == 0 ? [] : [$"n{i - 1}"]);
        }

        DagPicture picture = DagPicture.Of(run.Build());
        Assert.Equal(
            ConsoleDrawing.Draw(picture, 100, useColor: false).Count, ConsoleDrawing.Draw(picture, 100, useColor: false, height: 20).Count);
    }

    [Fact]
    public void A_node_with_items_says_how_many_there_are()
    {
        IReadOnlyList<string> lines = ConsoleDrawing.Draw(DagPicture.Of(SampleRuns.Fleet(1_000)), 100, useColor: false);

        Assert.Contains(lines, line => line.Contains("┃ 1,000 items, 10 failed ┃", StringComparison.Ordinal));
    }

    [Fact]
    public void Dags_that_are_nodes_become_boxes_where_there_is_no_room_for_what_is_inside()
    {
        DagPicture picture = DagPicture.Of("x", null, Nested(
            Inside("Deploy", 12), new Node("Between") { DependsOn = ["Deploy"] }, Inside("Check", 9, "Between"), new Node("End")));

        IReadOnlyList<string> lines = ConsoleDrawing.Draw(picture, 60, useColor: false);

        Assert.Contains(lines, line => line.Contains("║  Deploy  ║", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("║ 12 nodes ║", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("║ 9 nodes ║", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("│ Between │", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("Deploy/", StringComparison.Ordinal));
        Assert.Contains(
            ConsoleDrawing.Draw(picture, 400, useColor: false), line => line.Contains("│ Deploy/n3 │", StringComparison.Ordinal));
    }

    private static (Node Node, Node[] Inside) Inside(string name, int count, params string[] dependsOn)
    {
        Node node = new(name) { IsDag = true, OpensAtOnce = true, DependsOn = dependsOn };
        return (node, [.. Enumerable.Range(0, count).Select(inner => new Node($"n{inner}").InsideOf(node))]);
    }

    private static DagGraph Nested(params Either[] nodes)
    {
        Dictionary<string, int> pools = [];
        return DagGraph.Create(
            [.. nodes.Select(node => node.Node)], [], pools,
            nodes.Where(node => node.Inside.Length > 0).ToDictionary(node => node.Node, node => DagGraph.Create(node.Inside, [], pools)));
    }

    /// <summary>A node, or one with what is inside of it.</summary>
    private readonly record struct Either(Node Node, Node[] Inside)
    {
        public static implicit operator Either(Node node) => new(node, []);

        public static implicit operator Either((Node Node, Node[] Inside) dag) => new(dag.Node, dag.Inside);
    }
}
