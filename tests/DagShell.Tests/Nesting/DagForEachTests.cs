using System.Collections.Specialized;
using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Nesting;

/// <summary>New-DagNode -Dag -ForEach: a dag for each item.</summary>
public sealed class DagForEachTests : CheckpointTests
{
    [Fact]
    public void Each_item_has_a_dag_of_its_own_and_none_waits_for_another()
    {
        using Gate second = new();
        ShellResult result = Run("""
            New-DagNode Patch -ForEach web1, web2 -Dag {
                $name = $_
                New-DagNode Stop { if ($using:name -eq 'web1') { ($using:gate).Pass() }; "$($DagNode.Item) $($DagNode.ItemIndex)" }
                New-DagNode "Start-$name" { if ($using:_ -eq 'web2') { ($using:gate).Open() }; "$($Upstream.Stop) up" } -DependsOn Stop
            } | Invoke-Dag
            """, ("gate", second));

        Assert.Equal(
            ["Patch", "Patch#0", "Patch#0/Start-web1", "Patch#0/Stop", "Patch#1", "Patch#1/Start-web2", "Patch#1/Stop"],
            result.Names.Order(StringComparer.Ordinal));
        Assert.Empty(result.Streams.Error);
        Assert.Equal(["web2 1 up"], result.NodeOutput("Patch#1/Start-web2"));
        Assert.Equal(
            ["web1 0 up", "web2 1 up"],
            result.NodeOutput("Patch").Select(table => ((OrderedDictionary)table!)[0]!.ToString()));
    }

