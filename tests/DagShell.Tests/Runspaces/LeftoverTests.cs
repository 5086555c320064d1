using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Runspaces;

/// <summary>However a run ends, no thread of it goes on and no runspace stays open but for the next run.</summary>
public sealed class LeftoverTests : ShellTests
{
    private readonly Witness _witness = new();

    [Theory]
    [InlineData("")]
    [InlineData("-ThrottleLimit 1")]
    [InlineData("-ThrottleLimit 8 -UseNewRunspace")]
    [InlineData("-FailFast")]
    [InlineData("-ErrorAction Stop")]
    [InlineData("-Timeout 10m")]
    public void After_a_run_its_threads_have_ended_and_its_runspaces_are_closed(string arguments)
    {
        Shell.Run($$"""
            $script = { ($using:witness).SignIn() }
            $nodes = 1..10 | ForEach-Object { New-DagNode "N$_" { ($using:witness).SignIn(); if ($DagNode.Name -eq 'N3') { throw 'x' } } -RetryCount 1 }
            $nodes | Invoke-Dag {{arguments}}
            """, ("witness", _witness));

        _witness.SeeAllGone();
    }

    [Fact]
    public void Many_runs_one_after_another_leave_nothing()
    {
        Run("foreach ($i in 1..10) { $null = 1..4 | ForEach-Object { New-DagNode \"N$_\" { ($using:witness).SignIn() } } | Invoke-Dag "
            + "-ThrottleLimit 2 }", ("witness", _witness));

        _witness.SeeAllGone();
        Shell.Dispose();
        _witness.SeeAllClosed();
    }

    [Fact]
    public void An_attempt_that_was_stopped_leaves_nothing()
    {
        Run("New-DagNode A { ($using:witness).SignIn(); while ($true) { } } -Timeout 500ms -RetryCount 2 | Invoke-Dag -ErrorAction Ignore",
            ("witness", _witness));

        _witness.SeeAllGone();
    }

    [Fact]
    public void A_runspace_that_its_node_closed_leaves_nothing()
    {
        // PowerShell itself never says Closed of such a runspace: who closes it is its own script, which does not get to the end of that.
        var seen = new List<object>();
        Run("(New-DagNode A { ($using:seen).AddRange([object[]] ([System.Threading.Thread]::CurrentThread, "
            + "[runspace]::DefaultRunspace)); [runspace]::DefaultRunspace.Close() }), (New-DagNode B { ($using:witness).SignIn() }) | "
            + "Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore", ("witness", _witness), ("seen", seen));

        Assert.True(((Thread)Unwrapped.Value(seen[0])!).Join(Patience.Limit), "The thread goes on.");
        Assert.NotEqual(RunspaceState.Opened, ((Runspace)Unwrapped.Value(seen[1])!).RunspaceStateInfo.State);
        _witness.SeeAllGone();
    }

    [Fact]
    public void The_runspace_of_an_attempt_that_was_given_up_is_closing_already_so_that_no_host_waits_for_it_at_its_end()
    {
        using var never = new Gate();
        var seen = new List<Runspace>();
        Run("New-DagNode A { ($using:seen).Add([runspace]::DefaultRunspace); ($using:never).Pass() } -Timeout 1s | Invoke-Dag "
            + "-ErrorAction Ignore", ("never", never), ("seen", seen));

        Patience.Until(() => Assert.Single(seen).RunspaceStateInfo.State == RunspaceState.Closing, "the runspace to be closing");

        never.Open();
        Patience.Until(() => seen[0].RunspaceStateInfo.State == RunspaceState.Closed, "the runspace to be closed");
    }
}
