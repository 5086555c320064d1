using DagShell.Engine.Analysis;
using DagShell.Pictures.Reports;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>Tests that look at the page of a run.</summary>
public abstract class RunPageTest(BrowserFixture browser) : PageTest(browser), IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _temp.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the page of a run, and opens it.</summary>
    private protected async Task OpenAsync(RunSnapshot run, Look? look = null, string address = "")
    {
        string path = _temp["run.html"];
        using (FileStream stream = File.Create(path))
        {
            RunReportFile.Write(run, DagReportFormat.Html, stream);
        }

        await OpenFileAsync(path, look, address);
        if (look is null or { Scripts: true })
        {
            await Page.UntilReadyAsync();
            await Page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
        }
    }

    /// <summary>The size of the page that was opened, in bytes.</summary>
    private protected long PageSize => new FileInfo(_temp["run.html"]).Length;

    /// <summary>What several elements say, one after the other.</summary>
    private protected Task<string> TextsAsync(string selector) =>
        TextAsync($"[...document.querySelectorAll(`{selector}`)].map(found => found.textContent.trim()).join('|')");

    private protected async Task<int> CountAsync(string selector) =>
        int.Parse(await TextAsync($"document.querySelectorAll(`{selector}`).length"), System.Globalization.CultureInfo.InvariantCulture);
}
