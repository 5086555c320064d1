using DagShell.Engine.Analysis;
using DagShell.Pictures.Reports;
using DagShell.Pictures.Tests.Samples;
using Microsoft.Playwright;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>The page of several runs: nodes by runs.</summary>
public sealed class HistoryTests(BrowserFixture browser) : PageTest(browser), IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [BrowserFact]
    public async Task Rows_are_nodes_and_columns_are_runs_with_sign_and_duration_in_each_cell()
    {
        await OpenAsync(Nights());

        Assert.Equal("14 runs", await TextAsync("document.querySelector('.badge').textContent"));
        Assert.Equal(14, await Page.Locator(".head-cell").CountAsync());
        string header = await TextAsync("document.querySelector('header').textContent");
        Assert.Contains("12 succeeded, 2 failed", header, StringComparison.Ordinal);

        // The newest is the last; its failure comes first.
        Assert.Equal("Load", await TextAsync("document.querySelector('.rows .line .who').textContent"));
        Assert.Equal("✗ new", await CellAsync("Load", 13, "b"));
        Assert.Equal("✓", await CellAsync("Load", 12, "b"));
        Assert.Equal("10 s", await CellAsync("Load", 12, ".number"));
        Assert.Equal("10 s", await TextAsync("[...document.querySelectorAll('.rows .line')][0].querySelector('.median').textContent"));
        Assert.Equal("»", await CellAsync("Publish", 13, "b"));
        Assert.Equal(string.Empty, await CellAsync("Added later", 3, "b"));
        Assert.Empty(Complaints);
        Assert.Single(Requests);
    }

    [BrowserFact]
    public async Task New_failures_and_what_took_twice_its_median_are_marked_and_named_first()
    {
        await OpenAsync(Nights());

        string news = await TextAsync("document.querySelector('.news').textContent.replace(/\\s+/g, ' ')");
        Assert.Contains("1 new failure: Load (no room)", news, StringComparison.Ordinal);
        Assert.Contains("1 slow: Copy (13 s, 2.6 times its median)", news, StringComparison.Ordinal);
        Assert.Equal("✓ ▲", await CellAsync("Copy", 13, "b"));
        Assert.Equal("✗ new", await CellAsync("Copy", 5, "b"));
        Assert.Contains("twice its median or more", await Page.GetAttributeAsync(".cell.slow", "title"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_cell_opens_that_runs_page_at_that_node()
    {
        await OpenAsync(Nights());

        IPage opened = await Page.RunAndWaitForPopupAsync(() => Page.ClickAsync(".line:has-text('Load') .cell.new-failure"));
        await opened.UntilReadyAsync();
        Assert.Equal("Load", await opened.TextContentAsync(".panel h3 .name"));
        Assert.Contains("2026-11-26", await opened.TextContentAsync("header"), StringComparison.Ordinal);
        await opened.Keyboard.PressAsync("Escape");
        Assert.False(await opened.IsVisibleAsync(".panel"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task Nodes_are_found_by_name_and_by_what_befell_them()
    {
        await OpenAsync(Nights());

        await Page.ClickAsync("[data-only=failed]");
        Assert.Equal("Load,Copy", await RowsAsync());
        await Page.ClickAsync("[data-only=failed]");
        await Page.FillAsync(".filter input", "add");
        Assert.Equal("Added later", await RowsAsync());
    }

    [BrowserTheory]
    [InlineData(420, false, false)]
    [InlineData(420, true, false)]
    [InlineData(1280, false, false)]
    [InlineData(1280, true, false)]
    [InlineData(1280, false, true)]
    [InlineData(1920, true, false)]
    public async Task Nothing_is_off_the_screen(int width, bool dark, bool forced)
    {
        await OpenAsync(Nights(), new Look(width, 800, dark, forced));

        await ShootAsync($"history-{width}{(dark ? "-dark" : "")}{(forced ? "-forced" : "")}");
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Equal("true", await TextAsync(
            "document.querySelector('.rows .line .who').getBoundingClientRect().left >= 0"));
        string newest = "[...document.querySelectorAll('.head-cell')].at(-1).getBoundingClientRect().right <= innerWidth";
        Assert.Equal("true", await TextAsync(newest));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task Without_scripts_there_is_a_table()
    {
        await OpenAsync(Nights(), new Look(Scripts: false));

        Assert.True(await Page.IsVisibleAsync("table.plain"));
        Assert.Contains("Load", await Page.InnerTextAsync("table.plain"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Many_runs_of_many_nodes_have_few_elements()
    {
        await OpenAsync([.. Enumerable.Range(0, 20).Select(night => SampleRuns.Large(2_000, seed: night))]);

        Assert.InRange(await Page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 100, 5_000);
        Assert.Empty(Complaints);
    }

    /// <summary>Fourteen nights: one node fails in the last, one in the sixth, one is slow in the last, one came later.</summary>
    private static RunSnapshot[] Nights() => [.. Enumerable.Range(0, 14).Reverse().Select(night =>
    {
        bool fails = night == 13;
        RunBuilder run = new() { Status = fails || night == 5 ? RunStatus.Failed : RunStatus.Succeeded, Day = night - 13 };
        run.Good("Fetch", 0, 2);
        if (night == 5)
        {
            run.Bad("Copy", 2, 1, new NodeEnding("refused", null, null), "Fetch");
        }
        else
        {
            run.Good("Copy", 2, fails ? 13 : 5, "Fetch");
        }

        if (fails)
        {
            run.Bad("Load", 2, 4, new NodeEnding("no room", "load.ps1:3", null), "Fetch").Skipped("Publish", "Load");
        }
        else
        {
            run.Good("Load", 2, 10, "Fetch").Good("Publish", 12, 1, "Load");
        }

        return (night > 8 ? run.Good("Added later", 0, 1) : run).Build();
    })];

    private Task<string> RowsAsync() => TextAsync("[...document.querySelectorAll('.rows .line .who')].map(who => who.textContent).join()");

    private Task<string> CellAsync(string row, int run, string part) => TextAsync($$"""
        [...document.querySelectorAll('.rows .line')].find(line => line.querySelector('.who').textContent === '{{row}}')
            .querySelectorAll('.cell')[{{run}}].querySelector('{{part}}')?.textContent ?? ''
        """);

    private async Task OpenAsync(RunSnapshot[] runs, Look? look = null)
    {
        string path = _temp["history.html"];
        using (FileStream stream = File.Create(path))
        {
            RunReportFile.WriteHistory(runs, stream);
        }

        await OpenFileAsync(path, look);
        if (look is null or { Scripts: true })
        {
            await Page.UntilReadyAsync();
        }
    }
}
