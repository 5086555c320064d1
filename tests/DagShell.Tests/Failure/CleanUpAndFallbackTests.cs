namespace DagShell.Tests.Failure;

/// <summary>Skip-DagNode, -CleanUpOf, -FallbackFor and $DagNode.Dependencies, as a user meets them.</summary>
public sealed class CleanUpAndFallbackTests : ShellTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    public void Skip_DagNode_ends_a_node_with_what_it_had_put_out_and_cannot_be_caught(string how)
    {
        ShellResult result = Run($$"""
            function Exit-Early($why) { Skip-DagNode $why; 'not reached' }
            New-DagNode A { 'one'; try { Exit-Early 'nothing to do' } catch { 'caught' } 'two' } | Invoke-Dag {{how}} |
                ForEach-Object { "$($_.Status)"; "$($_.Output)"; $_.SkipReason }
            """);

        Assert.Equal(["Skipped", "one", "nothing to do"], result.Text);
    }

    [Theory]
    [InlineData("-When { Skip-DagNode 'by condition' }")]
    [InlineData("-Precondition { Skip-DagNode 'by condition' }")]
    public void Skip_DagNode_works_in_conditions(string condition) =>
        Assert.Equal(
            ["Skipped by condition 0"],
            Run($"New-DagNode A {{ 'ran' }} {condition} | Invoke-Dag | ForEach-Object {{ \"$($_.Status) $($_.SkipReason) "
                + $"$($_.Attempts)\" }}").Text);

    [Theory]
    [InlineData("throw 'no'", "")]
    [InlineData("throw 'no'", "-Sequential")]
    [InlineData("while ($true) { }", "")]
    public void Skip_DagNode_works_in_RetryIf(string script, string how) =>
        Assert.Equal(
            ["Skipped not worth it 1", "Succeeded"],
            Run($$"""
                New-DagNode A { {{script}} } -Timeout 1s -RetryCount 3 -RetryIf { Skip-DagNode 'not worth it' } | Invoke-Dag {{how}} -RunVariable run |
                    ForEach-Object { "$($_.Status) $($_.SkipReason) $($_.Attempts)" }
                "$($run.Status)"
                """).Text);

    [Theory]
    [InlineData("SilentlyContinue", "DagNodeFailed,DagShell.Commands.InvokeDagCommand DagRunTimedOut,DagShell.Commands.InvokeDagCommand")]
    [InlineData("Stop", "DagRunFailed,DagShell.Commands.InvokeDagCommand")]
    public void A_failed_run_that_its_timeout_ended_says_so(string preference, string ids)
    {
        ShellResult result = Run($$"""
            $nodes = (New-DagNode A { throw 'x' }), (New-DagNode B { while ($true) { } } -DependsOn A -TriggerRule AllDone), (New-DagNode C { while ($true) { } })
            try { $nodes | Invoke-Dag -Timeout 1s -CleanUpTimeout 0 -ErrorAction {{preference}} -ErrorVariable told -RunVariable run | Out-Null }
            catch { $told = $_ }
            "$($run.Status)"; "$($told.FullyQualifiedErrorId | Select-Object -Unique)"; "$($told[-1].Exception.Message)"
            """);

        Assert.Equal(["Failed", ids], result.Text.Take(2));
        Assert.Contains(
            "The run took longer than its timeout and was cut short: 0 of 3 nodes succeeded, 2 were cancelled.", result.Text[2],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_of_a_node_it_is_an_error() =>
        Assert.Equal(["NotInDagNode,DagShell.Commands.SkipDagNodeCommand"],
            Run("try { Skip-DagNode } catch { $_.FullyQualifiedErrorId }").Text);

    [Fact]
    public void Clean_up_is_told_what_broke()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode SetUp { 'env' }
                New-DagNode Work { throw 'it broke' } -DependsOn SetUp
                New-DagNode Late { } -DependsOn Work
                New-DagNode TearDown {
                    $Upstream.SetUp
                    foreach ($end in $DagNode.Dependencies.Values) { "$($end.Name) $($end.Status) $($end.Error)$($end.SkipReason) $($end.Output)" }
                } -CleanUpOf SetUp
            )
            ($nodes | Invoke-Dag -ErrorAction Ignore | Where-Object Name -EQ TearDown).Output
            """);

        Assert.Equal(["env", "SetUp Succeeded  env", "Work Failed it broke ", "Late Skipped dependency 'Work' failed "], result.Text);
    }

    [Fact]
    public void A_fallback_stands_for_what_failed_and_the_run_is_well()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { throw 'no answer' }
                New-DagNode B { 'from B' } -FallbackFor A
                New-DagNode Next { param($A) "got $A" } -DependsOn A
            )
            $results = $nodes | Invoke-Dag -RunVariable run -WarningVariable told -WarningAction SilentlyContinue -ErrorAction Stop
            "$($run.Status)"; ($results | Where-Object Name -EQ A).Fallback; ($results | Where-Object Name -EQ Next).Output; "$told"
            """);

        Assert.Equal("Succeeded B got from B", string.Join(' ', result.Text.Take(3)));
        Assert.EndsWith(": no answer. Its fallback 'B' succeeded and stands for it.", result.Text[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_fallback_fails_too_both_are_errors() =>
        Assert.Equal(
            ["A, B"],
            Run("""
                (New-DagNode A { throw 'x' }), (New-DagNode B { throw 'y' } -FallbackFor A) | Invoke-Dag -ErrorVariable errors -ErrorAction SilentlyContinue | Out-Null
                ($errors.TargetObject.Name | Sort-Object) -join ', '
                """).Text);

    [Fact]
    public void A_target_that_was_skipped_is_a_warning() =>
        Assert.Equal(
            ["The target 'A' was skipped: its condition (-When) was false."],
            Run("New-DagNode A { } -When { $false } | Invoke-Dag -Target A -WarningVariable told -WarningAction SilentlyContinue | "
                + "Out-Null; \"$told\"").Text);

    [Theory]
    [InlineData("$null")]
    [InlineData("@()")]
    [InlineData("@($null)")]
    public void No_dependency_is_none(string none) =>
        Assert.Equal(["A: Succeeded"],
            Run($"New-DagNode A {{ }} -DependsOn {none} -TriggerRule AnySucceeded | Invoke-Dag | ForEach-Object {{ \"$_\" }}").Text);

    [Fact]
    public void A_cancelled_node_has_its_reason() =>
        Assert.Equal(
            ["fail-fast after 'A'"],
            Run("""
                (New-DagNode A { throw 'x' }), (New-DagNode B { } -DependsOn C), (New-DagNode C { } -Priority -1) |
                    Invoke-Dag -FailFast -ThrottleLimit 1 -ErrorAction Ignore | Where-Object Name -EQ C | ForEach-Object CancelReason
                """).Text);

    [Theory]
    [InlineData("-CleanUpOf A -FallbackFor A")]
    [InlineData("-CleanUpOf A -TriggerRule AnyFailed")]
    public void Parameters_that_contradict_each_other_are_refused(string parameters) =>
        Assert.Equal(
            ["InvalidParameters,DagShell.Commands.NewDagNodeCommand"],
            Run($"try {{ New-DagNode B {{ }} {parameters} }} catch {{ $_.FullyQualifiedErrorId }}").Text);

    [Fact]
    public void A_resumed_run_sets_up_anew_what_was_torn_down()
    {
        using ScratchFolder folder = new();
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode SetUp { 'set up' }
                New-DagNode Other { 'other' }
                New-DagNode Work { if ($fixed) { 'worked' } else { throw 'x' } } -DependsOn SetUp
                New-DagNode TearDown { 'torn down' } -CleanUpOf SetUp
                New-DagNode A { throw 'x' }
                New-DagNode B { 'from B' } -FallbackFor A
            )
            $path = "$folder/run.journal"
            $nodes | Invoke-Dag -Checkpoint $path -ErrorAction Ignore -WarningAction Ignore | Out-Null
            $nodes | Invoke-Dag -Checkpoint $path -Resume -ErrorAction Ignore -WarningAction Ignore | Where-Object FromCheckpoint | ForEach-Object Name | Sort-Object
            """, ("folder", folder.FullName));

        Assert.Equal(["A", "B", "Other"], result.Text);
    }

    [Fact]
    public void A_failure_that_was_restored_is_told_once()
    {
        using ScratchFolder folder = new();
        ShellResult result = Run("""
            $nodes = (New-DagNode A { throw 'x' }), (New-DagNode B { 'b' } -FallbackFor A), (New-DagNode C { throw 'y' })
            $path = "$folder/run.journal"
            $nodes | Invoke-Dag -Checkpoint $path -ErrorAction Ignore -WarningAction Ignore | Out-Null
            $quiet = @{ ErrorAction = 'Ignore'; WarningAction = 'SilentlyContinue'; WarningVariable = 'told' }
            $nodes | Invoke-Dag -Checkpoint $path -Resume @quiet | Out-Null
            "$told"
            """, ("folder", folder.FullName));

        Assert.Equal(["Node 'A' failed in an earlier run; its fallback 'B' stands for it."], result.Text);
    }

    [Fact]
    public void A_nested_run_that_fails_does_not_lose_the_results_that_it_had()
    {
        ShellResult result = Run("""
            $outer = New-DagNode Outer {
                (New-DagNode Good { 'kept' }), (New-DagNode Bad { throw 'lost' }) | Invoke-Dag
            } | Invoke-Dag -ErrorAction SilentlyContinue
            $run = $outer.Error.Exception.Run
            "$($outer.Status) $($run.Status) $($run.Nodes['Good'].Output) $($run.Nodes['Bad'].Error)"
            """);

        Assert.Equal(["Failed Failed kept lost"], result.Text);
    }
}
