namespace DagShell.Tests.Checkpoints;

/// <summary>
/// A run whose journal cannot be written any more starts nothing new but clean-up, lets finish what runs, says so, and can be resumed.
/// </summary>
public sealed class LostJournalTests : CheckpointTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode First { ($using:ran).Enqueue('First') }
            New-DagNode Slow { ($using:ran).Enqueue('Slow'); ($using:slowRuns).Open(); ($using:slow).Pass(); 'slow' }
            New-DagNode Long { ($using:ran).Enqueue('Long'); ($using:longRuns).Open(); ($using:long).Pass(); 'long' }
            New-DagNode Later { ($using:ran).Enqueue('Later') } -DependsOn Slow
            New-DagNode CleanUp { ($using:ran).Enqueue('CleanUp') } -DependsOn Later -TriggerRule AllDone
        )

        """;

    /// <summary>
    /// The disk is full from when First is done and the two others run; Long ends after Slow, whose success cannot be written.
    /// </summary>
    private const string Invoke = """
        $nodes | Invoke-Dag -Checkpoint $journal -RunVariable run -ThrottleLimit 3 | ForEach-Object {
            if ($_.Name -eq 'First') { $slowRuns.Pass(); $longRuns.Pass(); $fill.Invoke(); $slow.Open() }
            if ($_.Name -eq 'Slow') { $long.Open() }
            $_
        }
        """;

    private readonly Gate[] _gates = [new(), new(), new(), new()];

    public LostJournalTests()
    {
        string[] names = ["slow", "long", "slowRuns", "longRuns"];
        for (int i = 0; i < names.Length; i++)
        {
            Shell[names[i]] = _gates[i];
        }

        Shell["fill"] = (Action)(() => FullDisk.Fill(Journal));
    }

    [Fact]
    public void Nothing_starts_any_more_but_clean_up_what_runs_finishes_and_the_error_says_so()
    {
        if (!FullDisk.IsThere)
        {
            return;
        }

        ShellResult result = Run(Nodes + Invoke);

        Assert.Equal(["CleanUp", "First", "Long", "Slow"], TakeRan());
        Assert.Equal(["CleanUp Succeeded", "First Succeeded", "Later Cancelled", "Long Succeeded", "Slow Succeeded"], result.Statuses);
        Assert.Equal(["slow"], result.NodeOutput("Slow"));
        System.Management.Automation.ErrorRecord error = Assert.Single(result.Streams.Error);
        Assert.StartsWith("DagCheckpointFailed", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("cannot be written any more", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Resume", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["Failed"], Run("$run.Status").Text);

        // What is in the journal is whole: the rest runs, and what succeeded without a record runs again.
        ShellResult resumed = Run("$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["CleanUp", "Later", "Long", "Slow"], TakeRan());
        Assert.Equal(true, resumed.Node("First").Properties["FromCheckpoint"].Value);
    }

    [Fact]
    public void With_ErrorAction_Stop_it_ends_the_command()
    {
        if (!FullDisk.IsThere)
        {
            return;
        }

        ShellResult result = Shell.Run(
            "$ErrorActionPreference = 'Stop';" + Nodes + Invoke);

        Assert.StartsWith("DagCheckpointFailed", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("cannot be written any more", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Equal(["CleanUp", "First", "Long", "Slow"], TakeRan());
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        foreach (Gate gate in _gates)
        {
            gate.Dispose();
        }
    }
}
