using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>One node is chosen at a time, by mouse, keyboard or address, and all parts of the page show it.</summary>
public sealed class ChoosingTests(BrowserFixture browser) : RunPageTest(browser)
{
    [BrowserTheory]
    [InlineData(".timeline .line[data-node='5']")]
    [InlineData(".table .line[data-node='5']")]
    [InlineData(".dag .node[data-node='5']")]
    public async Task A_node_chosen_in_one_place_is_marked_in_all(string place)
    {
        await OpenAsync(SampleRuns.Night());

        await Page.ClickAsync(place);

        Assert.Equal("Copy", await TextsAsync(".panel h3 .name"));
        string lines = "[...document.querySelectorAll('.line[aria-selected=true]')].map(line => line.dataset.node).join()";
        Assert.Equal("5,5", await TextAsync(lines));
        Assert.Equal("5", await TextAsync("document.querySelector('.dag .node.chosen').dataset.node"));
        Assert.Equal("#node=Copy", await TextAsync("location.hash"));
        await Page.Mouse.MoveAsync(5, 5);
        await Page.Keyboard.PressAsync("Escape");
        Assert.False(await Page.IsVisibleAsync(".panel"));
        Assert.Equal(0, await CountAsync(".line[aria-selected=true], .dag .chosen"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task An_address_opens_its_node()
    {
        await OpenAsync(SampleRuns.Night(), address: "#node=Warm%20the%20cache");

        Assert.Equal("Warm the cache", await TextsAsync(".panel h3 .name"));
        Assert.Contains("no route to host", await TextsAsync(".panel .message"), StringComparison.Ordinal);
        await Page.EvaluateAsync("location.hash = '#node=copy'");
        await Page.UntilAsync("document.querySelector('.panel h3 .name').textContent === 'Copy'");
    }

    [BrowserFact]
    public async Task The_panel_tells_attempts_waits_script_log_and_neighbours_which_lead_on()
    {
        await OpenAsync(SampleRuns.Night(), address: "#node=Copy");

        string panel = await TextsAsync(".panel");
        Assert.Contains("✗ attempt 1: failed again", panel, StringComparison.Ordinal);
        Assert.Contains("the copy was refused", panel, StringComparison.Ordinal);
        Assert.Contains("waits for its next attempt", panel, StringComparison.Ordinal);
        Assert.Contains("from 02:00:03", panel, StringComparison.Ordinal);
        await Page.ClickAsync(".panel .links a:has-text('Join')");
        Assert.Equal("Join", await TextsAsync(".panel h3 .name"));
        await Page.ClickAsync(".panel .links a:has-text('Load 2')");
        panel = await TextsAsync(".panel");
        Assert.Contains("param($Prepare)", panel, StringComparison.Ordinal);
        Assert.Contains("writing 7 GB", panel, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Each_part_is_one_tab_stop_and_arrows_go_on_from_there()
    {
        await OpenAsync(SampleRuns.Night());

        Assert.Equal("1,1,1", await TextAsync("""
            ['.timeline .rows', '.graph svg', '.table .rows'].map(part => {
                const host = document.querySelector(part);
                return [host, ...host.querySelectorAll('*')].filter(found => found.tabIndex === 0).length; }).join()
            """));
        await Page.FocusAsync(".timeline .rows");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal("Load 2", await TextsAsync(".panel h3 .name"));

        // Along edges: from Load 2 down to what depends on it, and from there up again.
        await Page.FocusAsync(".dag .node[data-node='3']");
        await Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("7", await TextAsync("document.activeElement.dataset.node"));
        await Page.Keyboard.PressAsync("ArrowUp");
        Assert.Contains(await TextAsync("document.activeElement.dataset.node"), (string[])["2", "3", "4", "5"]);
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal(await TextAsync("document.activeElement.querySelector('.name').textContent"), await TextsAsync(".panel h3 .name"));
    }

    [BrowserFact]
    public async Task Readers_of_screens_are_told_names_states_and_places()
    {
        await OpenAsync(SampleRuns.Night());

        Assert.Equal("Load 1, failed, 11 s", await Page.GetAttributeAsync(".timeline .line[data-node='2']", "aria-label"));
        Assert.Equal("10", await Page.GetAttributeAsync(".timeline .line[data-node='2']", "aria-setsize"));
        Assert.StartsWith("Load 1, failed, 11 s: Cannot open", await Page.GetAttributeAsync(".table .line[data-node='2']", "aria-label"),
            StringComparison.Ordinal);
        Assert.StartsWith("Load 1, ✗ failed", await Page.GetAttributeAsync(".dag .node[data-node='2']", "aria-label"),
            StringComparison.Ordinal);
        Assert.Equal("Warm the cache, failed, tolerated, 1 s",
            await Page.GetAttributeAsync(".timeline .line[data-node='6']", "aria-label"));
    }

    [BrowserFact]
    public async Task States_and_words_filter_all_parts()
    {
        await OpenAsync(SampleRuns.Night());

        await Page.ClickAsync(".filter [data-state='5']");
        Assert.Equal("Load 1|Load 2|Load 3|Warm the cache", await TextsAsync(".table .line .c1"));
        Assert.Equal("4 of 10", await TextsAsync(".found"));
        await Page.FillAsync(".filter input", "load 2");
        Assert.Equal("Load 2", await TextsAsync(".timeline .line .name"));
        Assert.Equal("3", await TextAsync("[...document.querySelectorAll('.dag .match')].map(node => node.dataset.node).join()"));
        await Page.FillAsync(".filter input", "no route");
        Assert.Equal("Warm the cache", await TextsAsync(".table .line .c1"));
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal("Warm the cache", await TextsAsync(".panel h3 .name"));
    }

    [BrowserFact]
    public async Task The_table_is_sorted_by_its_headings()
    {
        await OpenAsync(SampleRuns.Night());

        await Page.ClickAsync(".head button:has-text('Duration')");
        await Page.ClickAsync(".head button:has-text('Duration')");
        Assert.StartsWith("Copy|Load 3|Load 2|Load 1", await TextsAsync(".table .line .c1"), StringComparison.Ordinal);
        await Page.ClickAsync(".head button:has-text('Name')");
        Assert.StartsWith("Copy|Fetch rates|Join", await TextsAsync(".table .line .c1"), StringComparison.Ordinal);
        await Page.ClickAsync(".head button:has-text('Status')");
        Assert.StartsWith("Load 1|Load 2|Load 3|Warm", await TextsAsync(".table .line .c1"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Of_a_long_list_only_what_is_in_sight_is_there_and_keys_lead_to_the_rest()
    {
        await OpenAsync(SampleRuns.Large(20_000));

        Assert.InRange(await CountAsync(".table .line"), 10, 60);
        await Page.FocusAsync(".table .rows");
        await Page.Keyboard.PressAsync("End");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("End");
        Assert.Contains("part-019999", await TextsAsync(".table .line .c1"), StringComparison.Ordinal);
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal("part-019999", await TextsAsync(".panel h3 .name"));
        Assert.InRange(await CountAsync("*"), 100, 5_000);
        Assert.Empty(Complaints);
    }
}
