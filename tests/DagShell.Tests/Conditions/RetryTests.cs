namespace DagShell.Tests.Conditions;

/// <summary>Failed attempts are repeated as the node says.</summary>
public sealed class RetryTests : ShellTests
{
    [Fact]
    public void A_node_is_tried_again_until_it_succeeds()
    {
        ShellResult result = Run(
            "New-DagNode A { if ($DagNode.Attempt -lt 3) { 'half'; throw 'not yet' } 'whole' } -RetryCount 5 -RetryDelay 1ms | Invoke-Dag");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Equal(["whole"], result.NodeOutput("A"));
        Assert.Equal(3, result.Attempts("A"));
        Assert.Null(result.Error("A"));
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void When_no_attempt_is_left_it_fails_with_the_last_error()
    {
        ShellResult result = Run("New-DagNode A { throw \"failure $($DagNode.Attempt)\" } -RetryCount 2 | Invoke-Dag");

        Assert.Equal(3, result.Attempts("A"));
        Assert.Equal("failure 3", result.ErrorText("A"));
        Assert.Single(result.Streams.Error);
    }

    [Theory]
    [InlineData("throw 'x'")]
    [InlineData("Write-Error 'x'")]
    [InlineData("exit 3")]
    [InlineData("break")]
    [InlineData("[int] 'x'")]
    [InlineData("Get-NoSuchThing")]
    public void Every_way_to_fail_is_tried_again(string statement)
    {
        ShellResult result =
            Run($"New-DagNode A {{ if ($DagNode.Attempt -eq 1) {{ {statement} }} 'ok' }} -RetryCount 1 | Invoke-Dag -WarningAction Ignore");

        Assert.Equal(["ok"], result.NodeOutput("A"));
        Assert.Equal(2, result.Attempts("A"));
    }

    [Fact]
    public void RetryIf_decides_by_the_error()
    {
        ShellResult result = Run("""
            $parameters = @{ RetryCount = 5; RetryIf = { $_.Exception.Message -like 'transient*' } }
            $nodes = @(
                New-DagNode Transient { if ($DagNode.Attempt -lt 3) { throw 'transient' } 'ok' } @parameters
                New-DagNode Permanent { throw 'permanent' } @parameters
                New-DagNode Typed { [int]::Parse('x') } -RetryCount 5 -RetryIf { param($Unused) $_.Exception.InnerException -isnot [FormatException] }
                New-DagNode ByMessage { Write-Error 'transient too' -Category ConnectionError } -RetryCount 1 -RetryIf { $_.CategoryInfo.Category -eq 'ConnectionError' }
            )
            $nodes | Invoke-Dag -ErrorAction Ignore
            """);

        Assert.Equal(3, result.Attempts("Transient"));
        Assert.Equal(["ok"], result.NodeOutput("Transient"));
        Assert.Equal(1, result.Attempts("Permanent"));
        Assert.Equal(1, result.Attempts("Typed"));
        Assert.Equal(2, result.Attempts("ByMessage"));
    }

    [Fact]
    public void RetryIf_that_fails_is_told_and_means_no()
    {
        ShellResult result = Run("New-DagNode A { throw 'x' } -RetryCount 5 -RetryIf { throw 'broken' } | Invoke-Dag -ErrorAction Ignore");

        Assert.Equal(1, result.Attempts("A"));
        Assert.Equal("x", result.ErrorText("A"));
        string warning = Assert.Single(result.Streams.Warning);
        Assert.StartsWith("[A] -RetryIf failed", warning, StringComparison.Ordinal);
        Assert.Contains("broken", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-notlike", 1)]
    [InlineData("-like", 3)]
    public void RetryIf_decides_about_a_timeout_too(string comparison, int attempts)
    {
        ShellResult result = Run(
            "New-DagNode A { while ($true) { } } -Timeout 300ms -RetryCount 2 -RetryIf { "
            + $"$_.FullyQualifiedErrorId {comparison} 'AttemptTimedOut*' }} | Invoke-Dag");

        Assert.Equal(attempts, result.Attempts("A"));
        Assert.StartsWith("DagNodeFailed.AttemptTimedOut", Assert.Single(result.Streams.Error).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RetryIf_leaves_its_error_to_no_other_script()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { throw 'x' } -RetryCount 1 -RetryIf { param($Unused) $_ -ne $null } -ContinueOnError
                New-DagNode B { param($Unused) $null -eq $_ } -DependsOn A
                New-DagNode C { $null -eq $_ } -DependsOn B
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal([true], result.NodeOutput("B"));
        Assert.Equal([true], result.NodeOutput("C"));
    }

    [Fact]
    public void A_node_that_waits_for_its_next_attempt_holds_no_slot()
    {
        // One slot: were it held while A waits, B would not be done before A's second attempt.
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { if (-not ($using:done).IsOpen) { throw 'not yet' } 'a' } -RetryCount 1000 -RetryDelay 10ms -Priority 1
                New-DagNode B { ($using:done).Open() }
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """, ("done", new Gate()));

        Assert.Equal(["B", "A"], result.Names);
        Assert.True(result.Attempts("A") >= 2);
    }

    [Fact]
    public void Every_node_retries_by_itself()
    {
        ShellResult result = Run("""
            1..4 | ForEach-Object { New-DagNode "N$_" { if ($DagNode.Attempt -lt $using:_) { throw 'x' } $DagNode.Attempt } -RetryCount ($_ - 1) } | Invoke-Dag
            """);

        Assert.Equal([1, 2, 3, 4], result.Names.Order().Select(name => result.NodeOutput(name)[0]));
    }
}
