using System.Management.Automation;

namespace DagShell.Tests.Progress;

/// <summary>A run is one progress record, each running node one under it, and what the node reports one under that.</summary>
public sealed class ProgressTests : ShellTests
{
    private readonly Gate _gate = new();

    [Fact]
    public void The_run_shows_its_counts_and_its_percentage()
    {
        using RunningScript running = Shell.Start("""
            $nodes = @(
                New-DagNode Done { }
                New-DagNode Skipped { } -When { $false }
                New-DagNode Bad { throw 'x' }
                New-DagNode Running { ($using:gate).Pass() } -DependsOn Done, Skipped, Bad -TriggerRule AllDone
                New-DagNode Waiting { if (-not ($using:gate).IsOpen) { throw 'x' } } -RetryCount 1 -RetryDelay 1h
                New-DagNode Later { } -DependsOn Running
            )
            $nodes | New-Dag nightly | Invoke-Dag -ErrorAction Ignore -Timeout 10m
            """, ("gate", _gate));

        ProgressRecord run = Await(running, record => record.StatusDescription == "3 of 6 done, 1 running, 1 waiting, 1 failed");
        Assert.Contains("nightly", run.Activity, StringComparison.Ordinal);
        Assert.Equal(50, run.PercentComplete);
        Assert.Equal(-1, run.ParentActivityId);
        running.Stop();
        _gate.Open();
    }

    [Fact]
    public void Each_running_node_is_a_record_under_it_with_its_own_progress_nested()
    {
        using RunningScript running = Shell.Start("""
            $nodes = @(
                New-DagNode Alpha { Write-Progress Copying 'file 3' -PercentComplete 30 -CurrentOperation 'op'; ($using:gate).Pass(); Write-Progress Copying -Completed }
                New-DagNode Beta { ($using:gate).Pass() }
            )
            $nodes | Invoke-Dag
            """, ("gate", _gate));

        ProgressRecord own = Await(running, record => record.Activity == "Copying");
        ProgressRecord alpha = Await(running, record => record.Activity == "Alpha");
        ProgressRecord beta = Await(running, record => record.Activity == "Beta");
        ProgressRecord run = Await(running, record => record.ParentActivityId == -1);
        Assert.Equal(("file 3", 30, "op"), (own.StatusDescription, own.PercentComplete, own.CurrentOperation));
        Assert.Equal(alpha.ActivityId, own.ParentActivityId);
        Assert.Equal(run.ActivityId, alpha.ParentActivityId);
        Assert.Equal(run.ActivityId, beta.ParentActivityId);
        Assert.Equal(4, Shell.Screen.OpenProgress.Length);
        _gate.Open();
        running.Wait();

        Assert.Empty(Shell.Screen.OpenProgress);
    }

    [Theory]
    [InlineData(24, 8, "… and 24 more")]
    [InlineData(60, 20, "… and 12 more")]
    [InlineData(3, 2, "… and 30 more")]
    public void No_more_lines_are_drawn_than_the_window_has_room_for(int height, int lines, string more)
    {
        Shell["height"] = height;
        using RunningScript running = Shell.Start(
            "$Host.UI.RawUI.WindowSize = [System.Management.Automation.Host.Size]::new(80, $height); 1..30 | ForEach-Object { New-DagNode "
                + "\"N$_\" { ($using:gate).Pass() } } | Invoke-Dag -ThrottleLimit 30",
            ("gate", _gate));

        Await(running, record => record.Activity == more);
        Assert.Equal(lines, Shell.Screen.OpenProgress.Length);
        Assert.Contains(Shell.Screen.OpenProgress, record => record.StatusDescription.StartsWith("0 of 30 done", StringComparison.Ordinal));
        _gate.Open();
        running.Wait();
        Assert.Empty(Shell.Screen.OpenProgress);
    }

    [Fact]
    public void A_waiting_node_says_why_and_how_long()
    {
        using RunningScript running = Shell.Start(
            "(New-DagNode Retry { throw \"no route`nto host\" } -RetryCount 3 -RetryDelay 1h), "
                + "(New-DagNode Poll { } -Precondition { $false } -PreconditionTimeout 1h) | Invoke-Dag -ErrorAction Ignore");

        Await(running, record => record.Activity == "Retry"
            && new WildcardPattern("retry 1 of 3 in 59 min * s: no route to host").IsMatch(record.StatusDescription));
        Await(running, record => record.Activity == "Poll"
            && record.StatusDescription.StartsWith("a precondition does not hold, asked again in ", StringComparison.Ordinal));
        running.Stop();
        Assert.Empty(Shell.Screen.OpenProgress);
    }