    [Fact]
    public void One_items_failure_stops_its_own_steps_alone()
    {
        ShellResult result = Run("""
            $d = { New-DagNode A { if ($DagNode.Item -eq 2) { throw 'no route' } }; New-DagNode B { } -DependsOn A }
            New-DagNode P -Dag $d -ForEach 1, 2, 3 | Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.Equal(
            [
                "P Failed", "P#0 Succeeded", "P#0/A Succeeded", "P#0/B Succeeded", "P#1 Failed", "P#1/A Failed", "P#1/B Skipped",
                "P#2 Succeeded", "P#2/A Succeeded", "P#2/B Succeeded",
            ],
            result.Statuses.Order(StringComparer.Ordinal));
        Assert.Contains("'P#1/A'", result.ErrorText("P"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1, 2, 3")]
    [InlineData("{ 1, 2, 3 }")]
    public void The_result_and_those_after_it_know_what_became_of_each_item(string items)
    {
        const string Show =
            "ForEach-Object { \"$($_.Name) $($_.Index) $($_.Item) $($_.Status) $($_.Output.A) $($_.FromCheckpoint) $($_.Error)\" }";
        string script = $$"""
            New-DagNode P -ForEach {{items}} -Dag {
                New-DagNode A { if ($DagNode.Item -eq $env:DAGSHELL_TEST_BREAK_DAG_OF_ITEM) { throw 'no route' }; "a$($DagNode.Item)" } }
            New-DagNode B { $DagNode.Dependencies['P'].Items | {{Show}} } -DependsOn P -TriggerRule AllDone
            """;
        string run = "$r = & {" + script + "} | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue; "
            + "$r.Where{ $_.Name -eq 'P' }.Items | " + Show + "; $r.Where{ $_.Name -eq 'B' }.Output";
        string[] broken =
        [
            "P#0 0 1 Succeeded a1 False ", "P#1 1 2 Failed  False 1 of its 1 nodes failed: 'P#1/A': no route",
            "P#2 2 3 Succeeded a3 False ",
        ];
        ShellResult result = Run("$env:DAGSHELL_TEST_BREAK_DAG_OF_ITEM = 2;" + run);
        Assert.Equal(broken, result.Text[..3].Select(WithoutPlace));
        Assert.Equal(broken, result.Text[3..].Select(WithoutPlace));

        result = Run("$env:DAGSHELL_TEST_BREAK_DAG_OF_ITEM = $null;" + run);
        string[] all = ["1 Succeeded a1", "2 Succeeded a2", "3 Succeeded a3"];
        Assert.Equal([.. all, .. all], result.Text.Select(line => line[6..20]));

        static string WithoutPlace(string line) =>
            System.Text.RegularExpressions.Regex.Replace(line, "' at .*: ", "': ");
    }

    [Theory]
    [InlineData("@()", 0)]
    [InlineData("$null", 0)]
    [InlineData("1", 1)]
    [InlineData("1, 1", 2)]
    public void Dependents_get_a_list_whatever_the_number_of_items(string items, int count)
    {
        ShellResult result = Run(
            $"(New-DagNode P -Dag {{ New-DagNode A {{ 'a' }} }} -ForEach {items}), "
                + "(New-DagNode B { $Upstream.P.Count; $Upstream.P -is [array] } -DependsOn P) | Invoke-Dag");

        Assert.Equal([count, true], result.NodeOutput("B"));
        Assert.Equal("Succeeded", result.Status("P"));
    }

    [Fact]
    public void Files_dags_and_script_blocks_with_parameters_have_items_too()
    {
        string file = Folder.Write("x.dag.ps1", "param($Region) New-DagNode \"A-$_-$Region\" { }");
        ShellResult result = Run("""
            $n = @(
                New-DagNode F -Dag $file -ForEach 1, 2
                New-DagNode S -Dag { param($Region) New-DagNode "A-$_-$Region" { } } -ForEach 3
                New-DagNode D -Dag (New-DagNode A { $DagNode.Item }) -ForEach 4, 5
            )
            $n | Invoke-Dag -Parameter @{ Region = 'eu' }
            """, ("file", file));

        Assert.Equal(
            ["D#0/A", "D#1/A", "F#0/A-1-eu", "F#1/A-2-eu", "S#0/A-3-eu"],
            result.Names.Where(name => name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal([5], result.NodeOutput("D#1/A"));
    }

    [Fact]
    public void The_condition_is_asked_once_and_preconditions_of_each_item()
    {
        ShellResult result = Run("""
            New-DagNode P -Dag { New-DagNode A { } } -ForEach 1, 2 -Precondition { $_ -eq 2 -and $DagNode.Item -eq 2 } -When { $true } |
                Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.Equal(
            ["P Failed", "P#0 Failed", "P#0/A Skipped", "P#1 Succeeded", "P#1/A Succeeded"], result.Statuses.Order(StringComparer.Ordinal));
        Assert.Equal(1, result.Attempts("P"));
    }

    [Fact]
    public void Target_takes_what_is_inside_of_an_item()
    {
        const string Nodes = """
            $n = New-DagNode P -ForEach 1, 2 -Dag { New-DagNode A { }; New-DagNode B { } -DependsOn A; New-DagNode C { } }

            """;

        Assert.Equal(["P", "P#1", "P#1/A", "P#1/B"], Run(Nodes + "$n | Invoke-Dag -Target P#1/B").Names.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["P", "P#0", "P#0/A", "P#1", "P#1/A"], Run(Nodes + "$n | Invoke-Dag -Target P#*/A").Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_done_of_an_item_is_not_done_again()
    {
        const string Nodes = """
            $n = New-DagNode P -ForEach 1, 2 -Dag {
                New-DagNode A { ($using:ran).Enqueue("A$($DagNode.Item)") }
                New-DagNode B -DependsOn A {
                    ($using:ran).Enqueue("B$($DagNode.Item)"); if ($env:DAGSHELL_TEST_BREAK_EACH -eq $DagNode.Item) { throw 'x' }
                }
            }

            """;
        Run("$env:DAGSHELL_TEST_BREAK_EACH = '2';" + Nodes + "$n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue");
        Assert.Equal(["A1", "A2", "B1", "B2"], TakeRan());

        ShellResult second = Run("$env:DAGSHELL_TEST_BREAK_EACH = $null;" + Nodes + "$n | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["B2"], TakeRan());
        Assert.Equal("Succeeded", second.Status("P"));
        Assert.Contains(Run("Show-Dag -Checkpoint $journal").Text, line => line.Contains("P#1/B", StringComparison.Ordinal));
    }
}
