using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace DagShell.Tests.Browsing;

/// <summary>Tests that look at pages of files: one page a test, in the browser that all share.</summary>
[Collection(BrowserTests.Name)]
public abstract class PageTest(BrowserFixture browser) : IAsyncLifetime
{
    // Sizes are told to the page's script with the next frame, and a paint is known with the one after it.
    private const string TwoFrames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))";

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private IPage? _page;

    /// <summary>The page that <see cref="OpenFileAsync"/> opened last.</summary>
    protected IPage Page => _page ?? throw new InvalidOperationException("The test has opened no page yet.");

    /// <summary>What the page complained of: errors in its script, what it wrote to the console, and what its own policy forbade.</summary>
    protected IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The addresses that were asked for, and that the page's policy may then have forbidden; its own is the first.</summary>
    protected IReadOnlyCollection<string> Requests => _requests;

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => CloseAsync();

    /// <summary>Opens a file in a page of its own, in place of the one that was open, and waits until it is loaded.</summary>
    protected async Task OpenFileAsync(string path, Look? look = null, string address = "")
    {
        await CloseAsync();
        look ??= new Look();
        IBrowserContext context = await browser.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = look.Width, Height = look.Height },
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ForcedColors = look.ForcedColors ? ForcedColors.Active : ForcedColors.None,
            JavaScriptEnabled = look.Scripts,
            DeviceScaleFactor = look.Scale,
        });
        context.WebError += (_, thrown) => _complaints.Enqueue(thrown.Error);
        context.Console += (_, message) => _complaints.Enqueue($"{message.Type}: {message.Text}");
        context.Request += (_, request) => _requests.Enqueue(request.Url);
        _page = await context.NewPageAsync();
        await _page.GotoAsync(new Uri(path).AbsoluteUri + address);
        if (look.Scripts)
        {
            await _page.EvaluateAsync(TwoFrames);
        }
    }

    /// <summary>What an expression comes to in the page, as text.</summary>
    protected Task<string> TextAsync(string expression) => Page.EvaluateAsync<string>($"String({expression})");

    /// <summary>How long the page took to open.</summary>
    protected async Task<LoadTimes> LoadTimesAsync()
    {
        double[] times = await Page.EvaluateAsync<double[]>("""
            [
                performance.getEntriesByName('first-contentful-paint')[0].startTime,
                performance.getEntriesByType('navigation')[0].loadEventEnd,
            ]
            """);
        return new(TimeSpan.FromMilliseconds(times[0]), TimeSpan.FromMilliseconds(times[1]));
    }

    /// <summary>Takes a picture of what the window shows, for people to look at, where DAGSHELL_SCREENSHOTS names a folder.</summary>
    protected async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DAGSHELL_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
        }
    }

    private async Task CloseAsync()
    {
        if (_page is not null)
        {
            await _page.Context.CloseAsync();
            _page = null;
        }

        _complaints.Clear();
        _requests.Clear();
    }
}
