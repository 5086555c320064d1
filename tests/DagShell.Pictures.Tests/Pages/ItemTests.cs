using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>Items of a node on the page of a run: how many, which failed and why, and when they were done.</summary>
public sealed class ItemTests(BrowserFixture browser) : RunPageTest(browser)
{
    [BrowserFact]
    public async Task The_panel_tells_which_items_failed_and_why()
    {
        await OpenAsync(SampleRuns.Fleet(1_000), address: "#node=Patch");

        Assert.Contains("1,000 items, 10 failed", await TextsAsync(".panel .facts"), StringComparison.Ordinal);
        Assert.Equal(10, await CountAsync(".panel .items li"));
        string first = await TextAsync("document.querySelector('.panel .items li').textContent");
        Assert.Contains("Patch#99 (host99)", first, StringComparison.Ordinal);
        Assert.Contains("no route to host99 · /srv/patch.ps1:3", first, StringComparison.Ordinal);
        Assert.Contains("2 attempts", await TextsAsync(".panel .items li:nth-child(2)"), StringComparison.Ordinal);
        Assert.Contains("1,000 items, 10 failed", await TextsAsync(".dag .node[data-node='1']"), StringComparison.Ordinal);
        Assert.Contains("10 failed", await TextsAsync(".figures .tile"), StringComparison.Ordinal);
        Assert.Equal(
            "Patch, failed, 1,000 items, 10 failed, 1 min",
            (await Page.GetAttributeAsync(".timeline .line[data-node='1']", "aria-label"))?.Replace(", on the critical path", "",
                StringComparison.Ordinal));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task The_timeline_shows_when_items_were_done_and_in_which_slots()
    {
        await OpenAsync(SampleRuns.Fleet(1_000));

        Assert.Equal("✗ 1,000 items, 10 failed", await TextsAsync(".timeline .line[data-node='1'] .bar.items"));
        Assert.Equal(
            "true",
            await TextAsync(
                "[...document.querySelectorAll('.bar.items')].every(bar => bar.offsetWidth > bar.parentElement.offsetWidth * 0.9)"));
        Assert.Equal(0, await CountAsync(".timeline .squeezed"));
        await Page.ClickAsync("[data-way=slots]");
        Assert.Equal("Timeline, a row a slot: 32 slots", await Page.GetAttributeAsync(".timeline .slots", "aria-label"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task A_page_with_a_hundred_thousand_items_is_small()
    {
        await OpenAsync(SampleRuns.Fleet(100_000), address: "#node=Patch");

        Assert.Equal(100, await CountAsync(".panel .items li"));
        Assert.Contains("and 900 more", await TextsAsync(".panel"), StringComparison.Ordinal);
        Assert.InRange(await CountAsync("*"), 100, 5_000);
        Assert.InRange(PageSize, 50_000, 500_000);
        await Page.ClickAsync("[data-way=slots]");
        Assert.Equal("Timeline, a row a slot: 32 slots", await Page.GetAttributeAsync(".timeline .slots", "aria-label"));
        Assert.Empty(Complaints);
    }
}
