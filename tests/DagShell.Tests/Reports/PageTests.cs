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

    /// <summary>Whether the picture in the README is made anew, of a backup of this checkout.</summary>
    private static bool PaintsReadme => Environment.GetEnvironmentVariable("DAGSHELL_README_PICTURE") is { Length: > 0 };

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
        Assert.Equal("5", await TextAsync("document.querySelectorAll('.table .line').length"));
        Assert.Equal("5", await TextAsync("document.querySelectorAll('.dag .node').length"));
        Assert.Equal("5", await TextAsync("document.querySelectorAll('.timeline .bar:not(.wait)').length"));
        Assert.Equal("1", await TextAsync("document.querySelectorAll('.timeline .bar.wait.retry').length"));
        Assert.Equal("What failed,Timeline,Graph,Nodes",
            await TextAsync("[...document.querySelectorAll('h2')].map(heading => heading.textContent).join()"));
        Assert.Single(Requests);
        Assert.Empty(Complaints);
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
    }

    [BrowserFact]
    public async Task It_says_what_failed_in_which_line_and_what_resumes_it()
    {
        File.WriteAllText(_temp["night.dag.ps1"], """
            New-DagNode Fetch { 1, 'two', (Get-Process -Id $PID) }
            New-DagNode Load -DependsOn Fetch {
                'one row'; Write-Warning 'it is getting full'
                throw "no room for $($Upstream.Fetch[0]) row"
            }
            New-DagNode Tell -DependsOn Load { }
            """);
        await OpenAsync("""
            Set-Location $folder
            $null = Invoke-Dag -Path ./night.dag.ps1 -Checkpoint night.journal -ThrottleLimit 2 -RunVariable run -EA SilentlyContinue
            """);

        Assert.Equal("no room for 1 row", await TextAsync("document.querySelector('.failure .message').textContent"));
        Assert.Equal(_temp["night.dag.ps1"] + ":4", await TextAsync("document.querySelector('.failure .position').textContent"));
        Assert.Equal(
            "throw \"no room for $($Upstream.Fetch[0]) row\"", await TextAsync("document.querySelector('.failure .source').textContent"));
        string said = await TextAsync("document.querySelector('.failure .log').textContent");
        Assert.Matches(@"^\d\d:\d\d:\d\d  one row\n\d\d:\d\d:\d\d  Warning: it is getting full$", said);
        Assert.Equal("1 skipped because of it: Tell", await TextAsync("document.querySelector('.failure .broke').textContent"));
        Assert.Equal(
            "Invoke-Dag -Path ./night.dag.ps1 -Checkpoint night.journal -ThrottleLimit 2 -RunVariable run -EA SilentlyContinue -Resume",
            await TextAsync("document.querySelector('.resume code').textContent"));
        await Page.ClickAsync(".table .line:has-text('Fetch')");
        string panel = await TextAsync("document.querySelector('.panel').textContent");
        Assert.Contains("1\ntwo\n[System.Diagnostics.Process]", panel, StringComparison.Ordinal);
        Assert.Contains("1, 'two', (Get-Process -Id $PID)", panel, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Of_a_journal_it_says_what_nodes_gave_out_and_that_what_they_said_was_not_kept()
    {
        ShellResult result = _shell.Run(
            """
            $null = @(
                New-DagNode Fetch { 'rows'; [pscustomobject]@{ A = 1 } }
                New-DagNode Load -RetryCount 1 { "attempt $($DagNode.Attempt)"; if ($DagNode.Attempt -eq 1) { throw 'not yet' } }
                New-DagNode Fails { 'said'; throw 'no' }
                New-DagNode Later { } -DependsOn Fails
            ) | Invoke-Dag -Checkpoint "$folder/n.journal" -ErrorAction SilentlyContinue -RunVariable run
            Export-DagRun "$folder/run.html" -Checkpoint "$folder/n.journal"
            $run | Export-DagRun "$folder/live.html"
            """, ("folder", _temp.Root));
        Assert.Null(result.Thrown);
        await OpenFileAsync(_temp["run.html"]);
        await Page.UntilReadyAsync();

        string fetch = await PanelOfAsync("Fetch");
        Assert.Contains("Outputrows\n[System.Management.Automation.PSCustomObject]", fetch, StringComparison.Ordinal);
        Assert.Contains("What it saidWhat it said is not kept in the journal", fetch, StringComparison.Ordinal);
        string load = await PanelOfAsync("Load");
        Assert.Contains("attempt 1", load, StringComparison.Ordinal);
        Assert.Contains("What its last attempt said is not kept", load, StringComparison.Ordinal);
        Assert.All([await PanelOfAsync("Fails"), await PanelOfAsync("Later")], panel =>
            Assert.DoesNotContain("not kept", panel, StringComparison.Ordinal));

        await OpenFileAsync(_temp["live.html"]);
        await Page.UntilReadyAsync();
        Assert.DoesNotContain("not kept", await PanelOfAsync("Fetch"), StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("$null = $nodes | Invoke-Dag -Checkpoint n.journal -Force -RunVariable run -EA 0 | Out-Null",
        "$nodes | Invoke-Dag -Checkpoint n.journal -RunVariable run -EA 0 -Resume")]
    [InlineData("$nodes |\n    Invoke-Dag -Checkpoint n.journal -RunVariable run -EA 0 | Out-Null",
        "$dag | Invoke-Dag -Checkpoint {0} -Resume")]
    [InlineData("Invoke-Dag $nodes -Checkpoint n.journal -RunVariable run -EA 0 | Out-Null",
        "Invoke-Dag $nodes -Checkpoint n.journal -RunVariable run -EA 0 -Resume")]
    public async Task The_line_that_resumes_is_the_users_own_where_it_is_whole(string line, string expected)
    {
        await OpenAsync($"Set-Location $folder; $nodes = New-DagNode A {{ throw 'no' }}\n{line}\n");

        Assert.Equal(
            string.Format(null, expected, _temp["n.journal"]), await TextAsync("document.querySelector('.resume code').textContent"));
    }

    [BrowserFact]
    public async Task What_nodes_say_does_nothing()
    {
        _shell["names"] = Samples.HostileNames;
        await OpenAsync("""
            $nodes = $names | ForEach-Object { $name = $_; New-DagNode $name { throw $using:name } -Description $name }
            $dag = $nodes | New-Dag $names[0] -Description $names[1]

            # One after the other: the first that ends is the first on the page.
            $null = $dag | Invoke-Dag -ThrottleLimit 1 -RunVariable run -ErrorAction SilentlyContinue
            """);

        Assert.Equal("undefined", await TextAsync("typeof window.hacked"));
        Assert.Equal(Samples.HostileNames[0], await TextAsync("document.querySelector('.failure .message').textContent"));
        Assert.Equal(Samples.HostileNames.Length.ToString(provider: null),
            await TextAsync("document.querySelectorAll('.table .line').length"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task The_example_of_the_README_ends_by_writing_its_report_which_looks_as_the_README_shows()
    {
        // The README shows a backup of the checkout; what a test needs of it is less.
        string source = Checkout.Root;
        if (!PaintsReadme)
        {
            source = _temp["checkout"];
            foreach (string folder in new[] { "docs", "module", "src", "tests" })
            {
                Directory.CreateDirectory(Path.Combine(source, folder));
                File.WriteAllText(Path.Combine(source, folder, "text.md"), folder);
            }
        }

        string page = _temp["artifacts/backup.html"];
        string script = Path.Combine("docs", "examples", "backup.ps1");
        var (exitCode, text) = await RealShell.RunAsync(script, "-Source", source, "-Report", page);
        Assert.True(exitCode == 0, text);
        Assert.Contains(page, text, StringComparison.Ordinal);

        await OpenFileAsync(page, new Look(PictureWidth, Scale: PictureScale));
        await Page.UntilReadyAsync();
        Assert.Equal("Backup", await TextAsync("document.querySelector('h1').textContent"));
        Assert.Equal("✓ Succeeded", await TextAsync("document.querySelector('.badge').textContent"));
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(Complaints);
        if (PaintsReadme)
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
        Assert.InRange(picture.Length, 5_000, 80_000);
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

    private async Task<string> PanelOfAsync(string node)
    {
        await Page.EvaluateAsync($"location.hash = 'node={node}'");
        await Page.UntilAsync($"document.querySelector('.panel .name')?.textContent === '{node}'");
        return await TextAsync("document.querySelector('.panel').textContent");
    }

    private async Task OpenAsync(string script, Look? look = null)
    {
        ShellResult result = _shell.Run(
            script + "; $run | Export-DagRun $path -Force", ("path", _temp["run.html"]), ("folder", _temp.Root));
        Assert.Null(result.Thrown);
        await OpenFileAsync(_temp["run.html"], look);
        await Page.UntilReadyAsync();
    }
}
