using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DagShell.Engine.Analysis;
using DagShell.Pictures.Reports;
using DagShell.Tests.Browsing;
using Microsoft.Playwright;

namespace DagShell.Benchmarks.Pages;

/// <summary>What a page of a run costs: to write, and to open.</summary>
/// <param name="Nodes">How many nodes the run has.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Export">How long it took to write it, the run's figures included, in seconds.</param>
/// <param name="Peak">The most memory that this process has had until then, in bytes.</param>
internal sealed record PageFigures(int Nodes, long Bytes, double Export, long Peak)
{
    // The time of a search is that of all that follows what is typed: the rows that are shown, and the graph.
    private const string Measure = """
        (() => {
            const input = document.querySelector('.filter input');
            const search = ['9', '42', 'part-0001', 'no space'].map(text => {
                const start = performance.now();
                input.value = text;
                input.dispatchEvent(new Event('input'));
                return performance.now() - start;
            });
            return JSON.stringify({
                paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
                drawn: performance.getEntriesByName('drawn')[0].startTime,
                ready: performance.getEntriesByName('ready')[0].startTime,
                elements: document.querySelectorAll('*').length,
                search: Math.max(...search),
            });
        })()
        """;

    /// <summary>Until something is seen, in milliseconds.</summary>
    public double Paint { get; private set; }

    /// <summary>Until the timeline is drawn, in milliseconds.</summary>
    public double Drawn { get; private set; }

    /// <summary>Until all of it is, in milliseconds.</summary>
    public double Ready { get; private set; }

    /// <summary>How many elements there are then.</summary>
    public int Elements { get; private set; }

    /// <summary>The longest of several searches, in milliseconds.</summary>
    public double Search { get; private set; }

    /// <summary>Writes the page of a run.</summary>
    public static PageFigures Write(int nodes, RunHistory history, IReadOnlyList<NodeEnding> endings, string path)
    {
        long start = Stopwatch.GetTimestamp();
        RunSnapshot run = new(history, endings) { Id = Guid.Empty, Name = "Parts" };
        using (FileStream stream = File.Create(path))
        {
            RunReportFile.Write(run, DagReportFormat.Html, stream);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using Process process = Process.GetCurrentProcess();
        return new PageFigures(nodes, new FileInfo(path).Length, seconds, process.PeakWorkingSet64);
    }

    /// <summary>Opens the page, in a browser of its own.</summary>
    public async Task OpenAsync(IPlaywright playwright, string path)
    {
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium.Program, Args = Chromium.Arguments });
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await page.UntilReadyAsync();
        using JsonDocument times = JsonDocument.Parse(await page.EvaluateAsync<string>(Measure));
        Paint = times.RootElement.GetProperty("paint").GetDouble();
        Drawn = times.RootElement.GetProperty("drawn").GetDouble();
        Ready = times.RootElement.GetProperty("ready").GetDouble();
        Elements = times.RootElement.GetProperty("elements").GetInt32();
        Search = times.RootElement.GetProperty("search").GetDouble();
    }

    public override string ToString() => Nodes.ToString("N0", CultureInfo.InvariantCulture);
}
