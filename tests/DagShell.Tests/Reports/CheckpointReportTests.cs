using System.Management.Automation;
using System.Text.Json.Nodes;
using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Reports;

/// <summary>What is told of a run can be told from its journal: of one that is over, goes on, was killed, or was resumed.</summary>
public sealed class CheckpointReportTests : CheckpointTests
{
    /// <summary>One after the other: the critical path is the same however long they take.</summary>
    private const string Nodes = """
        $nodes = @(
            New-DagNode First -Description 'the first' { 1 }
            New-DagNode Flaky -DependsOn First -RetryCount 1 { if ($DagNode.Attempt -eq 1) { throw 'not yet' } } -Pool sql
            New-DagNode Bad -DependsOn Flaky {
                throw 'the disk is <full>'
            }
            New-DagNode Last -DependsOn Bad { }
        )
        $dag = $nodes | New-Dag Nightly -Description 'Every night.' -PoolLimit @{ sql = 1 }

        """;

    private const string RunToEnd = Nodes
        + "$null = $dag | Invoke-Dag -Checkpoint $journal -RunVariable run -ErrorAction SilentlyContinue\n";

    [Fact]
    public void A_run_that_is_over_is_measured_as_it_was()
    {
        ShellResult result = Run(RunToEnd + "$run | Measure-DagRun; Measure-DagRun -Checkpoint $journal");

        string[] same =
            ["Id", "Name", "Status", "Nodes", "Succeeded", "Failed", "Skipped", "Cancelled", "Unfinished", "ThrottleLimit", "LimitedBy"];
        Assert.All(same, name => Assert.Equal(Value(result.Output[0], name), Value(result.Output[1], name)));
        Assert.Equal("Failed", Value(result.Output[1], "Status")!.ToString());
        Assert.Equal((IEnumerable<string>)Value(result.Output[0], "CriticalPath")!,
            (IEnumerable<string>)Value(result.Output[1], "CriticalPath")!);
    }

