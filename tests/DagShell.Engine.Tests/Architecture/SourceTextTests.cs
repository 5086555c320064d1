using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace DagShell.Engine.Tests.Architecture;

/// <summary>What the sources look like, and where they point to.</summary>
public sealed partial class SourceTextTests
{
    private const int LongestLine = 140;

    [Fact]
    public void No_line_is_longer_than_a_window()
    {
        string[] files = [.. Sources("src").Concat(Sources("tests"))];

        Assert.True(files.Length > 300, $"Only {files.Length} files were found.");
        Assert.Empty(files.SelectMany(file => LongLines(File.ReadAllText(file)).Select(line => $"{file}:{line}")));
    }

    [Fact]
    public void A_long_line_is_found_by_its_number()
    {
        string fits = new('x', LongestLine);
        string sample = "\"\"\"";

        Assert.Equal([2], LongLines($"{fits}\n{fits}x\nx"));
        Assert.Equal([5], LongLines($"a = $${sample}\n  {fits} it's \"\n  {sample};\n// {sample}\n{fits}y"));
    }

    [Fact]
    public void The_sections_of_the_design_that_code_names_are_there()
    {
        string[] numbers =
            [.. Sections().Matches(File.ReadAllText(Path.Combine(Root(), "docs", "design.md"))).Select(match => match.Groups[1].Value)];
        string[] named =
            [.. Sources("src").SelectMany(file => References().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(named);
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(number => $"{number}"), numbers);
        Assert.Empty(named.Except(numbers));
    }

    /// <summary>The environment is the process's, and classes of tests run side by side in it.</summary>
    [Fact]
    public void No_two_classes_of_tests_set_the_same_environment_variable()
    {
        (string Name, string File)[] uses =
        [
            .. Sources("tests")
                .SelectMany(file => Switches().Matches(File.ReadAllText(file)).Select(match => (match.Value, file)))
                .Distinct(),
        ];

        Assert.NotEmpty(uses);
        Assert.Empty(uses.GroupBy(use => use.Name).Where(name => name.Count() > 1).Select(name => string.Join(", ", name)));
    }

    /// <summary>
    /// The numbers of the lines that are too long. Samples in raw strings, such as scripts, stand as whoever wrote them would write them.
    /// </summary>
    private static IEnumerable<int> LongLines(string text)
    {
        string code = Samples().Replace(text, sample => !sample.Groups["raw"].Success
            ? sample.Value
            : sample.Value.Split('\n')[0] + new string('\n', sample.Value.Count(letter => letter == '\n')));
        return code.Split('\n').Select((line, index) => (line.Length, Number: index + 1))
            .Where(line => line.Length > LongestLine)
            .Select(line => line.Number);
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static string Root() => Path.GetFullPath(Path.Combine(
        typeof(SourceTextTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "Sources").Value!,
        ".."));

    /// <summary>Comments, characters, raw strings and strings: what begins first is what it is.</summary>
    [GeneratedRegex(""""//[^\n]*|'(\\.|[^'\\\n])'|(?<raw>\$*(?<quotes>"{3,})[\s\S]*?\k<quotes>(?!"))|"(\\.|[^"\\\n])*["]"""")]
    private static partial Regex Samples();

    [GeneratedRegex(@"^## (\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Sections();

    [GeneratedRegex("(?<=env:)DAGSHELL_TEST_[A-Z_]+")]
    private static partial Regex Switches();

    [GeneratedRegex(@"docs/design\.md,\s+(?:///\s+)?section (\d+)")]
    private static partial Regex References();
}
