using System.Diagnostics;
using Microsoft.Playwright;

namespace DagShell.Tests.Browsing;

/// <summary>Waits for what a page comes to.</summary>
/// <remarks>
/// Playwright's own wait for an expression evaluates it in the page's own time from the second look on, which the pages' policy
/// forbids: it works only where what is waited for is there already.
/// </remarks>
internal static class PageWaits
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the page of a run, or of several, has drawn all that it draws by itself.</summary>
    public static Task UntilReadyAsync(this IPage page) => page.UntilAsync("performance.getEntriesByName('ready').length > 0");

    /// <summary>Waits until an expression holds.</summary>
    /// <exception cref="TimeoutException">It did not for 30 seconds.</exception>
    public static async Task UntilAsync(this IPage page, string condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await page.EvaluateAsync<bool>($"Boolean({condition})"))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"This did not come to hold in the page: {condition}");
            }

            await Task.Delay(10);
        }
    }
}
