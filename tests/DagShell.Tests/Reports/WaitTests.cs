using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Reports;

/// <summary>Why it took so long: results, figures and exports tell what nodes waited for, also when told from a journal.</summary>
public sealed class WaitTests : CheckpointTests
{
    private const string Behind = """
        $nodes = 1..5 | ForEach-Object { New-DagNode "n$_" { Start-Sleep -Milliseconds 40 } -Pool sql }
        $results = $nodes | New-Dag -PoolLimit @{ sql = 1 } | Invoke-Dag -RunVariable run -Checkpoint $journal

        """;

    [Fact]
    public void Nodes_behind_a_pool_say_so()
    {
        ShellResult result = Run(Behind + "$results; $run | Measure-DagRun; Measure-DagRun -Checkpoint $journal");

        PSObject[] last = [.. result.Output.Take(5).OrderBy(node => (DateTime)Value(node, "StartTime")!)];
        Assert.Empty(Waits(last[0]));
        PSObject wait = Waits(last[4]).MaxBy(wait => (TimeSpan)Value(wait, "Duration")!)!;
        Assert.Equal("Pool", Value(wait, "Kind")!.ToString());
        Assert.True((TimeSpan)Value(wait, "Duration")! >= TimeSpan.FromMilliseconds(150));
        Assert.True((DateTime)Value(wait, "StartTime")! >= (DateTime)Value(last[4], "ReadyTime")!);
        Assert.Equal("sql", Value(last[4], "Pool"));
        Assert.True((TimeSpan)Value(last[4], "Duration")! < (TimeSpan)Value(wait, "Duration")!);
        foreach (PSObject figures in result.Output.Skip(5))
        {
            Assert.True((TimeSpan)Value(figures, "PoolWaitTime")! >= TimeSpan.FromMilliseconds(390));
            Assert.Equal(
                Value(figures, "WaitTime"),
                (TimeSpan)Value(figures, "PoolWaitTime")! + (TimeSpan)Value(figures, "SlotWaitTime")!);
        }
    }

    [Fact]
    public void Nodes_that_are_more_than_the_throttle_limit_waited_for_slots()
    {
        ShellResult result = Run("""
            1..3 | ForEach-Object { New-DagNode "n$_" { Start-Sleep -Milliseconds 40 } } | Invoke-Dag -ThrottleLimit 1 -RunVariable run
            """);

        Assert.Equal("Slot", Value(Assert.Single(Waits(result.Output[2])), "Kind")!.ToString());
    }

    [Fact]
    public void Polls_are_no_attempts_and_no_failures()
    {
        ShellResult result = Run("""
            $n = [System.Collections.Concurrent.ConcurrentQueue[int]]::new()
            New-DagNode A { 1 } -PreconditionTimeout 1m -Precondition {
                ($using:n).Enqueue(1)
                ($using:n).Count -gt 2
            } | Invoke-Dag -RunVariable run -Checkpoint $journal
            $run | Export-DagRun "$folder/run.json"
            Export-DagRun "$folder/journal.json" -Checkpoint $journal
            """, ("folder", Folder.FullName));

        PSObject node = result.Output[0];
        Assert.Equal((1, 2), (Value(node, "Attempts"), Value(node, "Polls")));
        Assert.Equal("Precondition", Value(Assert.Single(Waits(node)), "Kind")!.ToString());
        Assert.DoesNotContain("attemptFailed", File.ReadAllText(Journal), StringComparison.Ordinal);
        Assert.DoesNotContain("did not within", File.ReadAllText(Journal), StringComparison.Ordinal);
        foreach (string file in new[] { "run.json", "journal.json" })
        {
            JsonNode of = Json(file)["nodes"]![0]!;
            Assert.Equal("2 1", $"{of["polls"]} {of["waits"]!.AsArray().Count}");
            Assert.Equal("Precondition", (string?)of["waits"]![0]!["kind"]);
            Assert.StartsWith("The precondition {", (string?)of["attempts"]![0]!["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_first_nodes_wait_for_their_runspace_and_that_is_no_part_of_their_duration()
    {
        ShellResult result = Run("""
            New-DagNode A { [datetime]::Now } | Invoke-Dag -UseNewRunspace -RunVariable run
            $run | Measure-DagRun
            """);

        PSObject node = result.Output[0];
        var wait = (TimeSpan)Value(node, "RunspaceWait")!;
        Assert.Equal(wait, Value(result.Output[1], "RunspaceWaitTime"));
        var told = (DateTime)PSObject.AsPSObject(((IList)Value(node, "Output")!)[0]!).BaseObject;
        Assert.InRange((DateTime)Value(node, "StartTime")!, (DateTime)Value(node, "ReadyTime")! + wait, told);
    }

    [Fact]
    public void What_is_restored_names_the_run_that_it_comes_from()
    {
        ShellResult result = Run("""
            $nodes = @(New-DagNode A { 1 }; New-DagNode B -DependsOn A { if (-not (Test-Path $using:folder/go)) { throw 'no' } })
            $null = $nodes | Invoke-Dag -Checkpoint $journal -RunVariable first -ErrorAction SilentlyContinue
            $null = $nodes | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            $null = New-Item $folder/go -ItemType File
            $nodes | Invoke-Dag -Checkpoint $journal -Resume -RunVariable run
            $first
            $run | Export-DagRun "$folder/run.json"
            Export-DagRun "$folder/journal.json" -Checkpoint $journal
            $run | Export-DagRun "$folder/run.csv"
            """, ("folder", Folder.FullName));

        PSObject origin = PSObject.AsPSObject(Value(result.Output[0], "Origin")!);
        object id = Value(result.Output[2], "Id")!;
        Assert.Equal(id, Value(origin, "RunId"));
        Assert.Equal(Value(result.Output[2], "StartTime"), Value(origin, "StartTime"));
        Assert.Null(Value(result.Output[1], "Origin"));
        foreach (string file in new[] { "run.json", "journal.json" })
        {
            Assert.Equal(id.ToString(), (string?)Json(file)["nodes"]![0]!["origin"]!["run"]);
            Assert.Null(Json(file)["nodes"]![1]!["origin"]);
        }

        Assert.Contains(id.ToString()!, File.ReadAllText(Path.Combine(Folder.FullName, "run.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_node_was_cancelled_is_in_the_exports()
    {
        Run("""
            @(New-DagNode A { throw 'no' } -Priority 1; New-DagNode B { }) |
                Invoke-Dag -FailFast -ThrottleLimit 1 -Checkpoint $journal -RunVariable run -ErrorAction SilentlyContinue
            $run | Export-DagRun "$folder/run.json"
            Export-DagRun "$folder/journal.json" -Checkpoint $journal
            $run | Export-DagRun "$folder/run.csv"
            """, ("folder", Folder.FullName));

        Assert.Equal("fail-fast after 'A'", (string?)Json("run.json")["nodes"]![1]!["cancelReason"]);
        Assert.Equal("fail-fast after 'A'", (string?)Json("journal.json")["nodes"]![1]!["cancelReason"]);
        Assert.Contains("\"fail-fast after 'A'\"", File.ReadAllText(Path.Combine(Folder.FullName, "run.csv")), StringComparison.Ordinal);
    }

    private static IEnumerable<PSObject> Waits(PSObject node) =>
        ((IEnumerable)Value(node, "Waits")!).Cast<object>().Select(PSObject.AsPSObject);

    private static object? Value(PSObject of, string property) => of.Properties[property].Value;

    private JsonNode Json(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder.FullName, file)))!;
}
