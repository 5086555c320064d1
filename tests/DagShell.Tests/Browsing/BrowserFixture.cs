using Microsoft.Playwright;

namespace DagShell.Tests.Browsing;

/// <summary>One browser for all tests that need one; none where there is no Chromium, and those tests are skipped.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public IBrowser Browser => _browser ?? throw new InvalidOperationException("A test that is not a [BrowserFact] asked for the browser.");

    public async Task InitializeAsync()
    {
        if (Chromium.Program is not null)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Program, Args = Chromium.Arguments });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
