using System.Management.Automation;

namespace DagShell.Tests.Building;

public sealed class NewDagNodeTests : ShellTests
{
    [Theory]
    [InlineData("$null", "")]
    [InlineData("''", "")]
    [InlineData("@()", "")]
    [InlineData("Merge, $loads", "Merge|load 1|load 2")]
    [InlineData("$loads", "load 1|load 2")]
    [InlineData("$loads[0]", "load 1")]
    [InlineData("@($null, @(@('A'), @($loads, 'B')), '')", "A|load 1|load 2|B")]
    [InlineData("([Collections.Generic.List[object]] @('A', $loads[1]))", "A|load 2")]
    [InlineData("1, 2.5", "1|2.5")]
    [InlineData("load*", "load*")]
    [InlineData("($loads | Invoke-Dag | Sort-Object Name)", "load 1|load 2")]
    public void It_depends_on_names_and_nodes_nested_or_not(string value, string expected)
    {
        foreach (string parameter in new[] { "DependsOn", "CleanUpOf" })
        {
            Assert.Equal(expected, Run($$"""
                $loads = 1..2 | ForEach-Object { New-DagNode "load $_" { } }
                (New-DagNode X { } -{{parameter}} {{value}}).{{parameter}} -join '|'
                """).Single);
        }
    }

    [Fact]
    public void Input_of_a_pattern_comes_in_its_place()
    {
        ShellResult result = Run("""
            @(
                New-DagNode End { $input } -DependsOn Last, load-*, First
                'First', 'load-2', 'load-1', 'Last' | ForEach-Object { New-DagNode $_ { $DagNode.Name } }
            ) | Invoke-Dag
            """);

        Assert.Equal(["Last", "load-2", "load-1", "First"], result.NodeOutput("End"));
    }

    [Fact]
    public void A_node_that_fits_a_pattern_anew_makes_its_node_run_again()
    {
        using var folder = new ScratchFolder();
        Shell["journal"] = Path.Combine(folder.FullName, "c.journal");
        const string Dag = """
            $(1..$count | ForEach-Object { New-DagNode "load-$_" { 1 } }
              New-DagNode Merge { $Upstream.Count } -DependsOn load-*
              New-DagNode Clean { 'clean' } -CleanUpOf load-*
              New-DagNode End { if (-not $global:Mended) { throw 'no' } } -DependsOn Merge)
            """;
        Run($"$count = 2; {Dag} | Invoke-Dag -Checkpoint $journal -ErrorAction Ignore | Out-Null");
        ShellResult result = Run($"$count = 3; {Dag} | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction Ignore");

        Assert.Equal([3], result.NodeOutput("Merge"));
    }

    [Fact]
    public void Gives_out_one_node_with_its_name_and_its_script()
    {
        ShellResult result = Run("New-DagNode Extract { 1 + 1 }");

        PSObject node = Assert.Single(result.Output);
        Assert.Equal("DagShell.DagNode", node.BaseObject.GetType().FullName);
        Assert.Equal("Extract", node.Properties["Name"].Value);
        Assert.Equal(" 1 + 1 ", node.Properties["ScriptBlock"].Value.ToString());
        Assert.Equal("Extract", node.ToString());
    }

