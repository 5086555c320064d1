using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>What somebody sees who opens the page after a night that failed, before anything is scrolled or clicked.</summary>
public sealed class FirstScreenTests(BrowserFixture browser) : RunPageTest(browser)
{
    private static readonly Look Laptop = new(1280, 800);

    [BrowserFact]
    public async Task What_failed()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);

        Assert.Equal("✗ Failed", await TextsAsync(".badge"));
        Assert.Equal("Load 1|Load 2|Load 3", await TextsAsync(".failure:first-of-type h3 a"));
        await IsSeenAsync(".badge", ".failure:first-of-type h3");
    }

    [BrowserFact]
    public async Task Why_and_in_which_line()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);

        Assert.Equal("Cannot open table 1000 of 'Load 1': the disk is <full>", await TextsAsync(".failure:first-of-type .message"));
        Assert.Equal("/srv/load.ps1:42", await TextsAsync(".failure:first-of-type .position"));
        Assert.Equal("throw \"Cannot open table $id of '$name': the disk is <full>\"", await TextsAsync(".failure:first-of-type .source"));
        await IsSeenAsync(".failure:first-of-type .message", ".failure:first-of-type .source");
    }

    [BrowserFact]
    public async Task What_it_said_last()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);

        Assert.EndsWith(
            "WARNING: 3 % left on /data\nwriting 7 GB", await TextsAsync(".failure:first-of-type .log"), StringComparison.Ordinal);
        await IsSeenAsync(".failure:first-of-type .log");
    }

    [BrowserFact]
    public async Task What_was_skipped_because_of_it()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);

        Assert.Equal("2 skipped because of them: Join, Publish", await TextsAsync(".failure:first-of-type .broke"));
        await IsSeenAsync(".failure:first-of-type .broke");
    }

    [BrowserFact]
    public async Task Which_command_resumes()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);
        await Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

        await IsSeenAsync(".resume code");
        await Page.ClickAsync(".resume [data-copy]");
        await Page.UntilAsync("document.querySelector('.resume button').textContent === 'Copied'");
        Assert.Equal("Invoke-Dag -Path /srv/nightly.dag.ps1 -Checkpoint /srv/nightly.journal -Resume", await TextsAsync(".resume code"));
    }

    [BrowserFact]
    public async Task When_it_was_how_long_it_took_why_it_ended_and_what_it_was_resumed_from()
    {
        await OpenAsync(SampleRuns.Night(), Laptop);

        string header = await TextsAsync("header");
        Assert.Contains("2026-11-26 02:00:00 +01:00 to 2026-11-26 02:00:21 +01:00", header, StringComparison.Ordinal);
        Assert.Equal("21 s", await TextsAsync("header .took"));
        Assert.Equal(
            "3 nodes failed; 2 were skipped because of that; 1 more failed without harm to the run.", await TextsAsync("header .why"));
        Assert.StartsWith("Resumed from the run of 2026-11-25 02:00:00 ", await TextsAsync(".resumed"), StringComparison.Ordinal);
        Assert.EndsWith(" (Interrupted): 1 of 10 nodes were done before.", await TextsAsync(".resumed"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Five_hundred_failures_of_one_cause_are_one_card_and_those_that_count_come_first()
    {
        RunBuilder run = new();
        run.Add(
            new Node("Optional") { ContinueOnError = true }, NodeState.Failed, 0, 1,
            [RunBuilder.Attempt(1, 0, 1, Engine.Running.AttemptOutcomeKind.Failed, "first")], new NodeEnding("first", null, null));
        for (int i = 0; i < 500; i++)
        {
            run.Bad($"host{i:000}.example.org", i, 1, new NodeEnding(
                $"No answer from host{i:000}.example.org after {i} s, request {Guid.NewGuid()} ('host{(i + 1) % 500:000}.example.org' did)",
                "patch.ps1:3", null));
        }

        run.Bad("Other", 1, 1, new NodeEnding("something else", null, null));
        await OpenAsync(run.Build());

        Assert.Equal("500 nodes", await TextsAsync(".failure:first-of-type .count"));
        Assert.Equal(3, await CountAsync(".failure"));
        Assert.Contains("and 492 more", await TextsAsync(".failure:first-of-type h3"), StringComparison.Ordinal);
        Assert.Equal("Optional", await TextsAsync(".failure.harmless h3 a"));
        Assert.Equal("Optional", await TextsAsync(".failure:last-of-type h3 a"));
    }

    [BrowserFact]
    public async Task A_run_that_was_cut_short_says_what_was_at_work_then_and_where()
    {
        RunBuilder run = new() { Status = RunStatus.Cancelled };
        foreach (string name in new[] { "Report", "Mail" })
        {
            run.Add(new Node(name), NodeState.Cancelled, null, 9, [], new NodeEnding("the run's timeout", null, null));
        }

        run.Add(
            new Node("Load"), NodeState.Cancelled, 0, 9, [RunBuilder.Attempt(1, 0, 9, Engine.Running.AttemptOutcomeKind.Stopped)],
            new NodeEnding("the run's timeout; it was at load.ps1:7", null, null));
        await OpenAsync(run.Build());

        Assert.Equal(
            "'Load' was cancelled (the run's timeout; it was at load.ps1:7); 2 nodes were cancelled (the run's timeout).",
            await TextsAsync("header .why"));
    }

    [BrowserFact]
    public async Task A_run_that_succeeded_says_so_and_has_no_failures()
    {
        await OpenAsync(new RunBuilder { Status = RunStatus.Succeeded }.Good("A", 0, 1).Good("B", 1, 2, "A").Build());

        Assert.Equal("✓ Succeeded", await TextsAsync(".badge"));
        Assert.Equal("All that was to run succeeded.", await TextsAsync("header .why"));
        Assert.Equal(0, await CountAsync(".failures"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task Without_scripts_there_are_the_failures_what_they_broke_and_the_longest()
    {
        await OpenAsync(SampleRuns.Large(2_000), new Look(420, Scripts: false));

        Assert.True(await Page.IsVisibleAsync(".failure"));
        Assert.True(await Page.IsVisibleAsync("table.plain"));
        Assert.False(await Page.IsVisibleAsync(".filter"));
        int failed = await CountAsync("table.plain .key.failed");
        Assert.InRange(failed, 2, 3);
        Assert.InRange(await CountAsync("table.plain .key.skipped"), 1, 100);
        Assert.Equal(200, await CountAsync("table.plain .key.succeeded"));
        Assert.Equal("true", await TextAsync("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Contains("more are shown by the page's script", await TextsAsync("p.plain"), StringComparison.Ordinal);
    }

    private async Task IsSeenAsync(params string[] selectors)
    {
        foreach (string selector in selectors)
        {
            Assert.Equal("true", await TextAsync($$"""
                (() => { const place = document.querySelector(`{{selector}}`).getBoundingClientRect();
                    return place.height > 0 && place.top >= 0 && place.bottom <= innerHeight; })()
                """));
        }
    }
}