    [Fact]
    public void What_a_failed_node_said_last_is_told_from_the_journal_too()
    {
        Run("""
            $password = ConvertTo-SecureString 'hunter2' -AsPlainText
            $nodes = @(
                New-DagNode Retried -RetryCount 2 { "try $($DagNode.Attempt)"; if ($DagNode.Attempt -eq 2) { Write-Host 'nearly' }; if ($DagNode.Attempt -lt 3) { throw 'no' } }
                New-DagNode Quiet -RetryCount 1 { if ($DagNode.Attempt -eq 1) { 'said once' }; throw 'no' }
                New-DagNode Fleet -ForEach 1, 2 { "item $_"; if ($_ -eq 2) { throw 'no' } }
                New-DagNode Secret { "with $($using:password | ConvertFrom-SecureString -AsPlainText)"; throw 'no' }
            )
            $nodes | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue
            Export-DagRun "$folder/x.xml" -Format JUnit -Checkpoint $journal
            """, ("folder", Folder.FullName));

        string file = File.ReadAllText(Journal);
        Assert.Equal(["try 1", "try 2", "nearly"], LinesOf("Retried"));
        Assert.Equal(["said once"], LinesOf("Quiet"));
        Assert.Equal(["item 1", "item 2"], LinesOf("Fleet").Order());
        Assert.Equal(["with ***"], LinesOf("Secret"));
        Assert.Contains("  with ***", File.ReadAllText(Path.Combine(Folder.FullName, "x.xml")), StringComparison.Ordinal);

        IEnumerable<string> LinesOf(string node) => file.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["node"] == node && line["log"] is not null)
            .SelectMany(line => line["log"]!.AsArray().Select(logged => (string)logged!["text"]!));
    }

    [Fact]
    public void A_run_that_is_over_is_exported_as_it_was()
    {
        Run(RunToEnd + """
            $run | Export-DagRun "$folder/run.json"
            Export-DagRun "$folder/checkpoint.json" -Checkpoint $journal
            'html', 'csv', 'trace.json' | ForEach-Object { Export-DagRun "$folder/checkpoint.$_" -Checkpoint $journal }
            $run | Export-Dag "$folder/dag.json"
            'json', 'svg' | ForEach-Object { Export-Dag "$folder/dag-checkpoint.$_" -Checkpoint $journal }
            """, ("folder", Folder.FullName));

        JsonNode ofRun = Json("run.json"), ofJournal = Json("checkpoint.json");
        foreach (string property in new[] { "id", "name", "description", "status", "throttleLimit" })
        {
            Assert.Equal(ofRun[property]!.ToString(), ofJournal[property]!.ToString());
        }

        Assert.Equal(ofRun["nodes"]!.AsArray().Select(Facts), ofJournal["nodes"]!.AsArray().Select(Facts));
        Assert.Contains("the disk is &lt;full&gt;", File.ReadAllText(Path.Combine(Folder.FullName, "checkpoint.html")),
            StringComparison.Ordinal);
        Assert.Equal(
            Json("dag.json")["nodes"]!.AsArray().Select(DagFacts), Json("dag-checkpoint.json")["nodes"]!.AsArray().Select(DagFacts));

        static string Facts(JsonNode? node) => $"{node!["name"]}|{node["state"]}|{node["message"]}|{node["position"]}|"
            + node["dependsOn"]!.ToJsonString()
            + string.Join(',', node["attempts"]!.AsArray()
                .Select(attempt => $"{attempt!["number"]} {attempt["slot"]} {attempt["outcome"]} {attempt["message"]}"));

        static string DagFacts(JsonNode? node) => $"{node!["name"]}|{node["level"]}|{node["description"]}|{node["state"]}|{node["pool"]}";
    }

    [Fact]
    public void A_run_that_is_over_is_shown_as_it_was()
    {
        string[] shown = Run(RunToEnd + "$run | Show-Dag -Width 100").Text;

        Assert.Equal(shown, Run("Show-Dag -Checkpoint $journal -Width 100").Text);
    }

    [Fact]
    public void Wherever_a_journal_was_cut_off_the_run_can_be_told_and_the_file_is_left_as_it_is()
    {
        Run(RunToEnd);
        byte[] whole = File.ReadAllBytes(Journal);
        int header = Array.IndexOf(whole, (byte)'\n') + 1;
        int end = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        foreach (int length in new[] { header, header + 20, (header + end) / 2, end, whole.Length - 3 })
        {
            File.WriteAllBytes(Journal, whole[..length]);
            ShellResult result =
                Run($"Measure-DagRun -Checkpoint $journal; Export-DagRun {Quoted("r.html")} -Checkpoint $journal -Force; Show-Dag "
                + "-Checkpoint $journal");

            PSObject figures = result.Output[0];
            Assert.Equal("Interrupted", Value(figures, "Status")!.ToString());
            Assert.True((TimeSpan)Value(figures, "Makespan")! < TimeSpan.FromMinutes(10));
            Assert.Equal(4, (int)Value(figures, "Nodes")!);
            Assert.Contains(result.Text, line => line.EndsWith("interrupted: its journal has no end", StringComparison.Ordinal));
            Assert.Contains("Interrupted", File.ReadAllText(Path.Combine(Folder.FullName, "r.html")), StringComparison.Ordinal);
            Assert.Equal(whole[..length], File.ReadAllBytes(Journal));
        }

        Assert.Empty(Directory.GetFiles(Folder.FullName, "*.lock"));
    }

    [Fact]
    public void Nodes_that_ran_when_the_process_ended_are_told_as_such()
    {
        Run(RunToEnd);
        string[] lines = File.ReadAllLines(Journal);
        int started = Array.FindIndex(lines, line =>
            line.Contains("\"started\"", StringComparison.Ordinal) && line.Contains("\"Bad\"", StringComparison.Ordinal));
        File.WriteAllText(Journal, string.Join('\n', lines[..(started + 1)]) + "\n");
        Run($"Export-DagRun {Quoted("r.json")} -Checkpoint $journal");

        JsonNode bad = Json("r.json")["nodes"]!.AsArray().Single(node => node!["name"]!.ToString() == "Bad")!;
        Assert.Equal(("Running", "was running when the journal broke off"), (bad["state"]!.ToString(), bad["message"]!.ToString()));
    }

    [Theory]
    [InlineData("Measure-DagRun -Checkpoint $journal | ForEach-Object { \"$($_.Status)\" }")]
    [InlineData("Export-DagRun \"$journal.json\" -Checkpoint $journal; (Get-Content \"$journal.json\" -Raw | ConvertFrom-Json).status")]
    [InlineData("Export-Dag \"$journal.json\" -Checkpoint $journal; (Get-Content \"$journal.json\" -Raw | ConvertFrom-Json).status")]
    [InlineData("$null = Show-Dag -Checkpoint $journal; (Measure-DagRun -Checkpoint $journal).Status.ToString()")]
    public void A_run_that_goes_on_is_told_as_it_stands_and_is_not_disturbed(string tell)
    {
        using Gate gate = new();
        ShellResult result = Run(
            """
            $nodes = @(
                New-DagNode First { }
                New-DagNode Slow { ($using:gate).Pass() } -DependsOn First
            )
            $nodes | Invoke-Dag -Checkpoint $journal | ForEach-Object {
                if ($_.Name -eq 'First') { 

            """ + tell + """

                    $gate.Open()
                }
                else { "$($_.Status)" }
            }
            Measure-DagRun -Checkpoint $journal | ForEach-Object { "$($_.Status)" }
            """,
            ("gate", gate));

        Assert.Equal(["Running", "Succeeded", "Succeeded"], result.Text);
    }

    [Fact]
    public void Of_a_journal_with_several_runs_the_last_one_counts_and_what_was_done_before_is_told_as_restored()
    {
        Run(RunToEnd);
        ShellResult result = Run($$"""
            $null = $dag | Invoke-Dag -Checkpoint $journal -Resume -RunVariable second -ErrorAction SilentlyContinue
            (Measure-DagRun -Checkpoint $journal).Id -eq $second.Id
            Export-DagRun {{Quoted("r.json")}} -Checkpoint $journal
            """);

        Assert.Equal(["True"], result.Text);
        JsonNode first = Json("r.json")["nodes"]!.AsArray()[0]!;
        Assert.Equal("Succeeded", first["state"]!.ToString());
        Assert.StartsWith(
            "restored from the checkpoint, not run again: done in the run of ", first["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Empty(first["attempts"]!.AsArray());
    }

    [Fact]
    public void The_path_is_literal_and_relative_to_the_callers_location()
    {
        string journal = Path.Combine(Folder.FullName, "a[1].journal");
        ShellResult result = Run($$"""
            Set-Location {{Quoted("")}}
            New-DagNode A { } | Invoke-Dag -Checkpoint './a[1].journal' | Out-Null
            (Measure-DagRun -Checkpoint 'a[1].journal').Nodes
            """);

        Assert.True(File.Exists(journal));
        Assert.Equal(["1"], result.Text);
    }

    [Theory]
    [InlineData("Measure-DagRun")]
    [InlineData("Show-Dag")]
    [InlineData("Export-Dag ./x.svg")]
    [InlineData("Export-DagRun ./x.html")]
    public void What_is_no_journal_is_a_clear_error(string command)
    {
        Folder.Write("other", "Dear all,\n");
        Folder.Write("empty", "");
        (string Name, string Id, string Text)[] cases =
        [
            ("missing", "DagCheckpointNotFound,", "There is no checkpoint"),
            ("other", "DagCheckpointInvalid,", "is not a journal of DagShell"),
            ("empty", "DagCheckpointEmpty,", "No run has begun"),
        ];
        foreach (var (name, id, text) in cases)
        {
            ShellResult result = Shell.Run($"Set-Location {Quoted("")}; {command} -Checkpoint ./{name}");
            Assert.StartsWith(id, result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(text, result.Thrown!.Message, StringComparison.Ordinal);
            Assert.Contains(name, result.Thrown.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["empty", "other"], Directory.GetFiles(Folder.FullName).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Nothing_in_a_journal_is_run_or_comes_to_life()
    {
        Run("New-DagNode A { [pscustomobject]@{ When = Get-Date } } | Invoke-Dag -Checkpoint $journal | Out-Null");

        // What the node gave out is not even looked at: it may be anything.
        Assert.Contains("\"output\":\"<Objs", File.ReadAllText(Journal), StringComparison.Ordinal);
        Run($$"""
            $ErrorActionPreference = 'Stop'
            Measure-DagRun -Checkpoint $journal | Out-Null
            Export-DagRun {{Quoted("r.json")}} -Checkpoint $journal
            """);
        Assert.DoesNotContain("Objs", File.ReadAllText(Path.Combine(Folder.FullName, "r.json")), StringComparison.Ordinal);
    }

    private static object? Value(PSObject item, string property) => Unwrapped.Value(item.Properties[property].Value);

    private string Quoted(string name) => $"'{Path.Combine(Folder.FullName, name)}'";

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder.FullName, name)))!;
}
