namespace DagShell.Tests.Conditions;

/// <summary>-Timeout of a node ends one attempt.</summary>
public sealed class AttemptTimeoutTests : ShellTests
{
    [Fact]
    public void An_infinite_loop_is_ended()
    {
        ShellResult result =
            Run("(New-DagNode A { while ($true) { } } -Timeout 500ms), (New-DagNode B { 'b' }) | Invoke-Dag -ThrottleLimit 1");

        Assert.Equal(["A Failed", "B Succeeded"], result.Statuses);
        Assert.StartsWith(
            "Node 'A' took longer than its timeout of 500 ms; it was at line 1 (", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.StartsWith("DagNodeFailed.AttemptTimedOut,", Assert.Single(result.Streams.Error).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sleep_is_ended()
    {
        ShellResult result = Run("(New-DagNode A { Start-Sleep 600 } -Timeout 500ms) | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains("took longer than its timeout", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "trap { continue }; Start-Sleep 600; 'after'")]
    [InlineData("", "[CmdletBinding()] param() trap { continue }; Start-Sleep 600; 'after'")]
    [InlineData("-Sequential", "trap { continue }; Start-Sleep 600; 'after'")]
    public void A_script_that_goes_on_after_its_time_is_over_has_not_succeeded(string how, string script)
    {
        ShellResult result = Run($"(New-DagNode A {{ {script} }} -Timeout 500ms) | Invoke-Dag {how}");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains("took longer than its timeout", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_timeout_is_tried_again_like_any_error()
    {
        ShellResult result = Run("""
            New-DagNode A { if (-not ($using:began).IsOpen) { ($using:began).Open(); while ($true) { } } "$($DagNode.LastError)" } -Timeout 1s -RetryCount 100 | Invoke-Dag
            """, ("began", new Gate()));

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.StartsWith(
            "Node 'A' took longer than its timeout of 1 s; it was at line 1 (", (string)result.NodeOutput("A").Single()!,
            StringComparison.Ordinal);
        Assert.True(result.Attempts("A") >= 2);
    }

    [Fact]
    public void What_the_attempt_left_behind_is_cleaned_up()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { if (-not ($using:began).IsOpen) { $global:left = 1; ($using:began).Open(); while ($true) { } } } -Timeout 500ms -RetryCount 100
                New-DagNode B { ($using:began).IsOpen; $null -eq $global:left } -DependsOn A
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """, ("began", new Gate()));

        Assert.Equal([true, true], result.NodeOutput("B"));
    }

    [Fact]
    public void Finally_blocks_run()
    {
        using Gate cleaned = new();
        Run("New-DagNode A { if (-not ($using:cleaned).IsOpen) { try { while ($true) { } } finally { ($using:cleaned).Open() } } } "
            + "-Timeout 500ms -RetryCount 100 | Invoke-Dag -ErrorAction Ignore", ("cleaned", cleaned));

        Assert.True(cleaned.IsOpen);
    }

    [Fact]
    public void A_catch_does_not_outlive_it()
    {
        using Gate caught = new();
        ShellResult result = Run(
            "New-DagNode A { try { while ($true) { } } catch { ($using:caught).Open() } 'went on' } -Timeout 500ms | Invoke-Dag "
                + "-ErrorAction Ignore", ("caught", caught));

        Assert.False(caught.IsOpen);
        Assert.Empty(result.NodeOutput("A"));
    }

    [Fact]
    public void The_preconditions_count_as_well()
    {
        ShellResult result = Run("New-DagNode A { } -Precondition { while ($true) { } } -Timeout 500ms | Invoke-Dag");

        Assert.Contains("took longer than its timeout", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_cannot_be_interrupted_is_given_up_and_the_run_goes_on_at_full_width()
    {
        using Gate never = new();
        Witness witness = new();
        Crowd crowd = new(2);
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Stuck1 { ($using:witness).SignIn(); ($using:never).Pass() } -Timeout 500ms -RetryCount 100 -ContinueOnError
                New-DagNode Stuck2 { ($using:witness).SignIn(); ($using:never).Pass() } -Timeout 500ms -RetryCount 100 -ContinueOnError
                1..4 | ForEach-Object { New-DagNode "After$_" { ($using:crowd).Meet(); ($using:crowd).Leave(); 'met' } -DependsOn Stuck1, Stuck2 }
            )
            $nodes | Invoke-Dag -ThrottleLimit 2 -ErrorAction Ignore
            """, ("never", never), ("witness", witness), ("crowd", crowd));

        Assert.False(never.IsOpen);
        Assert.Contains("what it was doing could not be stopped within 2 s: it was given up", result.ErrorText("Stuck1"),
            StringComparison.Ordinal);
        Assert.Equal(["met"], result.NodeOutput("After1"));
        Assert.Equal(["met"], result.NodeOutput("After4"));
        Assert.Equal(2, crowd.Peak);

        // The threads were left alone; as soon as the call returns they end, and take their runspaces with them.
        never.Open();
        witness.SeeAllGone();
    }

    [Fact]
    public void What_was_given_up_is_not_tried_again_while_it_still_runs()
    {
        // An attempt whose time was over before its script began is tried again; one that is stuck is not.
        using Gate never = new();
        ShellResult result = Run("""
            $began = @{ Count = 0 }
            New-DagNode A { $table = $using:began; $table['Count']++; ($using:never).Pass() } -Timeout 500ms -RetryCount 100 | Invoke-Dag -ErrorAction Ignore
            $began['Count']
            """, ("never", never));
        never.Open();

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains("it was given up", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Equal(1, result.Output[^1].BaseObject);
    }

    [Fact]
    public void What_a_node_says_after_it_was_given_up_nobody_hears()
    {
        using Gate never = new();
        Witness witness = new();
        ShellResult result = Run(
            "New-DagNode A { ($using:witness).SignIn(); ($using:never).Pass(); Write-Warning 'late'; 'late' } -Timeout 500ms "
                + "-RetryCount 100 | Invoke-Dag -ErrorAction Ignore",
            ("never", never),
            ("witness", witness));
        never.Open();
        witness.SeeAllGone();

        Assert.Empty(result.NodeOutput("A"));
        Assert.Empty(result.Streams.Warning);
        Assert.Equal([1], Run("1").Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void A_node_that_stays_within_its_time_is_left_alone()
    {
        ShellResult result = Run("New-DagNode A { 'quick' } -Timeout 10m | Invoke-Dag");

        Assert.Equal(["quick"], result.NodeOutput("A"));
    }
}