    [Fact]
    public void A_further_attempt_says_which_it_is()
    {
        using RunningScript running = Shell.Start(
            "New-DagNode A { if ($DagNode.Attempt -eq 1) { throw 'x' } ($using:gate).Pass() } -RetryCount 1 | Invoke-Dag", ("gate", _gate));

        Await(running, record => record.Activity == "A" && record.StatusDescription.StartsWith("attempt 2", StringComparison.Ordinal));
        _gate.Open();
        running.Wait();
    }

    [Fact]
    public void A_node_s_progress_that_is_completed_goes_while_the_node_runs_on()
    {
        using Gate shown = new();
        using RunningScript running = Shell.Start(
            "New-DagNode A { Write-Progress Copying 'x'; ($using:shown).Pass(); Write-Progress Copying -Completed; ($using:gate).Pass() "
                + "} | Invoke-Dag",
            ("shown", shown),
            ("gate", _gate));

        Await(running, record => record.Activity == "Copying");
        shown.Open();
        Patience.Until(() => !Shell.Screen.OpenProgress.Any(record => record.Activity == "Copying"), "the end of the node's own progress");
        Assert.Contains(Shell.Screen.OpenProgress, record => record.Activity == "A");
        _gate.Open();
        running.Wait();
    }

    [Theory]
    [InlineData("", "{ throw 'x' }")]
    [InlineData("-ErrorAction Stop", "{ throw 'x' }")]
    [InlineData("-FailFast", "{ throw 'x' }")]
    [InlineData("-Timeout 4s", "{ while ($true) { } }")]
    [InlineData("| Select-Object -First 1", "{ while ($true) { } }")]
    [InlineData("-WarningAction Stop", "{ Write-Warning 'w'; while ($true) { } }")]
    [InlineData("| ForEach-Object { throw 'downstream' }", "{ while ($true) { } }")]
    public void However_a_run_ends_no_record_is_left_open(string arguments, string script)
    {
        // The first node waits until its progress was drawn, and a little beyond.
        using RunningScript running = Shell.Start(
            $"(New-DagNode First {{ ($using:gate).Pass() }}), (New-DagNode Other {{ Write-Progress Own 'x'; ($using:gate).Pass() }}), "
                + $"(New-DagNode Next {script} -DependsOn First) | Invoke-Dag {arguments}",
            ("gate", _gate));
        Await(running, record => record.Activity == "Own");
        _gate.Open();
        running.Wait();

        Assert.Empty(Shell.Screen.OpenProgress);
    }

    [Fact]
    public void After_Ctrl_C_none_is_left_open_either()
    {
        using RunningScript running = Shell.Start("New-DagNode A { Write-Progress Own 'x'; while ($true) { } } | Invoke-Dag");
        Await(running, record => record.Activity == "Own");
        running.Stop();

        Assert.Empty(Shell.Screen.OpenProgress);
    }

    [Theory]
    [InlineData("$ProgressPreference = 'SilentlyContinue'", "")]
    [InlineData("", "-ProgressAction SilentlyContinue")]
    [InlineData("", "-ProgressAction Ignore")]
    public void None_is_drawn_when_the_caller_says_so(string preference, string parameter)
    {
        using RunningScript running = Shell.Start(
            $"{preference}\n(New-DagNode A {{ Write-Progress Own 'x'; ($using:gate).Pass() }}), (New-DagNode B {{ Start-Sleep "
                + $"-Milliseconds 300; ($using:gate).Open() }}) | Invoke-Dag {parameter}", ("gate", _gate));
        ShellResult result = running.Wait();

        Assert.Equal(["A Succeeded", "B Succeeded"], result.Statuses);
        Assert.Equal(0, Shell.Screen.ProgressCount);
    }

    protected override void Dispose(bool isDisposing)
    {
        _gate.Open();
        base.Dispose(isDisposing);
        _gate.Dispose();
    }

    private ProgressRecord Await(RunningScript running, Func<ProgressRecord, bool> isIt)
    {
        ProgressRecord? found = null;
        Patience.Until(
            () => (found = Shell.Screen.OpenProgress.FirstOrDefault(isIt)) is not null,
            () => $"a progress record. What there was: "
                + $"{string.Join('\n', Shell.Screen.OpenProgress.Cast<object>().Concat(running.Streams.Error))}");
        return found!;
    }
}
