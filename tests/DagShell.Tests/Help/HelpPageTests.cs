using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DagShell.Tests.Help;

/// <summary>The commands, their pages, and what Get-Help shows in a module that was built without platyPS say the same.</summary>
public sealed partial class HelpPageTests : ShellTests
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly string HelpFolder = Path.Combine(Checkout.Root, "output", "DagShell", "en-US");

    private static readonly Lazy<Dictionary<string, XElement>> MamlCommands = new(() =>
        XDocument.Load(Path.Combine(HelpFolder, "DagShell.dll-Help.xml")).Root!.Elements(Command + "command")
            .ToDictionary(command => command.Element(Command + "details")!.Element(Command + "name")!.Value));

    public static TheoryData<string> Cmdlets => new(HelpPage.OfCmdlets.Select(page => page.Name));

    public static TheoryData<string> Topics => new(HelpPage.AboutTopics.Select(page => page.Name));

    [Fact]
    public void Each_cmdlet_has_a_page_and_each_page_a_cmdlet()
    {
        string[] commands = [.. Run("(Get-Command -Module DagShell).Name | Sort-Object").Text.Order()];
        Assert.Equal(commands, HelpPage.OfCmdlets.Select(page => page.Name).Order());
        Assert.Equal(commands, MamlCommands.Value.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_page_describes_the_parameters_that_the_cmdlet_has(string cmdlet)
    {
        HelpPage page = Page(cmdlet);
        string[] parameters = [.. Run($"(Get-Command {cmdlet}).Parameters.Keys").Text.Except(Cmdlet.CommonParameters).Order()];
        Assert.Equal(parameters, page.Parameters.Keys.Order());
        Assert.All(page.Parameters.Values, description => Assert.NotEmpty(description));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_page_tells_how_parameters_are_bound(string cmdlet)
    {
        foreach (PSObject parameter in Run($"(Get-Command {cmdlet}).Parameters.Values").Output)
        {
            var metadata = (ParameterMetadata)parameter.BaseObject;
            if (Cmdlet.CommonParameters.Contains(metadata.Name))
            {
                continue;
            }

            string section =
                Regex.Match(Page(cmdlet).Text, $@"^### -{metadata.Name}\n.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline).Value;
            Assert.Contains($"Type: {metadata.ParameterType}", section.Replace("System.Nullable`1[", "", StringComparison.Ordinal),
                StringComparison.Ordinal);
            foreach (var (set, bound) in metadata.ParameterSets)
            {
                Assert.Contains($"- Name: {(set == "__AllParameterSets" ? "(All)" : set)}", section, StringComparison.Ordinal);
                Assert.Contains($"IsRequired: {(bound.IsMandatory ? "true" : "false")}", section, StringComparison.Ordinal);
                Assert.Contains($"Position: {(bound.Position < 0 ? "Named" : bound.Position)}", section, StringComparison.Ordinal);
                Assert.Contains($"ValueFromPipeline: {(bound.ValueFromPipeline ? "true" : "false")}", section, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_page_is_filled_in_and_has_three_examples(string cmdlet)
    {
        HelpPage page = Page(cmdlet);
        Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
        Assert.True(page.Examples.Count >= 3, "There are fewer than three examples.");
        Assert.All(page.Examples.Values, example => Assert.Contains("```powershell", example, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_says_what_the_page_says(string cmdlet)
    {
        HelpPage page = Page(cmdlet);
        XElement command = MamlCommands.Value[cmdlet];
        Assert.Equal(HelpPage.Words(page.Synopsis), Words(command.Element(Command + "details")!));
        Assert.Equal(HelpPage.Words(page.Description), Words(command));

        Dictionary<string, string> parameters = command.Element(Command + "parameters")!.Elements()
            .ToDictionary(parameter => parameter.Element(Maml + "name")!.Value, Words);
        Assert.Equal(
            page.Parameters.OrderBy(part => part.Key).Select(part => $"{part.Key}: {HelpPage.Words(part.Value)}"),
            parameters.OrderBy(part => part.Key).Select(part => $"{part.Key}: {part.Value}"));

        IEnumerable<string> examples = command.Element(Command + "examples")!.Elements()
            .Select(example =>
                string.Join('\n', example.Descendants().Where(element => !element.HasElements).Select(element => element.Value)));
        Assert.All(page.Examples.Zip(examples), pair =>
            Assert.Contains(HelpPage.Words(pair.First.Value), HelpPage.Words(pair.Second), StringComparison.Ordinal));
        Assert.Equal(page.Examples.Count, examples.Count());
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void What_may_be_left_out_has_a_default_value_that_Get_Help_shows(string cmdlet)
    {
        Dictionary<string, string?> shown = MamlCommands.Value[cmdlet].Element(Command + "parameters")!.Elements().ToDictionary(
            parameter => parameter.Element(Maml + "name")!.Value,
            parameter => parameter.Element(Dev + "defaultValue")?.Value);
        foreach (Match parameter in ParameterSection().Matches(Page(cmdlet).Text))
        {
            string name = parameter.Groups["name"].Value;
            string value = parameter.Groups["default"].Value.Trim('\'', '"');
            bool isOptional = !parameter.Value.Contains("IsRequired: true", StringComparison.Ordinal) && name != "InputObject";
            Assert.True(!isOptional || value.Length > 0, $"-{name} has no default value.");
            Assert.Equal(value, shown[name] ?? string.Empty);
        }
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Get_Help_says_what_the_page_about_a_topic_says(string topic)
    {
        string shown = File.ReadAllText(Path.Combine(HelpFolder, topic + ".help.txt")).ReplaceLineEndings("\n");
        Assert.Equal(
            HelpPage.Words(HelpPage.AboutTopics.Single(page => page.Name == topic).Text).ToUpperInvariant(),
            HelpPage.Words(shown).ToUpperInvariant());
        Assert.All(shown.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    [Fact]
    public void There_are_pages_on_what_is_promised() =>
        Assert.Equal(
            [
                "about_DagShell", "about_DagShell_Failure", "about_DagShell_Nodes", "about_DagShell_Recipes", "about_DagShell_Sessions",
            ],
            HelpPage.AboutTopics.Select(page => page.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        foreach (HelpPage page in HelpPage.OfCmdlets.Concat(HelpPage.AboutTopics))
        {
            foreach (Match link in PageLink().Matches(page.Text))
            {
                Assert.True(File.Exists(Path.Combine(Checkout.Root, "docs", "en-US", link.Groups[1].Value)), $"{page.Name}: {link.Value}");
            }
        }
    }

    private static HelpPage Page(string cmdlet) => HelpPage.OfCmdlets.Single(page => page.Name == cmdlet);

    private static string Words(XElement element) =>
        HelpPage.Words(
            string.Join('\n', element.Element(Maml + "description")!.Elements(Maml + "para").Select(paragraph => paragraph.Value)));

    [GeneratedRegex(@"^### -(?<name>\w+)\n.*?^DefaultValue: (?<default>.*?)\n.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ParameterSection();

    [GeneratedRegex(@"\]\(([\w-]+\.md)\)")]
    private static partial Regex PageLink();
}
