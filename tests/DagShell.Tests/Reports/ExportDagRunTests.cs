using System.Management.Automation;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DagShell.Tests.Pictures;

namespace DagShell.Tests.Reports;

public sealed partial class ExportDagRunTests : IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public ExportDagRunTests() => _shell.Run("Set-Location $folder", ("folder", _temp.Root));

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void The_page_has_what_happened()
    {
        Run(SampleRuns.Mixed + "; $run | Export-DagRun night.html");

        string page = _temp.Read("night.html");
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"badge failed\"><b>✗</b> Failed</span>", page, StringComparison.Ordinal);
        Assert.Contains("Every night.", page, StringComparison.Ordinal);
        Assert.Contains("the check found something", page, StringComparison.Ordinal);
        Assert.Contains("dependency &#39;Check&#39; failed", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"key failed\"><b>✗</b> 1 failed</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_have_their_positions()
    {
        File.WriteAllText(_temp["night.dag.ps1"], "\n\nNew-DagNode A {\n    throw 'at line 4'\n}\n");
        Run("Invoke-Dag -Path night.dag.ps1 -ErrorAction SilentlyContinue | Export-DagRun night.html");

        Assert.Contains($"night.dag.ps1:4</p>", _temp.Read("night.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_every_attempt()
    {
        Run(SampleRuns.Mixed + "; $run | Export-DagRun night.json");

        using JsonDocument json = JsonDocument.Parse(_temp.Read("night.json"));
        JsonElement root = json.RootElement;
        Assert.Equal("DagShell.Run", root.GetProperty("format").GetString());
        Assert.Equal("Failed", root.GetProperty("status").GetString());
        Assert.Equal(3, root.GetProperty("figures").GetProperty("nodesByState").GetProperty("succeeded").GetInt32());
        JsonElement copy = root.GetProperty("nodes").EnumerateArray().Single(node => node.GetProperty("name").GetString() == "Copy");
        JsonElement[] attempts = [.. copy.GetProperty("attempts").EnumerateArray()];
        Assert.Equal(["Failed", "Succeeded"], attempts.Select(attempt => attempt.GetProperty("outcome").GetString()));
        Assert.Equal("the copy was refused", attempts[0].GetProperty("message").GetString());
        Assert.True(attempts[0].GetProperty("endTime").GetDateTimeOffset() < attempts[1].GetProperty("startTime").GetDateTimeOffset());
        JsonElement check = root.GetProperty("nodes").EnumerateArray().Single(node => node.GetProperty("name").GetString() == "Check");
        Assert.Equal("the check found something", check.GetProperty("message").GetString());
        Assert.Equal("Prepare", check.GetProperty("dependsOn")[0].GetString());
    }

    [Fact]
    public void Csv_is_read_back_by_PowerShell()
    {
        ShellResult result = Run(SampleRuns.Mixed + "; $run | Export-DagRun night.csv; Get-Content night.csv -Raw | ConvertFrom-Csv");

        Assert.Equal(["Prepare", "Copy", "Check", "Publish", "Clean up"], result.Output.Select(row => Text(row, "Name")));
        Assert.Equal(["Succeeded", "Succeeded", "Failed", "Skipped", "Succeeded"], result.Output.Select(row => Text(row, "Status")));
        Assert.Equal("2", Text(result.Output[1], "Attempts"));
        Assert.Equal("Copy; Check", string.Join("; ", Text(result.Output[3], "DependsOn").Split("; ").OrderDescending()));
        Assert.Equal("the check found something", Text(result.Output[2], "Message"));
        Assert.Equal(string.Empty, Text(result.Output[3], "StartTime"));
    }

    [Fact]
    public void The_trace_has_an_event_for_each_attempt_wait_and_edge()
    {
        Run(SampleRuns.Mixed + "; $run | Export-DagRun night.trace.json");

        using JsonDocument json = JsonDocument.Parse(_temp.Read("night.trace.json"));
        JsonElement[] events = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] slices = [.. events.Where(item => item.GetProperty("ph").GetString() == "X")];
        Assert.Equal(["Check", "Clean up", "Copy", "Copy", "Prepare"], slices.Select(slice => slice.GetProperty("name").GetString())
            .Order());
        Assert.All(slices, slice => Assert.True(slice.GetProperty("ts").GetDouble() >= 0 && slice.GetProperty("dur").GetDouble() >= 0));
        Assert.Equal(["b", "e"], events.Where(item => Category(item) == "wait").Select(item => item.GetProperty("ph").GetString()));
        Assert.Equal(4, events.Count(item => Category(item) == "edge"));
        JsonElement thread1 = Assert.Single(
            events, item => item.GetProperty("name").GetString() == "thread_name" && item.GetProperty("tid").GetInt32() == 1);
        Assert.Equal("slot 1", thread1.GetProperty("args").GetProperty("name").GetString());

        // Slices of one thread must not overlap, or viewers put them into one another.
        foreach (var thread in slices.GroupBy(slice => slice.GetProperty("tid").GetInt32()))
        {
            double end = 0;
            foreach (JsonElement slice in thread.OrderBy(slice => slice.GetProperty("ts").GetDouble()))
            {
                Assert.True(slice.GetProperty("ts").GetDouble() >= end - 0.2);
                end = slice.GetProperty("ts").GetDouble() + slice.GetProperty("dur").GetDouble();
            }
        }

        static string? Category(JsonElement item) => item.TryGetProperty("cat", out JsonElement category) ? category.GetString() : null;
    }

    [Fact]
    public void A_node_that_was_restored_says_so()
    {
        Run("""
            $nodes = @(
                New-DagNode Export { 'exported' }
                New-DagNode Import { if (-not (Test-Path $using:PWD/ready)) { throw 'not yet' } } -DependsOn Export
            )
            $null = $nodes | Invoke-Dag -Checkpoint night.journal -ErrorAction SilentlyContinue
            $null = New-Item ready -ItemType File
            $nodes | Invoke-Dag -Checkpoint night.journal -Resume | Export-DagRun night.html
            """);

        Assert.Contains("restored from the checkpoint", _temp.Read("night.html"), StringComparison.Ordinal);
        Assert.Contains("badge succeeded", _temp.Read("night.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_says_no_format_is_an_error()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Invoke-Dag | Export-DagRun night.txt");

        Assert.StartsWith("UnknownFormat", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_goes_before_the_extension_and_Force_overwrites()
    {
        File.WriteAllText(_temp["night.json"], "mine");

        Assert.StartsWith(
            "FileExists",
            _shell.Run("New-DagNode A { } | Invoke-Dag | Export-DagRun night.json -Format Trace").ThrownRecord!.FullyQualifiedErrorId,
            StringComparison.Ordinal);
        ShellResult result = Run("New-DagNode A { } | Invoke-Dag | Export-DagRun night.json -Format Trace -Force -PassThru");
        Assert.Contains("traceEvents", _temp.Read("night.json"), StringComparison.Ordinal);
        Assert.Equal(_temp["night.json"], Assert.IsType<FileInfo>(result.Single).FullName);
    }

    [Fact]
    public void Two_runs_are_a_page_and_in_other_formats_an_error()
    {
        const string Runs = "& { New-DagNode A { } | Invoke-Dag; New-DagNode A { } | Invoke-Dag }";
        ShellResult result = _shell.Run(Runs + " | Export-DagRun nights.json");

        Assert.StartsWith("InvalidRun", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(File.Exists(_temp["nights.json"]));
        Run(Runs + " | Export-DagRun nights.html");
        Assert.Contains("2 runs</span>", _temp.Read("nights.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_goes_on_is_exported_as_it_stands()
    {
        Run("""
            $nodes = @(
                New-DagNode First { }
                New-DagNode Slow { while (-not (Test-Path $using:PWD/gate)) { [System.Threading.Thread]::Sleep(10) } } -DependsOn First
                New-DagNode Later { } -DependsOn Slow
            )
            $nodes | Invoke-Dag -RunVariable run | ForEach-Object {
                if ($_.Name -eq 'First') {
                    while (($run | Measure-DagRun).TotalWork -lt '0:0:0.05') { }
                    'html', 'json', 'csv', 'trace.json' | ForEach-Object { $run | Export-DagRun "night.$_" }
                    $null = New-Item gate -ItemType File
                }
            }
            """);

        Assert.Contains("still going on", _temp.Read("night.html"), StringComparison.Ordinal);
        Assert.Contains("1 running", _temp.Read("night.html"), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(_temp.Read("night.json"));
        Assert.Equal("Running", json.RootElement.GetProperty("status").GetString());
        Assert.False(json.RootElement.TryGetProperty("endTime", out _));
        Assert.Contains("\"Slow\",\"Running\"", _temp.Read("night.csv"), StringComparison.Ordinal);
        Assert.Contains("\"Running\"", _temp.Read("night.trace.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_node_is_called_and_fails_with_is_text_in_the_page()
    {
        ExportHostile("night.html");

        string page = _temp.Read("night.html");
        Assert.Equal(["<script id", "<script>"], Script().Matches(page).Select(match => match.Value));
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Whatever_a_node_is_called_and_fails_with_is_text_in_json_and_trace()
    {
        ExportHostile("night.json");
        ExportHostile("night.trace.json");

        using JsonDocument json = JsonDocument.Parse(_temp.Read("night.json"));
        JsonElement[] nodes = [.. json.RootElement.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(Samples.HostileNames, nodes.Select(node => node.GetProperty("name").GetString()));
        Assert.Equal(Samples.HostileNames, nodes.Select(node => node.GetProperty("message").GetString()));
        using JsonDocument trace = JsonDocument.Parse(_temp.Read("night.trace.json"));
        Assert.DoesNotContain('<', _temp.Read("night.json") + _temp.Read("night.trace.json"));
    }

    [Fact]
    public void No_cell_of_the_csv_is_a_formula()
    {
        ExportHostile("night.csv");
        ShellResult result = Run("Get-Content night.csv -Raw | ConvertFrom-Csv");

        Assert.Equal(Samples.HostileNames.Select(name => name[0] is '=' or '@' ? "'" + name : name),
            result.Output.Select(row => Text(row, "Name")));
        Assert.All(result.Output.SelectMany(row => row.Properties), cell =>
            Assert.DoesNotMatch("^[=+@-]", cell.Value?.ToString() ?? string.Empty));
    }

    [Fact]
    public void Messages_may_have_any_character()
    {
        _shell["text"] = "=1+1\0\u001b[31m \ud800 \uffff ]]> <b> \r\n second, \"quoted\" \u2028 third";
        Run("""
            New-DagNode A { throw $using:text } | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue | Out-Null
            'html', 'json', 'csv', 'trace.json' | ForEach-Object { $run | Export-DagRun "night.$_" }
            """);

        using JsonDocument json = JsonDocument.Parse(_temp.Read("night.json"));
        Assert.Contains("]]> <b>", json.RootElement.GetProperty("nodes")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        using JsonDocument trace = JsonDocument.Parse(_temp.Read("night.trace.json"));
        ShellResult result = Run("Get-Content night.csv -Raw | ConvertFrom-Csv");
        Assert.StartsWith("'=1+1", Text(Assert.Single(result.Output), "Message"), StringComparison.Ordinal);
        Assert.DoesNotContain(_temp.Read("night.csv"), letter => char.IsControl(letter) && letter is not ('\r' or '\n' or '\t'));
    }

    [Theory]
    [InlineData("=1", true)]
    [InlineData(" =1", true)]
    [InlineData("＝1", true)]
    [InlineData("+1", true)]
    [InlineData("-1", true)]
    [InlineData("@a", true)]
    [InlineData("a=1", false)]
    public void A_cell_that_a_spreadsheet_would_calculate_is_a_text(string name, bool isMarked)
    {
        _shell["name"] = name;
        ShellResult result = Run("New-DagNode $name { } | Invoke-Dag | Export-DagRun x.csv; Get-Content x.csv -Raw | ConvertFrom-Csv");

        Assert.Equal(isMarked ? "'" + name : name, Text(Assert.Single(result.Output), "Name"));
    }

    private static string Text(PSObject row, string column) => row.Properties[column].Value?.ToString() ?? string.Empty;

    private void ExportHostile(string file)
    {
        _shell["names"] = Samples.HostileNames;
        Run($$"""
            $nodes = $names | ForEach-Object { $name = $_; New-DagNode $name { throw $using:name } -Description $name }
            $nodes | New-Dag $names[0] -Description $names[1] | Invoke-Dag -ErrorAction SilentlyContinue | Export-DagRun {{file}}
            """);
    }

    private ShellResult Run(string script)
    {
        ShellResult result = _shell.Run(script);
        Assert.Null(result.Thrown);
        Assert.Empty(result.Streams.Error);
        return result;
    }

    [GeneratedRegex("<script( id|.)", RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    [Fact]
    public void JUnit_has_a_test_case_a_node()
    {
        ShellResult result = _shell.Run("""
            $nodes = @(
                New-DagNode Good { 'g' }
                New-DagNode Flaky { if ($DagNode.Attempt -lt 3) { throw "not yet $($DagNode.Attempt)" } } -RetryCount 3
                New-DagNode Bad { Write-Warning "careful`u{1}"; throw "it <broke> & `u{1}" } -RetryCount 1
                New-DagNode After { } -DependsOn Bad
                New-DagNode Tolerated { throw 'x' } -ContinueOnError
                New-DagNode Primary { throw 'y' }
                New-DagNode Other { } -FallbackFor Primary
            )
            $null = $nodes | New-Dag Nightly | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            $run | Export-DagRun run.xml
            """);

        Assert.Null(result.Thrown);
        XElement suite = XDocument.Parse(_temp.Read("run.xml")).Root!.Element("testsuite")!;
        Assert.Equal(
            ("7", "1", "0", "3"),
            ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures"), (string?)suite.Attribute("errors"),
                (string?)suite.Attribute("skipped")));
        Dictionary<string, XElement> cases = suite.Elements("testcase").ToDictionary(node => (string)node.Attribute("name")!);
        XElement said = Assert.Single(cases["Good"].Elements());
        Assert.Equal("system-out", said.Name);
        Assert.EndsWith("  g", (string)said, StringComparison.Ordinal);
        Assert.Equal(2, cases["Flaky"].Elements("flakyFailure").Count());
        Assert.StartsWith("it <broke> & ", (string?)cases["Bad"].Element("failure")!.Attribute("message"), StringComparison.Ordinal);
        Assert.Single(cases["Bad"].Elements("rerunFailure"));
        Assert.Equal("dependency 'Bad' failed", (string?)cases["After"].Element("skipped")!.Attribute("message"));
        Assert.All(["Tolerated", "Primary"], name => Assert.NotNull(cases[name].Element("skipped")));
        Assert.All(cases.Values, node => Assert.Equal("Nightly", (string?)node.Attribute("classname")));
    }
}
