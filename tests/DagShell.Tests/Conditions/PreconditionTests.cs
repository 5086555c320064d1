namespace DagShell.Tests.Conditions;

/// <summary>Every -Precondition must hold right before each attempt.</summary>
public sealed class PreconditionTests : ShellTests
{
    [Fact]
    public void The_script_runs_when_all_of_them_hold()
    {
        ShellResult result = Run("New-DagNode A { 'ran' } -Precondition { $true }, { 'yes' } | Invoke-Dag");

        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("$false")]
    [InlineData("$null")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("throw 'broken'")]
    [InlineData("exit 1")]
    [InlineData("break")]
    public void One_that_does_not_hold_fails_the_node_and_is_not_tried_again(string precondition)
    {
        ShellResult result =
            Run($"(New-DagNode A {{ 'ran' }} -Precondition {{ $true }}, {{ {precondition} }} -RetryCount 3), (New-DagNode B {{ }} "
            + "-DependsOn A) | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal("Skipped", result.Status("B"));
        Assert.Empty(result.NodeOutput("A"));
        Assert.Equal(0, result.Attempts("A"));
        Assert.StartsWith($"Node 'A' did not run: its precondition {{ {precondition} }} at line 1 does not hold", result.ErrorText("A"),
            StringComparison.Ordinal);
        Assert.StartsWith("DagNodeFailed.PreconditionNotMet,", Assert.Single(result.Streams.Error).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_throws_says_what()
    {
        ShellResult result = Run("New-DagNode A { } -Precondition { throw 'the disk is gone' } | Invoke-Dag");

        Assert.EndsWith("does not hold: the disk is gone", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void Those_after_one_that_does_not_hold_are_not_asked()
    {
        using Gate asked = new();
        Run("New-DagNode A { } -Precondition { $false }, { ($using:asked).Open(); $true } | Invoke-Dag", ("asked", asked));

        Assert.False(asked.IsOpen);
    }

    [Fact]
    public void They_are_asked_in_the_runspace_of_the_node_with_the_variables_of_the_script()
    {
        ShellResult result = Run("""
            $log = [System.Collections.Generic.List[object]]::new()
            $value = 'u'
            $nodes = @(
                New-DagNode First { 1; 2 }
                New-DagNode A -DependsOn First -Precondition {
                    ($using:log).AddRange([object[]] ([runspace]::DefaultRunspace.InstanceId, $Upstream.First.Count, @($input).Count, $DagNode.Name, $DagNode.Attempt, $using:value))
                    $true
                } {
                    [runspace]::DefaultRunspace.InstanceId, $Upstream.First.Count, @($input).Count, $DagNode.Name, $DagNode.Attempt, $using:value
                }
            )
            $nodes | Invoke-Dag
            , $log.ToArray()
            """);

        Assert.Equal([2, 2, "A", 1, "u"], result.NodeOutput("A").Skip(1));
        Assert.Equal(result.NodeOutput("A"), (object[])result.Output[^1].BaseObject);
    }

    [Fact]
    public void They_are_asked_before_each_attempt()
    {
        ShellResult result = Run("""
            $holds = @{ Yes = $true }
            New-DagNode A { ($using:holds).Yes = $false; throw 'x' } -Precondition { ($using:holds).Yes } -RetryCount 5 | Invoke-Dag -ErrorAction Ignore
            """);

        Assert.Equal(1, result.Attempts("A"));
        Assert.Contains("did not run: its precondition", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_timeout_they_are_polled_until_they_hold()
    {
        ShellResult result = Run("""
            $count = @{ Asked = 0 }
            New-DagNode A { 'ran'; $DagNode.Attempt } -Precondition { (++($using:count).Asked) -eq 3 } -PreconditionTimeout 10m | Invoke-Dag
            $count.Asked
            """);

        Assert.Equal(["ran", 1], result.NodeOutput("A"));
        Assert.Equal(1, result.Attempts("A"));
        Assert.Equal(3, result.Output[^1].BaseObject);
    }

    [Theory]
    [InlineData("-PreconditionInterval 20ms", "20 ms")]
    [InlineData("", "1 s")]
    public void They_are_asked_again_after_the_nodes_own_time(string interval, string said)
    {
        ShellResult result = Run($$"""
            $count = [hashtable]::Synchronized(@{ Asked = 0 })
            New-DagNode A { } -Precondition { (++($using:count).Asked) -eq 2 } -PreconditionTimeout 10m {{interval}} | Invoke-Dag -Verbose
            """);

        Assert.Contains(result.Streams.Verbose, line => line.EndsWith(
            $"[A] a precondition does not hold yet; asked again in {said}", StringComparison.Ordinal));
    }

    [Fact]
    public void While_they_are_polled_the_node_holds_no_slot()
    {
        // One slot: were it held, B would never run, and A's precondition would never hold.
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { 'a' } -Precondition { ($using:done).IsOpen } -PreconditionTimeout 10m -Priority 1
                New-DagNode B { ($using:done).Open() }
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """, ("done", new Gate()));

        Assert.Equal(["B", "A"], result.Names);
        Assert.Equal(["a"], result.NodeOutput("A"));
    }

    [Fact]
    public void When_the_time_is_over_the_node_fails_and_says_how_long_it_was_polled()
    {
        ShellResult result = Run("New-DagNode A { } -Precondition { $false } -PreconditionTimeout 10ms | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal(
            "Node 'A' did not run: its precondition { $false } at line 1 does not hold, and did not within 10 ms.", result.ErrorText("A"));
    }
}
