namespace DagShell.Tests.Running;

/// <summary>-Timeout of a run cuts it short and stops what is running.</summary>
public sealed class RunTimeoutTests : ShellTests
{
    [Fact]
    public void What_runs_is_stopped_what_waits_is_cancelled_and_clean_up_runs()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Done { 'done' } -Priority 9
                New-DagNode Endless { while ($true) { } } -DependsOn Done
                New-DagNode After { } -DependsOn Endless
                New-DagNode CleanUp { 'clean' } -DependsOn Endless -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -Timeout 3s -RunVariable run
            "$($run.Status)"
            """);

        Assert.Equal(["After Cancelled", "CleanUp Succeeded", "Done Succeeded", "Endless Cancelled"], result.Statuses);
        Assert.Equal("Cancelled", result.Text[^1]);
        var error = Assert.Single(result.Streams.Error);
        Assert.StartsWith("DagRunTimedOut,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("took longer than its timeout", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_waits_for_its_next_attempt_is_cut_short_too()
    {
        ShellResult result = Run("New-DagNode A { throw 'x' } -RetryCount 1 -RetryDelay 1h | Invoke-Dag -Timeout 2s -ErrorAction Ignore");

        Assert.Equal("Cancelled", result.Status("A"));
    }

    [Fact]
    public void What_cannot_be_stopped_is_given_up()
    {
        using Gate never = new();
        Witness witness = new();
        ShellResult result = Run(
            "New-DagNode A { ($using:witness).SignIn(); ($using:never).Pass() } | Invoke-Dag -Timeout 2s -ErrorAction Ignore",
            ("never", never), ("witness", witness));

        Assert.Equal("Cancelled", result.Status("A"));
        never.Open();
        witness.SeeAllGone();
    }

    [Fact]
    public void With_Stop_it_is_a_terminating_error()
    {
        ShellResult result = Shell.Run("New-DagNode A { while ($true) { } } | Invoke-Dag -Timeout 1s -ErrorAction Stop");

        Assert.StartsWith("DagRunTimedOut,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.EndsWith("0 of 1 nodes succeeded, 1 was cancelled.", result.ThrownRecord?.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_done_in_time_is_left_alone()
    {
        ShellResult result = Run("New-DagNode A { 'a' } | Invoke-Dag -Timeout 10m");

        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void No_time_at_all_is_refused()
    {
        ShellResult result = Shell.Run("New-DagNode A { 'ran' } | Invoke-Dag -Timeout 0");

        Assert.StartsWith("InvalidTimeout,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void More_time_than_timers_can_measure_is_no_limit() =>
        Assert.Equal(["a"], Run("New-DagNode A { 'a' } | Invoke-Dag -Timeout 9999d").NodeOutput("A"));
}
