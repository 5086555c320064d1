using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DagShell.Tests.Pictures;

/// <summary>Whatever a node is called, its name is text and nothing else, in every format.</summary>
public sealed partial class EscapingTests : IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void In_svg()
    {
        SvgPicture picture = SvgPicture.Load(Export("graph.svg"));

        Assert.Equal(
            Samples.HostileNames,
            picture.Nodes.Select(node => node.Element(SvgPicture.Svg + "title")!.Value.Split('\n')[0]));
        Assert.DoesNotContain(XDocument.Load(_temp["graph.svg"]).Descendants(), element => element.Name.LocalName is "script" or "img");
    }

    [Fact]
    public void In_html()
    {
        string text = File.ReadAllText(Export("graph.html"));

        Assert.Single(Script().Matches(text));
        Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_mermaid()
    {
        string[] lines = File.ReadAllLines(Export("graph.mmd"));
        string[] labels =
            [.. lines.Select(line => MermaidNode().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

        Assert.Equal(Samples.HostileNames, labels.Select(Unescape));
        Assert.Equal("title: \"\\u003Cscript\\u003Ewindow.hacked = true\\u003C/script\\u003E\"", lines[1]);
        Assert.All(labels, label => Assert.DoesNotContain(label, letter => letter is '"' or '<' or '>' or '`' or '%' or '{' or '[' or '&'));

        static string Unescape(string label) =>
            MermaidCode().Replace(label, match => char.ConvertFromUtf32(int.Parse(match.Groups[1].Value, null)));
    }

    [Fact]
    public void In_dot()
    {
        string[] lines = File.ReadAllLines(Export("graph.dot"));
        string[] labels =
            [.. lines.Select(line => DotNode().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

        Assert.Equal(Samples.HostileNames,
            labels.Select(label => DotCode().Replace(label, "$1").Replace("&amp;", "&", StringComparison.Ordinal)));
    }

    [Fact]
    public void In_json()
    {
        string text = File.ReadAllText(Export("graph.json"));
        using JsonDocument json = JsonDocument.Parse(text);

        Assert.Equal(Samples.HostileNames, json.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(node => node.GetProperty("name").GetString()));
        Assert.DoesNotContain('<', text);
    }

    [Theory]
    [InlineData("graph.dot")]
    [InlineData("graph.mmd")]
    [InlineData("graph.svg")]
    [InlineData("graph.html")]
    public void Without_control_characters(string file)
    {
        ShellResult result = _shell.Run(
            "New-DagNode A { } -Description $text | Export-Dag $file -PassThru | Get-Content -Raw",
            ("text", "\u001b[31m red \a \u009b \u202e"),
            ("file", _temp[file]));

        Assert.Null(result.Thrown);
        Assert.DoesNotContain(Assert.Single(result.Text), letter =>
            (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')) || letter == '\u202e');
    }

    [Fact]
    public void In_the_console()
    {
        ShellResult result =
            _shell.Run("$names | ForEach-Object { New-DagNode $_ { } } | Show-Dag -Width 300", ("names", Samples.HostileNames));

        Assert.Null(result.Thrown);
        Assert.All(result.Text, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact]
    public void Messages_may_have_any_character()
    {
        ShellResult result = _shell.Run(
            """
            $nodes = New-DagNode A { throw $using:text }
            $nodes | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue | Out-Null
            'svg', 'html', 'mmd', 'dot', 'json' | ForEach-Object { $run | Export-Dag "$path.$_" }
            """,
            ("text", "a\0b\u001b[31m\u0008 \ud800 \uffff ]]> <b> \r\n second \u2028 third \u202e tfel"),
            ("path", _temp["graph"]));

        Assert.Null(result.Thrown);
        string title = SvgPicture.Load(_temp["graph.svg"]).Nodes.Single().Element(SvgPicture.Svg + "title")!.Value;
        Assert.Contains("]]> <b>", title, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', title);
        using JsonDocument json = JsonDocument.Parse(_temp.Read("graph.json"));
        Assert.Single(
            File.ReadAllLines(_temp["graph.dot"]),
            line => line.StartsWith("  n0 [", StringComparison.Ordinal) && line.EndsWith("];", StringComparison.Ordinal));
    }

    private string Export(string file)
    {
        ShellResult result = _shell.Run(
            "$names | ForEach-Object { New-DagNode $_ { } -Description $_ } | New-Dag $names[0] -Description $names[1] | Export-Dag $path",
            ("names", Samples.HostileNames),
            ("path", _temp[file]));
        Assert.Null(result.Thrown);
        return _temp[file];
    }

    [GeneratedRegex("<script", RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    [GeneratedRegex("^    n[0-9]+\\[\"(.*)\"\\]$")]
    private static partial Regex MermaidNode();

    [GeneratedRegex("#([0-9]+);")]
    private static partial Regex MermaidCode();

    [GeneratedRegex("^  n[0-9]+ \\[label=\"((?:[^\"\\\\]|\\\\.)*)\", tooltip")]
    private static partial Regex DotNode();

    [GeneratedRegex("\\\\(.)")]
    private static partial Regex DotCode();
}
