using System.Text.RegularExpressions;

namespace DagShell.Tests.Help;

/// <summary>A page of docs/en-US, cut into its parts.</summary>
internal sealed partial class HelpPage
{
    private readonly Dictionary<string, string> _sections;

    private HelpPage(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
        _sections = CutAt(SectionHeading(), Text);
    }

    public string Name { get; }

    public string Text { get; }

    public string Synopsis => _sections["SYNOPSIS"];

    public string Description => _sections["DESCRIPTION"];

    /// <summary>The descriptions of the parameters by name, without what says how they are bound.</summary>
    public Dictionary<string, string> Parameters =>
        CutAt(ParameterHeading(), _sections["PARAMETERS"])
            .Where(part => part.Key != "CommonParameters")
            .ToDictionary(part => part.Key, part => part.Value.Split("```yaml")[0].Trim());

    /// <summary>The titles and texts of the examples.</summary>
    public Dictionary<string, string> Examples => CutAt(PartHeading(), _sections["EXAMPLES"]);

    /// <summary>Code that a reader may run: each block, and what the page says that it gives out.</summary>
    public IEnumerable<(string Code, string? Output)> CodeBlocks =>
        CodeBlock().Matches(Text)
            .Select(match => (match.Groups["code"].Value, match.Groups["output"] is { Success: true } output ? output.Value : null));

    /// <summary>The pages of cmdlets.</summary>
    public static IReadOnlyList<HelpPage> OfCmdlets { get; } = Read("*-*.md");

    /// <summary>The pages about a topic.</summary>
    public static IReadOnlyList<HelpPage> AboutTopics { get; } = Read("about_*.md");

    /// <summary>A text without what markdown, or a narrow window, adds to its words.</summary>
    public static string Words(string text) =>
        string.Join(' ', Markup().Replace(text, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static List<HelpPage> Read(string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "docs", "en-US"), pattern).Order().Select(path => new HelpPage(path))];

    private static Dictionary<string, string> CutAt(Regex heading, string text)
    {
        MatchCollection headings = heading.Matches(text);
        Dictionary<string, string> parts = [];
        for (int i = 0; i < headings.Count; i++)
        {
            int start = headings[i].Index + headings[i].Length;
            int end = i + 1 < headings.Count ? headings[i + 1].Index : text.Length;
            parts.Add(headings[i].Groups["title"].Value, text[start..end].Trim());
        }

        return parts;
    }

    [GeneratedRegex(@"^## (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex SectionHeading();

    [GeneratedRegex(@"^### (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex PartHeading();

    [GeneratedRegex(@"^### -?(?<title>\w+)$", RegexOptions.Multiline)]
    private static partial Regex ParameterHeading();

    [GeneratedRegex(@"^```powershell\n(?<code>.*?)\n```$(\n\n```Output\n(?<output>.*?)\n```$)?",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```\w*$|^\s*#+ |^TOPIC$|`", RegexOptions.Multiline)]
    private static partial Regex Markup();
}
