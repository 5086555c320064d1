using System.Globalization;
using DagShell.Tests.Browsing;

namespace DagShell.Tests.Pictures;

/// <summary>The page of a dag, in a browser.</summary>
public sealed class PageTests(BrowserFixture browser) : PageTest(browser), IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [BrowserFact]
    public async Task It_follows_upstream_and_downstream_of_the_node_under_the_mouse()
    {
        await OpenAsync(Samples.Diamond + "\nNew-DagNode Notify { } -DependsOn Load; New-DagNode Alone { }");

        await Page.HoverAsync("[data-node='1']");

        Assert.Equal("Extract", await NamesAsync(".node.near.upstream"));
        Assert.Equal("Load,Notify", await NamesAsync(".node.near.downstream"));
        Assert.Equal("Transform", await NamesAsync(".node.chosen"));
        Assert.Equal("0-1", await EdgesAsync(".edge.near.upstream"));
        Assert.Equal("1-3,3-4", await EdgesAsync(".edge.near.downstream"));
        Assert.Contains("1 upstream · 2 downstream", await TextAsync("document.querySelector('.info').textContent"),
            StringComparison.Ordinal);
        string opacity = await TextAsync("getComputedStyle(document.querySelector('[data-node=\"5\"]')).opacity");
        Assert.InRange(double.Parse(opacity, CultureInfo.InvariantCulture), 0, 0.5);

        await Page.HoverAsync("h1");
        Assert.Equal(string.Empty, await NamesAsync(".node.near"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task A_click_pins_what_is_followed()
    {
        await OpenAsync(Samples.Diamond);

        await Page.ClickAsync("[data-node='3']");
        await Page.HoverAsync("h1");

        Assert.Equal("Extract,Transform,Check", await NamesAsync(".node.near.upstream"));
    }

    [BrowserFact]
    public async Task It_pans_and_zooms()
    {
        await OpenAsync(Samples.Diamond);
        double[] fitted = await ViewBoxAsync();

        await Page.HoverAsync("main svg");
        await Page.Mouse.WheelAsync(0, -300);
        double[] zoomed = await ViewBoxAsync();
        Assert.True(zoomed[2] < fitted[2] * 0.8, "The wheel did not zoom in.");

        await DragAsync(".node", 100, 50);
        double[] panned = await ViewBoxAsync();
        Assert.Equal(zoomed[2], panned[2], 3);
        Assert.True(panned[0] < zoomed[0] && panned[1] < zoomed[1], "The picture did not follow the mouse.");

        await Page.ClickAsync("button[data-zoom=fit]");
        Assert.Equal(fitted, await ViewBoxAsync());
        await Page.ClickAsync("button[data-zoom=in]");
        Assert.True((await ViewBoxAsync())[2] < fitted[2]);
    }

    [BrowserFact]
    public async Task It_finds_nodes_by_name()
    {
        await OpenAsync(Samples.Diamond);

        await Page.FillAsync(".tools input", "tra");

        Assert.Equal("Extract,Transform", await NamesAsync(".node.match"));
    }

    [BrowserFact]
    public async Task It_is_dark_where_the_user_wants_it_dark()
    {
        await OpenAsync(Samples.Diamond);
        Assert.Equal("rgb(255, 255, 255)", await TextAsync("getComputedStyle(document.body).backgroundColor"));

        await OpenAsync(Samples.Diamond, new Look(Dark: true));
        Assert.Equal("rgb(13, 17, 23)", await TextAsync("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal("rgb(230, 237, 243)", await TextAsync("getComputedStyle(document.querySelector('.name')).fill"));
    }

    [BrowserFact]
    public async Task It_asks_for_nothing_but_itself()
    {
        await OpenAsync(Samples.Diamond);

        Assert.All(Requests, address => Assert.StartsWith("file:", address, StringComparison.Ordinal));
        Assert.Single(Requests);
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task Names_do_nothing()
    {
        _shell["names"] = Samples.HostileNames;
        await OpenAsync("$names | ForEach-Object { New-DagNode $_ { } -Description $_ } | New-Dag $names[0] -Description $names[1]");

        Assert.Equal("undefined", await TextAsync("typeof window.hacked"));
        Assert.Equal(Samples.HostileNames.Length, await Page.EvaluateAsync<int>("document.querySelectorAll('.node').length"));
        Assert.Equal(Samples.HostileNames[0], await TextAsync("document.querySelector('h1').textContent"));
        await Page.HoverAsync("[data-node='1']");
        Assert.Equal(Samples.HostileNames[1], await TextAsync("document.querySelector('.info strong').textContent"));
        Assert.Equal("undefined", await TextAsync("typeof window.hacked"));
        Assert.Empty(Complaints);
    }

    [BrowserFact]
    public async Task A_picture_alone_is_shown_in_light_and_dark()
    {
        ShellResult result = _shell.Run($"@({Samples.Diamond}) | Invoke-Dag | Export-Dag $path", ("path", _temp["graph.svg"]));
        Assert.Null(result.Thrown);

        await OpenFileAsync(_temp["graph.svg"], new Look(Dark: true));
        Assert.Equal("rgb(13, 17, 23)", await TextAsync("getComputedStyle(document.querySelector('.back')).fill"));
        await ShootAsync("svg-dark");
        await OpenFileAsync(_temp["graph.svg"]);
        Assert.Equal("rgb(255, 255, 255)", await TextAsync("getComputedStyle(document.querySelector('.back')).fill"));
        Assert.Empty(Complaints);
    }

    private async Task OpenAsync(string script, Look? look = null)
    {
        ShellResult result = _shell.Run($"@({script}) | Export-Dag $path -Force", ("path", _temp["graph.html"]));
        Assert.Null(result.Thrown);
        await OpenFileAsync(_temp["graph.html"], look);
        await ShootAsync(look is { Dark: true } ? "dag-dark" : "dag-light");
    }

    private async Task DragAsync(string selector, float right, float down)
    {
        await Page.HoverAsync(selector);
        var place = await Page.Locator(selector).First.BoundingBoxAsync();
        Assert.NotNull(place);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(place.X + (place.Width / 2) + right, place.Y + (place.Height / 2) + down, new() { Steps = 2 });
        await Page.Mouse.UpAsync();
    }

    private Task<string> NamesAsync(string selector) =>
        TextAsync(
            $"[...document.querySelectorAll('{selector}')].map(node => node.querySelector('title').textContent.split('\\n')[0]).join()");

    private Task<string> EdgesAsync(string selector) =>
        TextAsync($"[...document.querySelectorAll('{selector}')].map(edge => edge.dataset.from + '-' + edge.dataset.to).sort().join()");

    private async Task<double[]> ViewBoxAsync()
    {
        string box = await TextAsync("document.querySelector('main svg').getAttribute('viewBox')");
        return [.. box.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }
}
