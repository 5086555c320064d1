using System.Text.Json;
using System.Xml.Linq;

namespace DagShell.Tests.Pictures;

public sealed class ExportDagTests : IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public ExportDagTests() => _shell.Run("Set-Location $folder", ("folder", _temp.Root));

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Theory]
    [InlineData("dag.mmd", "flowchart TD")]
    [InlineData("dag.mermaid", "flowchart TD")]
    [InlineData("dag.dot", "digraph \"dag\" {")]
    [InlineData("dag.gv", "digraph \"dag\" {")]
    [InlineData("dag.SVG", "<?xml version=\"1.0\"")]
    [InlineData("dag.html", "<!DOCTYPE html>")]
    [InlineData("dag.htm", "<!DOCTYPE html>")]
    [InlineData("dag.json", "{")]
    public void The_extension_gives_the_format(string file, string start)
    {
        ShellResult result = _shell.Run($"@({Samples.Diamond}) | Export-Dag {file}");

        Assert.Null(result.Thrown);
        Assert.Empty(result.Output);
        Assert.StartsWith(start, _temp.Read(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1..501 | ForEach-Object { New-DagNode \"n$_\" { } -DependsOn First }", "501 edges")]
    [InlineData("1..40 | ForEach-Object { New-DagNode ('n' * 1300 + $_) { } }", "0 edges")]
    [InlineData("1..500 | ForEach-Object { New-DagNode \"n$_\" { } -DependsOn First }", null)]
    public void A_chart_that_Mermaid_refuses_is_a_warning(string nodes, string? edges)
    {
        ShellResult result = _shell.Run($"@(New-DagNode First {{ }}; {nodes}) | Export-Dag $path -Force", ("path", _temp["x.mmd"]));

        Assert.Null(result.Thrown);
        Assert.True(new FileInfo(_temp["x.mmd"]).Length > 10_000);
        if (edges is null)
        {
            Assert.Empty(result.Streams.Warning);
        }
        else
        {
            Assert.Contains(edges, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Format_goes_before_the_extension()
    {
        _shell.Run($"@({Samples.Diamond}) | Export-Dag graph.txt -Format Mermaid");

        Assert.StartsWith("flowchart", _temp.Read("graph.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_says_no_format_is_an_error()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Export-Dag graph.txt");

        Assert.StartsWith("UnknownFormat", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(".svg", result.ThrownRecord.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_exists_is_overwritten_only_with_Force()
    {
        File.WriteAllText(_temp["graph.mmd"], "mine");

        ShellResult refused = _shell.Run("New-DagNode A { } | Export-Dag graph.mmd");
        Assert.StartsWith("FileExists", refused.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Force", refused.ThrownRecord.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", _temp.Read("graph.mmd"));

        Assert.Null(_shell.Run("New-DagNode A { } | Export-Dag graph.mmd -Force").Thrown);
        Assert.StartsWith("flowchart", _temp.Read("graph.mmd"), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Null(_shell.Run("New-DagNode A { } | Export-Dag graph.mmd -WhatIf").Thrown);
        Assert.False(File.Exists(_temp["graph.mmd"]));
    }

    [Fact]
    public void PassThru_gives_the_file()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Export-Dag ./graph.mmd -PassThru");

        Assert.Equal(_temp["graph.mmd"], Assert.IsType<FileInfo>(result.Single).FullName);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_that_says_so()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Export-Dag nowhere/graph.mmd");

        Assert.StartsWith("FileNotWritten", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("nowhere", result.ThrownRecord.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_outside_the_file_system_is_an_error()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Export-Dag variable:graph.mmd");

        Assert.StartsWith("NotAFilePath", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_and_a_run_do_not_go_into_one_picture()
    {
        ShellResult result = _shell.Run("""
            $null = New-DagNode A { } | Invoke-Dag -RunVariable run
            $run, (New-DagNode B { }) | Export-Dag graph.mmd
            """);

        Assert.StartsWith("DagAndRun", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dag.mmd", "n0 -. fallback .-> n1", "n0 -. clean-up .-> n2")]
    [InlineData("dag.dot", "n0 -> n1 [style=dashed]", "n0 -> n2 [style=dotted]")]
    [InlineData("dag.svg", "<g class=\"edge fallback\" data-from=\"0\" data-to=\"1\">",
        "<g class=\"edge cleanup\" data-from=\"0\" data-to=\"2\">")]
    [InlineData("dag.html", "<g class=\"edge fallback\" data-from=\"0\" data-to=\"1\">",
        "<g class=\"edge cleanup\" data-from=\"0\" data-to=\"2\">")]
    [InlineData("dag.json", "\"fallbackFor\": \"A\"", "\"kind\": \"cleanUp\"")]
    [InlineData("run.csv", "\"\",\"A\"", "\"A\",\"\"")]
    [InlineData("run.json", "\"fallbackFor\": \"A\"", "\"cleanUpOf\"")]
    [InlineData("run.html", "fallback for A", "cleans up after A")]
    public void Fallback_and_clean_up_are_told_from_dependents(string file, string fallback, string cleanUp)
    {
        string export = file.StartsWith("run", StringComparison.Ordinal)
            ? $"$null = $nodes | Invoke-Dag -RunVariable run; $run | Export-DagRun {file}"
            : $"$nodes | Export-Dag {file}";
        ShellResult result = _shell.Run(
            "$nodes = (New-DagNode A { }), (New-DagNode B { } -FallbackFor A), (New-DagNode Down { } -CleanUpOf A); " + export);

        Assert.Null(result.Thrown);
        Assert.Contains(fallback, _temp.Read(file), StringComparison.Ordinal);
        Assert.Contains(cleanUp, _temp.Read(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Mermaid_has_nodes_and_edges()
    {
        _shell.Run($"New-Dag Nightly {{ {Samples.Diamond} }} | Export-Dag graph.mmd");

        Assert.Equal(
            """
            ---
            title: "Nightly"
            ---
            flowchart TD
                n0["Extract"]
                n1["Transform"]
                n2["Check"]
                n3["Load"]
                n0 --> n1
                n0 --> n2
                n1 --> n3
                n2 --> n3

            """.ReplaceLineEndings("\n"),
            _temp.Read("graph.mmd"));
    }

    [Fact]
    public void Dot_has_nodes_and_edges()
    {
        _shell.Run($"@({Samples.Diamond}) | Export-Dag graph.dot");

        string[] lines = _temp.Read("graph.dot").Split('\n');
        Assert.Contains("  n0 [label=\"Extract\", tooltip=\"Extract\\nReads the orders.\"];", lines);
        Assert.Contains("  n1 -> n3;", lines);
    }

    [Fact]
    public void Json_has_nodes_and_edges()
    {
        _shell.Run("""
            @(
                New-DagNode A { } -Description 'the first' -EstimatedDuration 2s
                New-DagNode B { } -DependsOn A -Pool sql -RetryCount 3 -TriggerRule AllDone
            ) | New-Dag Two -PoolLimit @{ sql = 1 } | Export-Dag graph.json
            """);

        using JsonDocument json = JsonDocument.Parse(_temp.Read("graph.json"));
        JsonElement root = json.RootElement;
        Assert.Equal("Two", root.GetProperty("name").GetString());
        JsonElement first = root.GetProperty("nodes")[0];
        Assert.Equal("the first", first.GetProperty("description").GetString());
        Assert.Equal(2, first.GetProperty("estimatedDuration").GetDouble());
        JsonElement second = root.GetProperty("nodes")[1];
        Assert.Equal(1, second.GetProperty("level").GetInt32());
        Assert.Equal("sql", second.GetProperty("pool").GetString());
        Assert.Equal(3, second.GetProperty("retryCount").GetInt32());
        Assert.Equal("AllDone", second.GetProperty("triggerRule").GetString());
        Assert.Equal("B", root.GetProperty("edges")[0].GetProperty("to").GetString());
    }

    [Theory]
    [InlineData("graph.svg")]
    [InlineData("graph.html")]
    [InlineData("graph.mmd")]
    [InlineData("graph.dot")]
    [InlineData("graph.json")]
    public void The_picture_of_a_run_has_the_states_of_its_nodes(string file)
    {
        _shell.Run($$"""
            $nodes = @(
                New-DagNode Good { }
                New-DagNode Bad { throw 'out of luck' } -DependsOn Good
                New-DagNode After { } -DependsOn Bad
            )
            $nodes | Invoke-Dag -ErrorAction SilentlyContinue | Export-Dag {{file}}
            """);

        string text = _temp.Read(file);
        Assert.Contains("failed", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("skipped", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("succeeded", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("graph.svg")]
    [InlineData("graph.html")]
    public void A_picture_refers_to_nothing_outside_itself(string file)
    {
        _shell.Run($"@({Samples.Diamond}) | Export-Dag {file}");

        string text = _temp.Read(file).Replace("http://www.w3.org/2000/svg", string.Empty, StringComparison.Ordinal);
        Assert.DoesNotContain("http", text.Replace("http-equiv", string.Empty, StringComparison.Ordinal),
            StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("import", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" src=", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme: dark", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_is_cut_and_whole_on_hover()
    {
        const string Name = "Load the orders of the whole year into the warehouse of the northern region";
        _shell.Run($"New-DagNode '{Name}' {{ }} | Export-Dag graph.svg");

        XElement node = SvgPicture.Load(_temp["graph.svg"]).Nodes.Single();
        Assert.Equal(Name, node.Element(SvgPicture.Svg + "title")!.Value);
        string shown = node.Element(SvgPicture.Svg + "text")!.Value;
        Assert.InRange(shown.Length, 15, 40);
        Assert.Contains('…', shown);
    }
}
