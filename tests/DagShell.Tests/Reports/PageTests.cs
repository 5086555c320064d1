using DagShell.Tests.Browsing;
using DagShell.Tests.Pictures;
using Microsoft.Playwright;

namespace DagShell.Tests.Reports;

/// <summary>The page of a run, in a browser.</summary>
public sealed class PageTests(BrowserFixture browser) : PageTest(browser), IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    private const int PictureWidth = 1200;
    private const float PictureScale = 0.6f;

    /// <summary>Written anew where DAGSHELL_README_PICTURE is set.</summary>
    private static string Picture => Path.Combine(Checkout.Root, "docs", "images", "report.png");

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [BrowserFact]
    public async Task It_is_whole_and_asks_for_nothing_but_itself()
    {
        await OpenAsync(SampleRuns.Mixed);

        Assert.Equal("Nightly", await TextAsync("document.querySelector('h1').textContent"));
        Assert.Equal("5", await TextAsync("document.querySelectorAll('table.nodes tbody tr').length"));
        Assert.Equal("5", await TextAsync("document.querySelectorAll('.dag .node').length"));
        Assert.Equal("5", await TextAsync("document.querySelectorAll('.row:not(.low) .bar').length"));
        Assert.Equal("1", await TextAsync("document.querySelectorAll('.row.low .bar.wait').length"));
        Assert.Equal("Errors,Timeline,Graph,Nodes",
            await TextAsync("[...document.querySelectorAll('h2')].map(heading => heading.textContent).join()"));
        Assert.Single(Requests);
        Assert.Empty(Complaints);
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
    }

    [BrowserFact]
    public async Task Bars_lie_in_their_rows_where_their_times_are()
    {
        await OpenAsync(SampleRuns.Mixed);

        // Copy: attempt, wait, attempt, from left to right; both attempts after Prepare.
        string order = await TextAsync("""
            [...document.querySelectorAll('.bar[data-node="0"], .bar[data-node="1"]')]
                .map(bar => ({ name: bar.textContent + (bar.classList.contains('wait') ? ' waits' : ''), left: bar.getBoundingClientRect().left }))
                .sort((one, other) => one.left - other.left).map(bar => bar.name).join()
            """);
        Assert.Equal("Prepare,Copy,Copy waits,Copy", order);
        const string IsInRow = "bar => bar.offsetLeft >= 0 && bar.offsetLeft + bar.offsetWidth <= bar.parentElement.offsetWidth + 3";
        Assert.Equal("true", await TextAsync($"[...document.querySelectorAll('.timeline .bar')].every({IsInRow})"));
    }

    [BrowserFact]
    public async Task The_table_is_sorted_and_filtered()
    {
        await OpenAsync(SampleRuns.Mixed);

        await Page.ClickAsync("table.nodes th:nth-child(2) button");
        Assert.Equal("Check,Clean up,Copy,Prepare,Publish", await RowsAsync());
        await Page.ClickAsync("table.nodes th:nth-child(2) button");
        Assert.Equal("Publish,Prepare,Copy,Clean up,Check", await RowsAsync());
        await Page.ClickAsync("table.nodes th:nth-child(3) button");
        Assert.StartsWith("Check,", await RowsAsync(), StringComparison.Ordinal);
        await Page.ClickAsync("table.nodes th:nth-child(4) button");
        Assert.EndsWith(",Copy", await RowsAsync(), StringComparison.Ordinal);

        await Page.FillAsync(".filter", "skip");
        Assert.Equal("Publish", await RowsAsync());
    }

    [BrowserFact]
    public async Task A_node_chosen_in_one_place_is_marked_in_all()
    {
        await OpenAsync(SampleRuns.Mixed);

        await Page.ClickAsync(".bar[data-node='0']");

        Assert.Equal("0", await TextAsync("[...document.querySelectorAll('.bar.chosen')].map(bar => bar.dataset.node).join()"));
        Assert.Equal("Prepare", await TextAsync("document.querySelector('tr.chosen .name').textContent"));
        Assert.Equal("4", await TextAsync("document.querySelectorAll('.dag .near.downstream:not(.edge)').length"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task The_timeline_zooms()
    {
        await OpenAsync(SampleRuns.Mixed);
        double before = double.Parse(await TextAsync("document.querySelector('.plane').offsetWidth"), null);
        int ticks = int.Parse(await TextAsync("document.querySelectorAll('.plane .axis span').length"), null);

        await Page.ClickAsync(".zoom button:nth-child(2)");
        await Page.ClickAsync(".zoom button:nth-child(2)");

        Assert.InRange(double.Parse(await TextAsync("document.querySelector('.plane').offsetWidth"), null), before * 3.9, before * 4.1);
        Assert.True(int.Parse(await TextAsync("document.querySelectorAll('.plane .axis span').length"), null) > ticks);
    }

    [BrowserFact]
    public async Task What_nodes_say_does_nothing()
    {
        _shell["names"] = Samples.HostileNames;
        await OpenAsync("""
            $nodes = $names | ForEach-Object { $name = $_; New-DagNode $name { throw $using:name } -Description $name }
            $null = $nodes | New-Dag $names[0] -Description $names[1] | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
            """);

        Assert.Equal("undefined", await TextAsync("typeof window.hacked"));
        Assert.Equal(Samples.HostileNames[0], await TextAsync("document.querySelector('.error .message').textContent"));
        Assert.Equal(Samples.HostileNames.Length.ToString(provider: null),
            await TextAsync("document.querySelectorAll('table.nodes tbody tr').length"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task The_example_of_the_README_ends_by_writing_its_report_which_looks_as_the_README_shows()
    {
        string page = _temp["artifacts/backup.html"];
        var (exitCode, text) = await RealShell.RunAsync(Path.Combine("docs", "examples", "backup.ps1"), "-Report", page);
        Assert.True(exitCode == 0, text);
        Assert.Contains(page, text, StringComparison.Ordinal);

        await OpenFileAsync(page, new Look(PictureWidth, Scale: PictureScale));
        Assert.Equal("Backup", await TextAsync("document.querySelector('h1').textContent"));
        Assert.Equal("Succeeded", await TextAsync("document.querySelector('.badge').textContent"));
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(Complaints);
        if (Environment.GetEnvironmentVariable("DAGSHELL_README_PICTURE") is { Length: > 0 })
        {
            string end = await TextAsync("Math.round(document.querySelector('.timeline').getBoundingClientRect().bottom + 18)");
            Clip part = new() { Width = PictureWidth, Height = float.Parse(end, null) };
            await Page.ScreenshotAsync(new() { Path = Picture, FullPage = true, Clip = part });
        }
    }

    [Fact]
    public void The_picture_in_the_README_is_there_and_small()
    {
        byte[] picture = File.ReadAllBytes(Picture);
        Assert.InRange(picture.Length, 5_000, 60_000);
        Assert.Equal("PNG"u8, picture.AsSpan(1, 3));
        Assert.Equal(PictureWidth * PictureScale, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)));
        Assert.Contains("docs/images/report.png", File.ReadAllText(Path.Combine(Checkout.Root, "README.md")), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Large_and_small_runs_look_right()
    {
        // What cannot be asserted is looked at: these leave pictures where DAGSHELL_SCREENSHOTS says.
        foreach (int count in (int[])[5, 40, 300])
        {
            _shell.Run(
                $"$null = @({Samples.Random(count, count).Script}) | New-Dag 'Run of {count}' | Invoke-Dag -ThrottleLimit 8 "
                + "-RunVariable run");
            foreach (bool dark in (bool[])[false, true])
            {
                await OpenAsync("$null", new Look(Dark: dark));
                Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
                await ShootAsync($"run-{count}-{(dark ? "dark" : "light")}");
            }
        }
    }

    private Task<string> RowsAsync() =>
        TextAsync("[...document.querySelectorAll('table.nodes tbody tr:not([hidden]) .name')].map(cell => cell.textContent).join()");

    private async Task OpenAsync(string script, Look? look = null)
    {
        ShellResult result = _shell.Run(script + "; $run | Export-DagRun $path -Force", ("path", _temp["run.html"]));
        Assert.Null(result.Thrown);
        await OpenFileAsync(_temp["run.html"], look);
    }
}
