using DagShell.Tests.Pictures;

namespace DagShell.Tests.Browsing;

/// <summary>That tests of pages see what they rely on to be seen.</summary>
public sealed class PageTestTests(BrowserFixture browser) : PageTest(browser), IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [BrowserFact]
    public async Task Complaints_are_errors_writings_to_the_console_and_breaches_of_the_policy()
    {
        await OpenAsync("""
            <meta http-equiv='Content-Security-Policy' content="default-src 'none'; script-src 'unsafe-inline'">
            <script>console.log('written'); setTimeout(() => { throw new Error('thrown'); });</script>
            <img src='forbidden.png'>
            """);

        Assert.Contains("log: written", Complaints);
        Assert.Contains(Complaints, complaint => complaint.Contains("thrown", StringComparison.Ordinal));
        Assert.Contains(Complaints, complaint => complaint.Contains("forbidden.png", StringComparison.Ordinal));
        Assert.Equal(3, Complaints.Count);
        Assert.EndsWith("forbidden.png", Requests.Last(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Requests_are_all_addresses_that_are_asked_for()
    {
        await OpenAsync("""
            <img src='missing.png'><iframe src='other.html'></iframe>
            <script>fetch('http://127.0.0.1:1/').catch(() => { })</script>
            """);

        string[] asked = ["/page.html", "/missing.png", "/other.html", "/"];
        Assert.Equal(asked.Order(), Requests.Select(address => '/' + address.Split('/')[^1]).Order());
    }

    [BrowserFact]
    public async Task A_page_opened_after_another_knows_nothing_of_it()
    {
        await OpenAsync("<script>console.log('first'); localStorage.setItem('left', 'behind')</script>");
        await OpenAsync("<h1>Second</h1>");

        Assert.Empty(Complaints);
        Assert.Single(Requests);
        Assert.Equal("null", await TextAsync("localStorage.getItem('left')"));
    }

    [BrowserTheory]
    [InlineData(420, false, false)]
    [InlineData(1280, true, false)]
    [InlineData(1920, false, true)]
    [InlineData(1920, true, true)]
    public async Task A_look_is_what_the_page_is_told(int width, bool dark, bool forced)
    {
        await OpenAsync("<p>Text</p>", new Look(width, 700, dark, forced));

        Assert.Equal($"{width} 700", await TextAsync("`${innerWidth} ${innerHeight}`"));
        Assert.Equal(dark ? "true" : "false", await TextAsync("matchMedia('(prefers-color-scheme: dark)').matches"));
        Assert.Equal(forced ? "true" : "false", await TextAsync("matchMedia('(forced-colors: active)').matches"));
    }

    [BrowserFact]
    public async Task Without_scripts_a_page_shows_what_it_has_for_that()
    {
        const string Markup = "<noscript>Without</noscript><script>document.write('With')</script>";

        await OpenAsync(Markup, new Look(Scripts: false));
        Assert.Equal("Without", await Page.InnerTextAsync("body"));

        await OpenAsync(Markup);
        Assert.Equal("With", await Page.InnerTextAsync("body"));
    }

    [BrowserFact]
    public async Task Load_times_are_of_the_page_itself()
    {
        await OpenAsync("<p>Painted</p><script>const end = performance.now() + 50; while (performance.now() < end);</script>");

        LoadTimes times = await LoadTimesAsync();
        Assert.True(times.FirstContentfulPaint > TimeSpan.Zero, times.ToString());
        Assert.True(times.Loaded >= TimeSpan.FromMilliseconds(50), times.ToString());
    }

    private Task OpenAsync(string body, Look? look = null)
    {
        string path = _temp["page.html"];
        File.WriteAllText(path, "<!doctype html><title>Page</title>" + body);
        return OpenFileAsync(path, look);
    }
}
