using System.Globalization;
using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

public sealed class TimelineTests(BrowserFixture browser) : RunPageTest(browser)
{
    private const string Names = "[...document.querySelectorAll('.timeline .line .name')].map(name => name.textContent).join()";

    [BrowserFact]
    public async Task First_come_the_failed_then_the_critical_then_the_longest_and_then_the_rest()
    {
        await OpenAsync(SampleRuns.Night());

        Assert.Equal(
            "Load 1,Load 2,Load 3,Warm the cache,Prepare,Copy,Tidy up,Fetch rates,Join,Publish", await TextAsync(Names));
        await Page.ClickAsync("[data-way=start]");
        Assert.StartsWith("Prepare,Warm the cache,Copy,Load 1", await TextAsync(Names), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Attempts_waits_and_queues_lie_where_their_times_are()
    {
        await OpenAsync(SampleRuns.Night());

        string bars = await TextAsync("""
            [...document.querySelectorAll('.timeline .line[data-node="5"] .bar')]
                .sort((one, other) => one.getBoundingClientRect().left - other.getBoundingClientRect().left)
                .map(bar => bar.className.replace(' critical', '')).join()
            """);
        Assert.Equal("bar failed again,bar wait retry,bar succeeded", bars);
        string others = "[...document.querySelectorAll('.timeline .line[data-node=\"2\"] .bar')].map(bar => bar.className).join()";
        Assert.Equal("bar wait slot,bar failed", await TextAsync(others));
        const string Inside = "bar => bar.offsetLeft >= -1 && bar.offsetLeft + bar.offsetWidth <= bar.parentElement.offsetWidth + 4";
        Assert.Equal("true", await TextAsync($"[...document.querySelectorAll('.track .bar')].every({Inside})"));
    }

    [BrowserFact]
    public async Task What_failed_and_what_succeeded_differ_without_colours_too()
    {
        await OpenAsync(SampleRuns.Night());

        // How bright they are: in greyscale that is all that is left of a colour.
        string brightness = await TextAsync("""
            ['.bar.failed:not(.again)', '.bar.succeeded'].map(kind => {
                const [r, g, b] = getComputedStyle(document.querySelector('.track ' + kind)).backgroundColor.match(/[0-9.]+/g).map(Number);
                return Math.round(0.3 * r + 0.59 * g + 0.11 * b); }).join()
            """);
        int[] values = [.. brightness.Split(',').Select(value => int.Parse(value, CultureInfo.InvariantCulture))];
        Assert.True(values[1] - values[0] > 80, brightness);
        Assert.Equal("✗", await TextAsync("document.querySelector('.track .bar.failed b').textContent"));
        Assert.Equal("✓", await TextAsync("document.querySelector('.track .bar.succeeded b').textContent"));
        Assert.Equal("↺", await TextAsync("document.querySelector('.timeline .line[data-node=\"0\"] .sign').textContent"));
    }

    [BrowserFact]
    public async Task In_forced_colours_what_failed_is_filled_and_what_succeeded_is_not()
    {
        await OpenAsync(SampleRuns.Night(), new Look(ForcedColors: true));

        string Fill(string kind) => $"getComputedStyle(document.querySelector('.track {kind}')).backgroundColor";
        Assert.NotEqual(await TextAsync(Fill(".bar.failed:not(.again)")), await TextAsync(Fill(".bar.succeeded")));
        Assert.Equal(await TextAsync("getComputedStyle(document.body).backgroundColor"), await TextAsync(Fill(".bar.succeeded")));
    }

    [BrowserFact]
    public async Task A_long_stretch_without_work_is_squeezed()
    {
        await OpenAsync(new RunBuilder().Good("A", 0, 60).Good("B", 36_000, 60, "A").Build());

        Assert.Equal(1, await CountAsync(".axis .squeezed"));
        Assert.Contains("9 h 59 min", (await Page.GetAttributeAsync(".axis .squeezed", "title"))!, StringComparison.Ordinal);
        double share = double.Parse(
            await TextAsync("(bar => bar.offsetWidth / bar.parentElement.offsetWidth)(document.querySelector('.bar.succeeded'))"),
            CultureInfo.InvariantCulture);
        Assert.InRange(share, 0.3, 0.5);
    }

    [BrowserFact]
    public async Task It_zooms_and_pans()
    {
        await OpenAsync(SampleRuns.Night());
        double before = await WidthAsync();

        await Page.ClickAsync(".zoom button:has-text('+')");
        Assert.InRange(await WidthAsync(), before * 1.8, before * 2.2);
        await Page.ClickAsync(".zoom button:has-text('Fit')");
        Assert.InRange(await WidthAsync(), before * 0.99, before * 1.01);
    }

    [BrowserFact]
    public async Task Slots_are_drawn_and_a_click_chooses_what_ran_there()
    {
        await OpenAsync(SampleRuns.Large(2_000));

        await Page.ClickAsync("[data-way=slots]");
        await Page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
        await ShootAsync("slots");
        await Page.ClickAsync(".slots", new() { Position = new() { X = 300, Y = 12 } });
        Assert.StartsWith("part-", await TextsAsync(".panel h3 .name"), StringComparison.Ordinal);
        Assert.Equal("true", await TextAsync("""
            (() => { const canvas = document.querySelector('.slots canvas');
                const data = canvas.getContext('2d').getImageData(100, 5, canvas.width - 120, 12).data;
                return data.some(value => value > 0); })()
            """));
        Assert.Empty(Complaints);
    }

    private async Task<double> WidthAsync()
    {
        await Page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
        return double.Parse(
            await TextAsync("document.querySelector('.timeline .line[data-node=\"5\"] .wait').getBoundingClientRect().width"),
            CultureInfo.InvariantCulture);
    }
}
