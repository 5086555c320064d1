namespace DagShell.Tests.Running;

/// <summary>After the first failure -FailFast starts nothing but clean-up.</summary>
public sealed class FailFastTests : ShellTests
{
    [Fact]
    public void Running_nodes_finish_clean_up_runs_and_the_rest_is_cancelled()
    {
        using Gate failed = new();
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Bad { ($using:running).Pass(); throw 'x' } -Priority 9
                New-DagNode Running { ($using:running).Open(); ($using:failed).Pass(); 'finished' } -Priority 8
                New-DagNode AfterRunning { } -DependsOn Running
                New-DagNode Unrelated { }
                New-DagNode CleanUp { 'clean' } -DependsOn Bad, AfterRunning -TriggerRule AllDone
                New-DagNode Notify { ($using:failed).Open(); 'told' } -DependsOn Bad -TriggerRule AnyFailed
            )
            $nodes | Invoke-Dag -ThrottleLimit 2 -FailFast -ErrorAction Ignore -RunVariable run
            "$($run.Status)"
            """, ("failed", failed), ("running", new Gate()));

        Assert.Equal(
            ["AfterRunning Cancelled", "Bad Failed", "CleanUp Succeeded", "Notify Succeeded", "Running Succeeded", "Unrelated Cancelled"],
            result.Statuses);
        Assert.Equal(["finished"], result.NodeOutput("Running"));
        Assert.Equal("Failed", result.Text[^1]);
    }

    [Fact]
    public void A_tolerated_failure_cuts_nothing_short()
    {
        ShellResult result =
            Run("(New-DagNode Bad { throw 'x' } -ContinueOnError), (New-DagNode B { } -DependsOn Bad), (New-DagNode C { }) | Invoke-Dag "
            + "-FailFast -ThrottleLimit 1 -ErrorAction Ignore");

        Assert.Equal(["B Succeeded", "Bad Failed", "C Succeeded"], result.Statuses);
    }

    [Fact]
    public void A_node_with_attempts_left_has_not_failed_yet()
    {
        ShellResult result =
            Run("(New-DagNode A { if ($DagNode.Attempt -eq 1) { throw 'x' } } -RetryCount 1 -Priority 1), (New-DagNode B { }) | "
            + "Invoke-Dag -FailFast -ThrottleLimit 1");

        Assert.Equal(["A Succeeded", "B Succeeded"], result.Statuses);
    }

    [Fact]
    public void Without_it_everything_that_can_run_runs()
    {
        ShellResult result =
            Run("(New-DagNode Bad { throw 'x' }), (New-DagNode B { }), (New-DagNode C { } -DependsOn B) | Invoke-Dag -ThrottleLimit 1 "
            + "-ErrorAction Ignore");

        Assert.Equal(["B Succeeded", "Bad Failed", "C Succeeded"], result.Statuses);
    }
}
