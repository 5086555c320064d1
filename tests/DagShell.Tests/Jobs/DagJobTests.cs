using System.Management.Automation;

namespace DagShell.Tests.Jobs;

/// <summary>-AsJob gives a job of the usual kind.</summary>
public sealed class DagJobTests : ShellTests
{
    [Fact]
    public void The_results_are_received_from_it()
    {
        ShellResult result = Run("""
            $job = (New-DagNode A { 1 }), (New-DagNode B { $Upstream.A + 1 } -DependsOn A) | Invoke-Dag -AsJob
            $null = $job | Wait-Job
            $job.State
            @(Get-Job).Count
            (Receive-Job $job -Keep).Count
            Receive-Job $job
            @(Receive-Job $job).Count
            Remove-Job $job
            @(Get-Job).Count
            """);
        Assert.Equal("Completed", result.Text[0]);
        Assert.Equal("1", result.Text[1]);
        Assert.Equal("2", result.Text[2]);
        Assert.Equal([2], result.NodeOutput("B"));
        Assert.Equal(["0", "0"], result.Text[^2..]);
    }

    [Fact]
    public void It_has_a_child_job_a_node_with_that_nodes_state_streams_and_errors()
    {
        ShellResult result = Run("""
            $job = (New-DagNode Good { Write-Warning 'w' }), (New-DagNode Bad { throw 'boom' }), (New-DagNode After { } -DependsOn Bad) | Invoke-Dag -AsJob
            $null = $job | Wait-Job
            $job.State
            foreach ($child in $job.ChildJobs) { "$($child.Name) $($child.State)" }
            $job.ChildJobs[0].Warning[0].Message
            $job.ChildJobs[1].Error[0].FullyQualifiedErrorId
            $job.ChildJobs[2].StatusMessage
            """);
        Assert.Equal(
            ["Failed", "Good Completed", "Bad Failed", "After Stopped", "[Good] w", "DagNodeFailed", "Skipped: dependency 'Bad' failed"],
            result.Text);
    }

    [Fact]
    public void What_is_said_of_a_node_after_its_end_is_the_jobs_own()
    {
        ShellResult result = Run("""
            $job = New-DagNode A { 1 } | Invoke-Dag -AsJob -FinalizationScript { Write-Warning 'bye'; throw 'left open' }
            $null = $job | Wait-Job
            $job.State
            $job.Warning.Message
            """);
        Assert.Equal(["Completed", "[A] bye"], result.Text[..2]);
        Assert.Contains("left open", result.Text[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_come_out_on_receiving()
    {
        ShellResult result =
            Run("$job = New-DagNode Bad { throw 'boom' } | Invoke-Dag -AsJob; $null = Wait-Job $job; Receive-Job $job -ErrorVariable e "
            + "-ErrorAction SilentlyContinue; $e.Count");
        Assert.Equal("Failed", result.Status("Bad"));
        Assert.Equal("1", result.Text[^1]);
    }

    [Fact]
    public void Receive_can_wait_and_remove()
    {
        ShellResult result = Run("New-DagNode A { 'a' } | Invoke-Dag -AsJob | Receive-Job -Wait -AutoRemoveJob; @(Get-Job).Count");
        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.Equal("0", result.Text[^1]);
    }

    /// <summary>Receive-Job -AutoRemoveJob removes it where it is told of its end, which is the job's own thread.</summary>
    [Theory]
    [InlineData("$job.StopJob()")]
    [InlineData("$job.Dispose()")]
    [InlineData("Stop-Job $job")]
    [InlineData("Remove-Job $job -Force")]
    public void Whoever_is_told_of_its_end_may_remove_it_and_waits_for_nothing(string action)
    {
        using var gate = new Gate();
        using var told = new Gate();
        using var session = new ShellSession();
        var job = (Job)session.Run("$job = New-DagNode A { ($using:gate).Pass() } | Invoke-Dag -AsJob; $job", ("gate", gate))
            .Output.Single().BaseObject;
        TimeSpan waited = TimeSpan.MaxValue;
        job.StateChanged += (_, change) =>
        {
            if (change.JobStateInfo.State != JobState.Completed)
            {
                return;
            }

            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            session.Run(action);
            waited = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            told.Open();
        };

        gate.Open();
        told.Pass();

        // The job gives a run that long to end.
        Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void It_can_be_stopped()
    {
        ShellResult result = Run("""
            $job = New-DagNode A { while ($true) { } } | Invoke-Dag -AsJob
            Stop-Job $job
            $job.State
            $job.Run.Status
            """);
        Assert.Equal(["Stopped", "Cancelled"], result.Text);
    }

    [Fact]
    public void It_can_be_removed_while_it_runs()
    {
        using var gate = new Gate();
        ShellResult result = Run("""
            $job = New-DagNode A { $mine = $using:gate; $mine.Pass() } | Invoke-Dag -AsJob
            Remove-Job $job -Force
            @(Get-Job).Count
            """, ("gate", gate));
        gate.Open();
        Assert.Equal(0, result.Single);
    }

    [Fact]
    public void The_dag_is_checked_before_there_is_a_job()
    {
        ShellResult result = Shell.Run("New-DagNode A { } -DependsOn Nobody | Invoke-Dag -AsJob");
        Assert.StartsWith("InvalidDag", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(0, Shell.Run("@(Get-Job).Count").Single);
    }

    [Fact]
    public void With_error_action_stop_the_job_has_the_error_of_the_run()
    {
        ShellResult result = Run("""
            $job = (New-DagNode Bad { throw 'boom' }), (New-DagNode Clean { 'c' } -DependsOn Bad -TriggerRule AllDone) | Invoke-Dag -AsJob -ErrorAction Stop
            $null = Wait-Job $job
            $job.Error[0].FullyQualifiedErrorId
            $job.ChildJobs[1].State
            """);
        Assert.Equal(["DagRunFailed", "Completed"], result.Text);
    }

    [Fact]
    public void It_is_stopped_when_its_session_ends()
    {
        using var never = new Gate();
        using var began = new Gate();
        var session = new ShellSession();
        var job = (Job)session.Run(
            "New-DagNode A { ($using:began).Open(); ($using:never).Pass() } | Invoke-Dag -AsJob", ("began", began),
            ("never", never)).Output.Single().BaseObject;
        began.Pass();

        session.Dispose();

        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
        never.Open();
    }

    [Fact]
    public void The_job_of_a_node_is_not_stopped_alone_and_says_so()
    {
        using Gate go = new();
        ShellResult result = Shell.Run(
            """
            $job = (New-DagNode A { ($using:go).Pass() }), (New-DagNode B { } -DependsOn A) | Invoke-Dag -AsJob
            $job.ChildJobs | ForEach-Object { try { Stop-Job -Job $_ -ErrorAction Stop } catch { "$_" } }
            $go.Open()
            ($job | Wait-Job).State
            $job.ChildJobs[0].StopJob()
            """,
            ("go", go));

        Assert.Contains("The job of node 'A' is a part of a run", result.Text[0], StringComparison.Ordinal);
        Assert.Contains("The job of node 'B' is a part of a run", result.Text[1], StringComparison.Ordinal);
        Assert.Equal("Completed", result.Text[2]);
    }
}
