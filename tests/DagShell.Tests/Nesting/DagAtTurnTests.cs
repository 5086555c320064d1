using System.Collections.Specialized;
using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Nesting;

/// <summary>New-DagNode -Dag, where the dag or its items are known only when the node's turn has come.</summary>
public sealed class DagAtTurnTests : CheckpointTests
{
    private static IEnumerable<object?> TablesOf(ShellResult result, string node, string name) =>
        result.NodeOutput(node).Select(table => Unwrapped.Value(((OrderedDictionary)table!)[name]));

    [Fact]
    public void Items_that_come_at_its_turn_have_a_dag_each_and_none_waits_for_another()
    {
        using Gate second = new();
        ShellResult result = Run("""
            function Get-Greeting { "hello $args" }
            $suffix = 'up'
            $n = @(
            New-DagNode Find { 'web1', 'web2' }
            New-DagNode Patch -ForEach { $Upstream.Find } -DependsOn Find -Dag {
                $name = $_
                New-DagNode Stop {
                    if ($using:name -eq 'web1') { ($using:gate).Pass() }
                    "$($DagNode.Item) $($DagNode.ItemIndex)"
                }
                New-DagNode Start {
                    if ($using:_ -eq 'web2') { ($using:gate).Open() }
                    "$(Get-Greeting $Upstream.Stop) $using:suffix"
                } -DependsOn Stop
            }
            New-DagNode Report { $Upstream.Patch.Count; $Upstream.Patch[1].Start } -DependsOn Patch
            )
            $n | Invoke-Dag
            """, ("gate", second));

        Assert.Empty(result.Streams.Error);
        Assert.Equal(["hello web1 0 up", "hello web2 1 up"], TablesOf(result, "Patch", "Start"));
        Assert.Equal([2, "hello web2 1 up"], result.NodeOutput("Report"));
        Assert.Equal(
            ["Find", "Patch", "Patch#0", "Patch#0/Start", "Patch#0/Stop", "Patch#1", "Patch#1/Start", "Patch#1/Stop", "Report"],
            result.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_dag_that_looks_at_Upstream_is_made_at_its_turn()
    {
        string file = Folder.Write("x.dag.ps1", "param($Find, $Region) foreach ($h in $Find) { New-DagNode \"$h-$Region\" { 'f' } }");
        ShellResult result = Run("""
            $n = @(
                New-DagNode Find { 'a', 'b' }
                New-DagNode Block -DependsOn Find -Dag { foreach ($h in $Upstream.Find) { New-DagNode $h { "x" } } }
                New-DagNode Given -DependsOn Find -Dag { param($Find) New-DagNode "N$($Find.Count)" { $DagNode.Name } }
                New-DagNode File -DependsOn Find -Dag $file
                New-DagNode Known -Dag { New-DagNode A { 1 }; New-DagNode B { $Upstream.A } -DependsOn A }
            )
            $n | Invoke-Dag -Parameter @{ Region = 'eu' }
            """, ("file", file));

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            ["Block/a", "Block/b", "File/a-eu", "File/b-eu", "Given/N2", "Known/A", "Known/B"],
            result.Names.Where(name => name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(["Given/N2"], result.NodeOutput("Given/N2"));
    }

    [Theory]
    [InlineData("{ New-DagNode A { } -DependsOn Gone }", "Gone")]
    [InlineData("{ if ($Upstream) { New-DagNode A { } -DependsOn B; New-DagNode B { } -DependsOn A } }", "P#0/A → P#0/B → P#0/A")]
    [InlineData("{ throw 'no list' }", "no list")]
    [InlineData("{ 'no node' }", "no node")]
    [InlineData("{ New-DagNode A { } -Pool gone }", "gone")]
    public void A_problem_in_it_fails_the_node_and_is_told(string dag, string text)
    {
        ShellResult result = Run(
            $"$n = (New-DagNode P -ForEach {{ 1 }} -Dag {dag}), (New-DagNode B {{ }}); $n | Invoke-Dag -ErrorAction SilentlyContinue");

        Assert.Equal(["B Succeeded", "P Failed"], result.Statuses.Order(StringComparer.Ordinal));
        Assert.Contains(text, result.ErrorText("P"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ }", 0)]
    [InlineData("{ $null }", 0)]
    [InlineData("{ 7 }", 1)]
    public void Dependents_get_a_list_whatever_the_number_of_items(string items, int count)
    {
        ShellResult result = Run(
            $"$n = (New-DagNode P -Dag {{ New-DagNode A {{ 'a' }} }} -ForEach {items}), "
                + "(New-DagNode B { $Upstream.P.Count; $Upstream.P -is [array] } -DependsOn P); $n | Invoke-Dag");

        Assert.Equal([count, true], result.NodeOutput("B"));
        Assert.Equal("Succeeded", result.Status("P"));
    }

    [Fact]
    public void It_is_in_the_run_and_its_pictures_and_in_the_callers_session_as_well()
    {
        ShellResult result = Run("""
            $n = New-DagNode P -ForEach { 1, 2 } -Dag { New-DagNode A { "a$($DagNode.Item)" }; New-DagNode B { 'b' } -DependsOn A }
            $n | Invoke-Dag -RunVariable run | Out-Null
            $run.Nodes.Count; $run.NodeCount
            (Measure-DagRun $run).Nodes
            $run | Show-Dag | Out-String
            ($n | Invoke-Dag -Sequential | Where-Object Name -eq 'P#1/A').Output
            """);

        Assert.Empty(result.Streams.Error);
        Assert.Equal([7, 7, 7], result.Output.Take(3));
        Assert.Contains("P#1/B", result.Output[3].ToString(), StringComparison.Ordinal);
        Assert.Equal("a2", result.Output[4].ToString());
    }

    [Fact]
    public void What_is_inside_cannot_be_named_before_its_turn()
    {
        ShellResult result = Run(
            "try { New-DagNode P -ForEach { 1 } -Dag { New-DagNode A { } } | Invoke-Dag -Target 'P#0/A' } catch { \"$_\" }");

        Assert.Contains("known only when its turn has come", result.Text.Single(), StringComparison.Ordinal);
    }
}
