namespace DagShell.Tests.Building;

public sealed class NewDagTests : ShellTests
{
    [Theory]
    [InlineData("New-Dag { New-DagNode A { }; New-DagNode B { } -DependsOn a }", "A → B")]
    [InlineData("New-Dag { New-DagNode B { } -DependsOn A, Later }", "A → B|Later → B")]
    [InlineData("New-Dag { 'A1', 'A2' | % { New-DagNode $_ { } }; New-DagNode B { } -DependsOn A* } | Add-DagEdge A1 A2",
        "A1 → B|A2 → B|A1 → A2")]
    [InlineData("New-Dag { New-DagNode A { }; New-DagNode B { } -CleanUpOf A } | Add-DagEdge A B", "A → B")]
    [InlineData("New-Dag { New-DagNode A { } }", "")]
    public void Its_edges_are_all_edges(string script, string expected) =>
        Assert.Equal(expected, Run("$dag = " + script + "; $dag.Edges -join '|'").Single);

    [Fact]
    public void Gathers_nodes_from_the_pipeline()
    {
        ShellResult result = Run("""
            $dag = (New-DagNode A { }), (New-DagNode B { } -DependsOn A) | New-Dag nightly -Description 'every night' -PoolLimit @{ sql = 2; Disk = 1 }
            $dag.GetType().Name, "$dag", $dag.Name, $dag.Description, ($dag.Nodes.Name -join ','), $dag.PoolLimit['SQL'], $dag.PoolLimit['disk']
            """);

        Assert.Equal(["Dag", "nightly", "nightly", "every night", "A,B", "2", "1"], result.Text);
    }

    [Fact]
    public void Gathers_what_its_script_block_emits()
    {
        ShellResult result = Run("""
            $dag = New-Dag nightly {
                New-DagNode A { }
                foreach ($i in 1..2) { New-DagNode "B$i" { } -DependsOn A }
            }
            "$($dag.Name): $($dag.Nodes.Name -join ',')"
            """);

        Assert.Equal(["nightly: A,B1,B2"], result.Text);
    }

    [Fact]
    public void A_script_block_alone_is_no_name()
    {
        ShellResult result = Run("""
            $dag = New-Dag { New-DagNode A { 'x' } }
            ($null -eq $dag.Name), ($dag.Nodes.Name -join ','), "$dag"
            $named = New-Dag -ScriptBlock { New-DagNode B { } } -Name named
            $named.Name, $named.Nodes[0].Name
            (New-Dag -ScriptBlock { New-DagNode C { } }).Nodes[0].Name
            """);

        Assert.Equal(["True", "A", "dag of 1 node", "named", "B", "C"], result.Text);
    }

    [Fact]
    public void Its_script_block_sees_what_stands_around_it_and_leaves_nothing_there()
    {
        ShellResult result = Run("""
            $outer = 'seen'
            $dag = New-Dag d { $inner = 'x'; New-DagNode A { $using:outer + $using:inner } }
            $dag | Invoke-Dag | ForEach-Object Output
            $null -eq $inner
            """);

        Assert.Equal(["seenx", "True"], result.Text);
    }

    [Fact]
    public void Nodes_from_the_pipeline_and_from_the_script_block_come_together()
    {
        ShellResult result = Run("(New-DagNode A { } | New-Dag d { New-DagNode B { } -DependsOn A }).Nodes.Name");

        Assert.Equal(["A", "B"], result.Text);
    }

    [Fact]
    public void Dags_become_part_of_it_with_their_edges_and_pools()
    {
        ShellResult result = Run("""
            $part = (New-DagNode A { } -Pool sql), (New-DagNode B { }) | New-Dag part -PoolLimit @{ sql = 3 } | Add-DagEdge A B
            $dag = $part, (New-DagNode C { } -DependsOn B) | New-Dag whole
            $dag.Name, ($dag.Nodes.Name -join ','), ($dag.Edges -join ','), $dag.PoolLimit['sql']
            ($dag | Get-DagPlan).Level -join ','
            """);

        Assert.Equal(["whole", "A,B,C", "B → C,A → B", "3", "0,1,2"], result.Text);
    }

    [Fact]
    public void Arrays_of_nodes_are_opened()
    {
        ShellResult result = Run("""
            $a, $b, $c = 'A', 'B', 'C' | ForEach-Object { New-DagNode $_ { } }
            (New-Dag -InputObject $a, $b).Nodes.Count
            (New-Dag d { , @($a, $b); [System.Collections.Generic.List[object]] @($c) }).Nodes.Count
            """);

        Assert.Equal([2, 3], result.Output.Select(Unwrapped.Value));
    }

    [Theory]
    [InlineData("'text'", "System.String ('text')")]
    [InlineData("42", "System.Int32 ('42')")]
    [InlineData("@{ a = 1 }", "System.Collections.Hashtable")]
    public void What_is_no_node_is_refused(string junk, string described)
    {
        foreach (string script in new[] { $"{junk} | New-Dag d", $"New-Dag d {{ {junk} }}", $"New-Dag d -InputObject {junk}" })
        {
            ShellResult result = Shell.Run(script);

            Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(described, result.Thrown!.Message, StringComparison.Ordinal);
            Assert.Contains("New-DagNode", result.Thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_its_script_block_throws_ends_it()
    {
        ShellResult result = Shell.Run("New-Dag d { New-DagNode A { }; throw 'no dag today' }");

        Assert.Equal("no dag today", result.ThrownRecord?.Exception.Message);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Errors_that_its_script_block_goes_on_after_are_shown()
    {
        ShellResult result = Run("(New-Dag d { Write-Error 'never mind'; New-DagNode A { } }).Nodes.Count");

        Assert.Equal(1, result.Single);
        Assert.Equal("never mind", Assert.Single(result.Streams.Error).Exception.Message);
    }

    [Theory]
    [InlineData("@{ sql = 0 }")]
    [InlineData("@{ sql = -1 }")]
    [InlineData("@{ sql = 1.5 }")]
    [InlineData("@{ sql = '2.5' }")]
    [InlineData("@{ sql = 'many' }")]
    [InlineData("@{ sql = $null }")]
    [InlineData("@{ '' = 1 }")]
    public void A_pool_limit_is_a_whole_number_of_one_or_more(string limits)
    {
        foreach (string script in new[] { $"New-Dag d {{ New-DagNode A {{ }} }} -PoolLimit {limits}",
            $"New-DagNode A {{ }} | Invoke-Dag -PoolLimit {limits}" })
        {
            ShellResult result = Shell.Run(script);

            Assert.StartsWith("InvalidPoolLimit,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("must be a whole number, 1 or more", result.Thrown!.Message, StringComparison.Ordinal);
        }
    }
}
