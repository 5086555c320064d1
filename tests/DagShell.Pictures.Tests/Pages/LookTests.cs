using DagShell.Engine.Analysis;
using DagShell.Pictures.Tests.Samples;

namespace DagShell.Pictures.Tests.Pages;

/// <summary>Pages as they are seen: nothing off the screen and nothing complained of, in every window, scheme and size of run.</summary>
public sealed class LookTests(BrowserFixture browser) : RunPageTest(browser)
{
    public static TheoryData<string, int, bool, bool> Looks
    {
        get
        {
            TheoryData<string, int, bool, bool> looks = [];
            foreach (string run in (string[])["night", "200", "2000"])
            {
                foreach (int width in (int[])[420, 1280, 1920])
                {
                    looks.Add(run, width, false, false);
                    looks.Add(run, width, true, false);
                }

                looks.Add(run, 1280, false, true);
            }

            return looks;
        }
    }

    [BrowserTheory]
    [MemberData(nameof(Looks))]
    public async Task Nothing_is_off_the_screen(string run, int width, bool dark, bool forced)
    {
        RunSnapshot snapshot = run == "night"
            ? SampleRuns.Night()
            : SampleRuns.Large(int.Parse(run, System.Globalization.CultureInfo.InvariantCulture));
        await OpenAsync(snapshot, new Look(width, width < 700 ? 800 : 1000, dark, forced));

        string name = $"{run}-{width}{(dark ? "-dark" : "")}{(forced ? "-forced" : "")}";
        await ShootAsync(name);
        Assert.Equal(string.Empty, await OffScreenAsync());
        Assert.Empty(Complaints);
        Assert.Single(Requests);
        Assert.InRange(await CountAsync("*"), 100, 5_000);
        await Page.EvaluateAsync("document.querySelector('.filter').scrollIntoView()");
        await ShootAsync(name + "-2");
        await Page.EvaluateAsync("document.querySelector('section.graph').scrollIntoView()");
        await ShootAsync(name + "-3");
        await Page.ClickAsync(".failure a.go");
        await ShootAsync(name + "-4");
        Assert.Equal(string.Empty, await OffScreenAsync());
    }

    /// <summary>What reaches beyond the window's right edge, where it is not cut off by what it is in.</summary>
    private Task<string> OffScreenAsync() => TextAsync("""
        document.documentElement.scrollWidth <= innerWidth ? '' :
            [...document.querySelectorAll('main *, header *, aside *')].filter(found => found.getBoundingClientRect().right > innerWidth + 1)
                .slice(0, 5).map(found => found.tagName + '.' + found.className).join()
        """);
}
