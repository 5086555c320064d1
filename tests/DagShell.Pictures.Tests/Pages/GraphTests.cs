using DagShell.Engine.Analysis;
using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

public sealed class GraphTests(BrowserFixture browser) : RunPageTest(browser)
{
    [BrowserFact]
    public async Task Up_to_150_nodes_have_a_box_each()
    {
        RunBuilder run = new();
        for (int i = 0; i < 150; i++)
        {
            run.Good($"n{i}", i, 1);
        }

        await OpenAsync(run.Build());
        Assert.Equal(150, await CountAsync(".dag .node"));
        await OpenAsync(run.Good("n150", 150, 1).Build());
        Assert.Equal(1, await CountAsync(".dag .node"));
        Assert.Equal("151 ✓", await TextsAsync(".dag .facts"));
    }

    [BrowserFact]
    public async Task Nodes_of_one_level_with_the_same_neighbours_fold_and_say_how_they_did()
    {
        RunBuilder run = new();
        run.Good("Start", 0, 1);
        for (int i = 0; i < 199; i++)
        {
            run.Good($"Copy {i}", 1, 1, "Start");
        }

        run.Bad("Copy 199", 1, 1, new NodeEnding("no", null, null), "Start");
        run.Good("End", 3, 1, [.. Enumerable.Range(0, 199).Select(i => $"Copy {i}")]);
        run.Skipped("Report", "Copy 199");
        await OpenAsync(run.Build());

        // It opens on what failed, with what led to it and what it broke.
        Assert.Equal("Start|Copy 199|Report", string.Join('|', (await TextsAsync(".dag .name")).Split('|').Order().Reverse().OrderBy(
            name => Array.IndexOf(["Start", "Copy 199", "Report"], name))));
        await Page.ClickAsync(".ways [data-view=whole]");
        Assert.Contains("Copy…", await TextsAsync(".dag .name"), StringComparison.Ordinal);
        Assert.Contains("199 ✓", await TextsAsync(".dag .facts"), StringComparison.Ordinal);
        await Page.ClickAsync(".dag .node.folded");
        Assert.Equal("199 nodes", await TextsAsync(".panel h3"));
        await Page.ClickAsync(".panel .line:has-text('Copy 3')");
        Assert.Equal("Copy 3", await TextsAsync(".panel h3 .name"));
        Assert.Empty(Complaints);
    }

    [BrowserTheory]
    [InlineData(1_000, 3)]
    [InlineData(20_000, 3)]
    [InlineData(20_000, 2_000)]
    [InlineData(20_000, 0)]
    public async Task There_are_never_more_than_500_boxes_and_all_around_a_node_can_be_seen(int count, int failures)
    {
        await OpenAsync(SampleRuns.Large(count, failures));

        Assert.InRange(await CountAsync(".dag .node"), 5, 500);
        await Page.ClickAsync(".ways [data-view=whole]");
        Assert.InRange(await CountAsync(".dag .node"), 5, 500);
        await Page.FillAsync(".filter input", "part-000700");
        await Page.Keyboard.PressAsync("Enter");
        await Page.ClickAsync(".panel button:has-text('Around it')");
        Assert.Equal("part-000700", await TextsAsync(".dag .node.chosen .name"));
        Assert.InRange(await CountAsync(".dag .node"), 2, 60);
        Assert.InRange(await CountAsync("*"), 100, 5_000);
        await ShootAsync($"around-{count}-{failures}");
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task A_deep_graph_is_drawn_in_bands()
    {
        RunBuilder run = new() { Status = RunStatus.Succeeded };
        for (int i = 0; i < 3_000; i++)
        {
            run.Good($"n{i}", i, 1, i == 0 ? [] : [$"n{i - 1}"]);
        }

        await OpenAsync(run.Build());
        Assert.InRange(await CountAsync(".dag .node"), 5, 500);
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task Nodes_of_an_inner_dag_fold_together()
    {
        RunBuilder run = new();
        for (int i = 0; i < 1_200; i++)
        {
            run.Good($"Deploy#{i}/Build", i, 1);
            run.Good($"Deploy#{i}/Test", i + 1, 1, $"Deploy#{i}/Build");
        }

        await OpenAsync(run.Build());
        Assert.Equal("1200 ✓|1200 ✓", await TextsAsync(".dag .facts"));
        Assert.Equal("Deploy#…|Deploy#…", await TextsAsync(".dag .name"));
    }
}
