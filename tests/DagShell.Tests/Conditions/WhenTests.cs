namespace DagShell.Tests.Conditions;

/// <summary>-When is asked once, before the first attempt; if it is false the node is skipped.</summary>
public sealed class WhenTests : ShellTests
{
    [Theory]
    [InlineData("$true", "Succeeded")]
    [InlineData("1", "Succeeded")]
    [InlineData("'text'", "Succeeded")]
    [InlineData("$false, $false", "Succeeded")]
    [InlineData("@{}", "Succeeded")]
    [InlineData("$false", "Skipped")]
    [InlineData("0", "Skipped")]
    [InlineData("''", "Skipped")]
    [InlineData("$null", "Skipped")]
    [InlineData("", "Skipped")]
    [InlineData("return $false", "Skipped")]
    [InlineData("exit 0", "Skipped")]
    public void What_it_gives_counts_as_in_an_if(string condition, string status)
    {
        ShellResult result = Run($"New-DagNode A {{ 'ran' }} -When {{ {condition} }} | Invoke-Dag");

        Assert.Equal(status, result.Status("A"));
        Assert.Equal(status == "Succeeded" ? ["ran"] : [], result.NodeOutput("A"));
    }

    [Fact]
    public void A_node_that_is_skipped_says_why_and_so_do_those_that_depend_on_it()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { } -When { $false }), (New-DagNode B { } -DependsOn A), (New-DagNode C { } -DependsOn B), (New-DagNode D { 'd' } -DependsOn A -TriggerRule AllDone)
            $nodes | Invoke-Dag -RunVariable run
            "$($run.Status)"
            """);

        Assert.Equal("its condition (-When) was false", result.SkipReason("A"));
        Assert.Equal("dependency 'A' was skipped", result.SkipReason("B"));
        Assert.Equal("dependency 'B' was skipped", result.SkipReason("C"));
        Assert.Equal(["d"], result.NodeOutput("D"));
        Assert.Null(result.SkipReason("D"));
        Assert.Equal(0, result.Attempts("A"));
        Assert.Null(result.Error("A"));
        Assert.Equal("Succeeded", result.Text[^1]);
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void It_is_asked_in_the_runspace_of_the_node_with_the_variables_of_the_script()
    {
        ShellResult result = Run("""
            $log = [System.Collections.Generic.List[object]]::new()
            $value = 'u'
            $nodes = @(
                New-DagNode First { 1; 2 }
                New-DagNode A -DependsOn First -When {
                    ($using:log).AddRange([object[]] ([runspace]::DefaultRunspace.InstanceId, $Upstream.First.Count, @($input).Count, $DagNode.Name, $using:value))
                    $true
                } {
                    [runspace]::DefaultRunspace.InstanceId, $Upstream.First.Count, @($input).Count, $DagNode.Name, $using:value
                }
            )
            $nodes | Invoke-Dag
            , $log.ToArray()
            """);

        Assert.Equal([2, 2, "A", "u"], result.NodeOutput("A").Skip(1));
        Assert.Equal(result.NodeOutput("A"), (object[])result.Output[^1].BaseObject);
    }

    [Fact]
    public void It_is_asked_after_the_dependencies_are_done_and_not_before()
    {
        ShellResult result = Run("""
            $done = @{ }
            $nodes = (New-DagNode First { ($using:done).First = $true }), (New-DagNode A { 'ran' } -DependsOn First -When { ($using:done).First })
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Fact]
    public void It_is_not_asked_again_for_a_retry()
    {
        ShellResult result = Run("""
            $count = @{ Asked = 0 }
            New-DagNode A { throw 'x' } -When { ($using:count).Asked++; $true } -RetryCount 2 | Invoke-Dag -ErrorAction Ignore
            $count.Asked
            """);

        Assert.Equal(3, result.Attempts("A"));
        Assert.Equal(1, result.Output[^1].BaseObject);
    }

    [Theory]
    [InlineData("throw 'broken condition'", "broken condition")]
    [InlineData("Write-Error 'broken condition'", "broken condition")]
    [InlineData("exit 3", "exit 3")]
    [InlineData("break", "'break'")]
    [InlineData("continue", "'continue'")]
    public void One_that_fails_fails_the_node_and_the_script_does_not_run(string condition, string message)
    {
        ShellResult result =
            Run($"(New-DagNode A {{ 'ran' }} -When {{ {condition} }} -RetryCount 3), (New-DagNode B {{ 'b' }}) | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains(message, result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Empty(result.NodeOutput("A"));
        Assert.Equal(["b"], result.NodeOutput("B"));
    }
}