    [Fact]
    public void Has_defaults_for_all_that_is_not_given()
    {
        ShellResult result = Run("""
            $node = New-DagNode A { }
            $node.DependsOn.Count, $node.When, $node.Precondition.Count, $node.PreconditionTimeout, $node.Retry, $node.RetryIf, $node.Timeout,
            $node.ContinueOnError, "$($node.TriggerRule)", $node.Pool, $node.Priority, $node.EstimatedDuration, $node.Description
            """);

        Assert.Equal(
            [0, null, 0, null, null, null, null, false, "AllSucceeded", null, 0, null, null],
            result.Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void Takes_every_parameter_over_into_the_node()
    {
        ShellResult result = Run("""
            $node = New-DagNode -Name A -ScriptBlock { 'script' } -DependsOn B, C -When { 'when' } -Precondition { 'one' }, { 'two' } `
                -PreconditionTimeout 30s -RetryCount 4 -RetryDelay 2s -RetryBackoff Exponential -RetryMaxDelay 1m -RetryJitter `
                -RetryIf { 'if' } -Timeout 5m -ContinueOnError -TriggerRule AnyFailed -Pool sql -Priority 7 -EstimatedDuration 1h -Description 'why'
            $node.DependsOn -join ','
            "$($node.When)$($node.Precondition -join '')$($node.RetryIf)"
            "$($node.PreconditionTimeout) $($node.Timeout) $($node.EstimatedDuration)"
            "$($node.Retry.Count) $($node.Retry.Delay) $($node.Retry.Backoff) $($node.Retry.MaxDelay) $($node.Retry.Jitter)"
            "$($node.ContinueOnError) $($node.TriggerRule) $($node.Pool) $($node.Priority) $($node.Description)"
            """);

        Assert.Equal(
            [
                "B,C",
                " 'when'  'one'  'two'  'if' ",
                "00:00:30 00:05:00 01:00:00",
                "4 00:00:02 Exponential 00:01:00 True",
                "True AnyFailed sql 7 why",
            ],
            result.Text);
    }

    [Theory]
    [InlineData("Constant")]
    [InlineData("Linear")]
    [InlineData("Exponential")]
    public void Knows_the_backoffs(string backoff) =>
        Assert.Equal([backoff], Run($"(New-DagNode A {{ }} -RetryCount 1 -RetryBackoff {backoff}).Retry.Backoff").Text);

    [Theory]
    [InlineData("AllSucceeded")]
    [InlineData("AllDone")]
    [InlineData("AnySucceeded")]
    [InlineData("AnyFailed")]
    [InlineData("NoneFailed")]
    public void Knows_the_trigger_rules(string rule) =>
        Assert.Equal([rule], Run($"(New-DagNode A {{ }} -TriggerRule {rule}).TriggerRule").Text);

    [Fact]
    public void Takes_node_objects_for_dependencies()
    {
        ShellResult result = Run("""
            $a = New-DagNode A { 'of a' }
            $b = New-DagNode B { 'of b' }
            $c = New-DagNode C { $Upstream.A, $Upstream.B } -DependsOn $a, $b
            $a, $b, $c | Invoke-Dag
            """);

        Assert.Equal(["of a", "of b"], result.NodeOutput("C"));
    }

    [Theory]
    [InlineData("Archive src")]
    [InlineData(" ")]
    [InlineData("a,b")]
    [InlineData("[x]*")]
    [InlineData("-Name")]
    [InlineData("naïve Knoten → 節点")]
    public void Any_text_without_control_characters_is_a_name(string name)
    {
        ShellResult result = Run("""
            $first = New-DagNode -Name $name { 'x' }
            $second = New-DagNode Sink { $Upstream[$using:name] } -DependsOn $name
            $first, $second | Invoke-Dag
            """, ("name", name));

        Assert.Equal("Succeeded", result.Status(name));
        Assert.Equal(["x"], result.NodeOutput("Sink"));
    }

    [Theory]
    [InlineData("New-DagNode '' { }")]
    [InlineData("New-DagNode $null { }")]
    [InlineData("New-DagNode A $null")]
    [InlineData("New-DagNode \"a`nb\" { }", "InvalidNodeName")]
    [InlineData("New-DagNode \"a`0\" { }", "InvalidNodeName")]
    [InlineData("New-DagNode A { } -Pool ''")]
    [InlineData("New-DagNode A { } -RetryCount -1")]
    [InlineData("New-DagNode A { } -RetryBackoff Quadratic", "CannotConvertArgument")]
    [InlineData("New-DagNode A { } -TriggerRule Sometimes", "CannotConvertArgument")]
    [InlineData("New-DagNode A { } -Timeout 0", "InvalidTimeout")]
    [InlineData("New-DagNode A { } -Timeout 50d", "InvalidDuration")]
    [InlineData("New-DagNode A { } -PreconditionTimeout 50d", "InvalidDuration")]
    [InlineData("New-DagNode A { } -RetryDelay 25h", "InvalidDuration")]
    [InlineData("New-DagNode A { } -RetryMaxDelay 25h", "InvalidDuration")]
    public void What_cannot_be_is_refused_at_once(string script, string errorId = "ParameterArgumentValidationError")
    {
        ShellResult result = Shell.Run(script);

        Assert.Empty(result.Output);
        Assert.StartsWith(errorId, result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_block_that_calls_functions_of_a_module_is_no_reason_to_load_it()
    {
        using ScratchFolder folder = new();
        folder.Write("BorrowedTools/BorrowedTools.psm1", "function Get-BorrowedTool { 'a tool' }");
        ShellResult result = Run("""
            $path = $env:PSModulePath
            try {
                $env:PSModulePath = $folder + [System.IO.Path]::PathSeparator + $path
                $null = New-DagNode A { Get-BorrowedTool }
                [bool] (Get-Module BorrowedTools)
                Get-BorrowedTool
            }
            finally { $env:PSModulePath = $path }
            """, ("folder", folder.FullName));

        Assert.Equal([false, "a tool"], result.Output.Select(item => item.BaseObject));
    }

    [Fact]
    public void A_loop_makes_nodes_that_share_a_script()
    {
        ShellResult result = Run("""
            $script = { $DagNode.Name }
            1..3 | ForEach-Object { New-DagNode "N$_" $script } | Invoke-Dag
            """);

        Assert.Equal(["N1"], result.NodeOutput("N1"));
        Assert.Equal(["N2"], result.NodeOutput("N2"));
        Assert.Equal(["N3"], result.NodeOutput("N3"));
    }

    [Fact]
    public void A_node_can_be_part_of_many_dags_and_runs()
    {
        ShellResult result = Run("""
            $shared = New-DagNode Shared { 'x' }
            $one = $shared, (New-DagNode One { $Upstream.Shared + 1 } -DependsOn Shared) | Invoke-Dag
            $two = $shared, (New-DagNode Two { $Upstream.Shared + 2 } -DependsOn Shared) | Invoke-Dag
            $one, $two | ForEach-Object { $_[-1].Output }
            """);

        Assert.Equal(["x1", "x2"], result.Text);
    }

    [Fact]
    public void The_body_of_a_function_can_be_a_script()
    {
        ShellResult result = Run("""
            function Get-Sum($First, $Second = 10) { $First + $Second }
            function Get-Answer { 42 }
            $nodes = @(
                New-DagNode First { 5 }
                New-DagNode Sum ${function:Get-Sum} -DependsOn First
                New-DagNode Answer ${function:Get-Answer}
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal([15], result.NodeOutput("Sum"));
        Assert.Equal([42], result.NodeOutput("Answer"));
    }
}
