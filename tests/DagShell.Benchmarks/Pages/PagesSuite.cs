using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Analysis;
using DagShell.Pictures.Tests.Samples;
using DagShell.Tests.Browsing;
using Microsoft.Playwright;

namespace DagShell.Benchmarks.Pages;

/// <summary>What pages of small and large runs cost to write and to open, beside what they may cost.</summary>
internal static class PagesSuite
{
    private static readonly Dictionary<int, (double Megabytes, double Drawn)> Limits = new()
    {
        [2_000] = (0.5, 1.5),
        [20_000] = (2, 1.5),
        [300_000] = (15, 4),
    };

    public static void Run(BenchmarkOptions options) => RunAsync(options.IsQuick ? [2_000, 20_000] : [2_000, 20_000, 300_000])
        .GetAwaiter().GetResult();

    private static async Task RunAsync(int[] sizes)
    {
        string folder = Directory.CreateTempSubdirectory("dagshell-pages-").FullName;
        try
        {
            // Once before, so that what is made only once does not count.
            _ = Write(100, folder);
            List<PageFigures> all = [.. sizes.Select(size => Write(size, folder))];
            if (Chromium.Program is null)
            {
                Console.WriteLine(Chromium.HowToInstall);
            }
            else
            {
                using IPlaywright playwright = await Playwright.CreateAsync();
                foreach (PageFigures page in all)
                {
                    await page.OpenAsync(playwright, PathOf(page.Nodes, folder));
                }
            }

            Print(all);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PageFigures Write(int nodes, string folder)
    {
        RunSnapshot sample = SampleRuns.Large(nodes, failures: Math.Max(3, nodes / 2_000));
        return PageFigures.Write(nodes, sample.History, sample.Endings, PathOf(nodes, folder));
    }

    private static string PathOf(int nodes, string folder) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{nodes}.html"));

    private static void Print(List<PageFigures> all)
    {
        Table table = new("nodes", "MB", "at most", "paint s", "at most", "drawn s", "at most", "ready s", "elements", "at most",
            "search ms", "at most", "export s", "at most", "peak GB", "at most");
        foreach (PageFigures page in all)
        {
            var (megabytes, drawn) = Limits[page.Nodes];
            table.Add(
                page.ToString(), Figures.Short(page.Bytes / 1e6), Figures.Short(megabytes),
                Figures.Short(page.Paint / 1000), "1", Figures.Short(page.Drawn / 1000), Figures.Short(drawn),
                Figures.Short(page.Ready / 1000), page.Elements.ToString("N0", CultureInfo.InvariantCulture), "5,000",
                Figures.Short(page.Search), "100", Figures.Short(page.Export), page.Nodes == 300_000 ? "4" : "–",
                Figures.Short(page.Peak / 1e9), "1.5");
        }

        table.Print();
    }
}
