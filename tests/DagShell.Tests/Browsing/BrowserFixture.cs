namespace DagShell.Tests.Browsing;

/// <summary>One browser for all tests that need one; none where there is no Chromium, and those tests are skipped.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private Browser? _browser;

    public Browser Page => _browser ?? throw new InvalidOperationException("A test that is not a [BrowserFact] asked for the browser.");

    public async Task InitializeAsync() => _browser = Browser.FindProgram() is null ? null : await Browser.StartAsync();

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }
}
