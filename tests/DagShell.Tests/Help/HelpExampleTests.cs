namespace DagShell.Tests.Help;

/// <summary>What stands in the help as an example runs, and gives out what the help says.</summary>
public sealed class HelpExampleTests : ShellTests
{
    public static TheoryData<string, int> Examples
    {
        get
        {
            TheoryData<string, int> examples = [];
            // What stands for the world in the recipes is there in tests/Pester/Recipes.Tests.ps1, which runs them.
            foreach (HelpPage page in HelpPage.OfCmdlets.Concat(HelpPage.AboutTopics).Where(page => page.Name != "about_DagShell_Recipes"))
            {
                for (int i = 0; i < page.CodeBlocks.Count(); i++)
                {
                    examples.Add(page.Name, i);
                }
            }

            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_runs_and_gives_out_what_the_page_says(string page, int index)
    {
        var (code, output) = HelpPage.OfCmdlets.Concat(HelpPage.AboutTopics)
            .Single(candidate => candidate.Name == page).CodeBlocks.ElementAt(index);
        if (code.Contains("pwsh", StringComparison.Ordinal))
        {
            await ShellOnPath.EnsureAsync();
        }

        ShellResult result = Run(code);

        // What an example does wrong on purpose it says itself, with -ErrorAction.
        Assert.Empty(result.Streams.Error.Select(error => error.ToString()));
        if (output is not null)
        {
            Assert.Equal(Lines(output), Lines(string.Join('\n', result.Text)));
        }
        else
        {
            Assert.All(result.Output, item => Assert.NotNull(item));
        }
    }

    private static IEnumerable<string> Lines(string text) => text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd());
}
