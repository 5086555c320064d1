using System.Diagnostics;

namespace DagShell.Tests.Stopping;

/// <summary>Ctrl+C and Select-Object -First 1 downstream stop the run within 3 s whatever its nodes do, and leave nothing behind.</summary>
public sealed class StopTests : ShellTests
{
    /// <summary>Far more than it may take on any machine, far less than the nodes would go on.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly Gate _began = new();
    private readonly Gate _never = new();
    private readonly Witness _witness = new();

    public static TheoryData<string> Activities =>
    [
        "while ($true) { }",
        "Start-Sleep 600",
        "try { while ($true) { } } finally { $x = 1 }",
        "while ($true) { try { while ($true) { } } catch { } }",
        "trap { continue } while ($true) { }",
        "1..10000000 | ForEach-Object { $_ } | Where-Object { $false }",
        "param($x) process { while ($true) { } }",
        "function f { while ($true) { } }; f",
        "& { while ($true) { 'output' } }",
        "while ($true) { Write-Warning 'again' }",
        "while ($true) { Write-Error 'again' -ErrorAction SilentlyContinue }",
        OperatingSystem.IsWindows() ? "cmd /c 'ping -n 600 127.0.0.1 >nul'" : "sleep 600",
        "1..4 | ForEach-Object -Parallel { while ($true) { } }",
    ];

    [Theory]
    [MemberData(nameof(Activities))]
    public void Ctrl_C_stops_what_can_be_stopped(string activity)
    {
        using RunningScript running =
            Start($"New-DagNode A {{ {Head(activity)} ($using:witness).SignIn(); ($using:began).Open(); {Tail(activity)} }} -RetryCount "
            + "5 | Invoke-Dag -WarningAction SilentlyContinue");
        _began.Pass();
        AssertStops(running);
        _witness.SeeAllGone();
    }

    [Fact]
    public void Ctrl_C_gives_up_what_cannot_be_stopped()
    {
        using RunningScript running =
            Start("New-DagNode A { ($using:witness).SignIn(); ($using:began).Open(); ($using:never).Pass() } | Invoke-Dag");
        _began.Pass();
        AssertStops(running);

        Assert.False(_never.IsOpen);
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void Ctrl_C_gives_up_a_finally_block_that_does_not_end()
    {
        using Gate ended = new();
        using RunningScript running = Start(
            "New-DagNode A { ($using:witness).SignIn(); try { ($using:began).Open(); while ($true) { } } finally { while (-not "
                + "($using:never).IsOpen) { } } } | Invoke-Dag");
        _began.Pass();
        AssertStops(running);
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void Ctrl_C_stops_conditions_and_waits_as_well()
    {
        using RunningScript running = Start("""
            $nodes = @(
                New-DagNode Condition { } -When { ($using:witness).SignIn(); while ($true) { } }
                New-DagNode Precondition { } -Precondition { ($using:witness).SignIn(); while ($true) { } }
                New-DagNode Polled { } -Precondition { $false } -PreconditionTimeout 1h
                New-DagNode Retried { ($using:began).Open(); throw 'x' } -RetryCount 5 -RetryDelay 1h
                New-DagNode Next { } -DependsOn Condition, Precondition, Polled, Retried -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -RunVariable global:run -Verbose
            """);
        _began.Pass();
        Patience.Until(
            () => running.Streams.Verbose.Any(record =>
                record.Message.Contains("[Retried] failed, next attempt", StringComparison.Ordinal)),
            "the wait for the next attempt");
        AssertStops(running);
        _witness.SeeAllGone();

        Assert.Equal(["Condition Cancelled", "Next Succeeded", "Polled Cancelled", "Precondition Cancelled", "Retried Cancelled"],
            Run("$run.Nodes.Values | ForEach-Object { $_ }").Statuses);
    }

    [Fact]
    public void Ctrl_C_stops_a_dag_file_that_does_not_come_to_its_end()
    {
        using ScratchFolder folder = new();
        string path = folder.Write("x.dag.ps1", "New-DagNode A { }; $began.Open(); while ($true) { }");
        using RunningScript running = Start("Invoke-Dag -Path $path", ("path", path));
        _began.Pass();
        AssertStops(running);

        Assert.Empty(running.Output);
    }

    [Fact]
    public void Ctrl_C_starts_nothing_more_but_clean_up()
    {
        using Gate ran = new();
        using Gate cleaned = new();
        using RunningScript running = Start(
            "(New-DagNode A { ($using:witness).SignIn(); ($using:began).Open(); while ($true) { } }), (New-DagNode CleanUp { "
                + "($using:cleaned).Open() } -DependsOn A -TriggerRule AllDone), (New-DagNode B { ($using:ran).Open() }) | Invoke-Dag "
                + "-ThrottleLimit 1",
            ("ran", ran),
            ("cleaned", cleaned));
        _began.Pass();
        AssertStops(running);
        _witness.SeeAllGone();

        Assert.False(ran.IsOpen);
        Assert.True(cleaned.IsOpen);
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("Start-Sleep 600")]
    [InlineData("try { while ($true) { } } catch { }")]
    public void Ctrl_C_with_Sequential_cancels_the_node_and_starts_nothing_more_but_clean_up(string activity)
    {
        using Gate ran = new();
        using Gate cleaned = new();
        using RunningScript running = Start(
            $$"""
            $nodes = @(
                New-DagNode A { ($using:began).Open(); {{activity}} } -RetryCount 5 -RetryDelay 0
                New-DagNode Next { ($using:ran).Open() } -DependsOn A
                New-DagNode CleanUp { 1..3 | ForEach-Object { "cleaned $_" }; Write-Warning 'seen'; ($using:cleaned).Open() } -CleanUpOf A
                New-DagNode Notify { "$($DagNode.Dependencies.A.Status)" } -DependsOn A -TriggerRule AnyFailed
            )
            $nodes | Invoke-Dag -Sequential -RunVariable global:run
            """,
            ("ran", ran),
            ("cleaned", cleaned));
        _began.Pass();
        AssertStops(running);

        Assert.Equal(
            ["A Cancelled", "CleanUp Succeeded", "Next Cancelled", "Notify Succeeded"],
            Run("$run.Nodes.Values | ForEach-Object { $_ }").Statuses);
        Assert.Equal(["Cancelled"], Run("$run.Status").Text);
        Assert.Equal(
            ["cleaned 1 cleaned 2 cleaned 3", "Cancelled"],
            Run("\"$($run.Nodes['CleanUp'].Output)\"; $run.Nodes['Notify'].Output").Text);
        Assert.False(ran.IsOpen);
        Assert.True(cleaned.IsOpen);
    }

    [Fact]
    public void Ctrl_C_with_Sequential_between_attempts_runs_clean_up_too()
    {
        using Gate cleaned = new();
        using RunningScript running = Start(
            """
            (New-DagNode A { ($using:began).Open(); throw 'x' } -RetryCount 5 -RetryDelay 1h), (New-DagNode CleanUp { ($using:cleaned).Open() } -CleanUpOf A) |
                Invoke-Dag -Sequential -RunVariable global:run -Verbose
            """,
            ("cleaned", cleaned));
        _began.Pass();
        Patience.Until(
            () => running.Streams.Verbose.Any(record => record.Message.Contains("[A] failed, next attempt", StringComparison.Ordinal)),
            "the wait for the next attempt");
        AssertStops(running);

        Assert.True(cleaned.IsOpen);
        Assert.Equal(["A Cancelled", "CleanUp Succeeded"], Run("$run.Nodes.Values | ForEach-Object { $_ }").Statuses);
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("Start-Sleep 600")]
    public void Clean_up_with_Sequential_after_Ctrl_C_has_its_time(string activity)
    {
        using RunningScript running = Start(
            $$"""
            (New-DagNode A { ($using:began).Open(); while ($true) { } }), (New-DagNode CleanUp { {{activity}} } -CleanUpOf A) |
                Invoke-Dag -Sequential -RunVariable global:run -CleanUpTimeout 1s
            """);
        _began.Pass();
        AssertStops(running);

        Assert.Equal(["A Cancelled", "CleanUp Cancelled"], Run("$run.Nodes.Values | ForEach-Object { $_ }").Statuses);
        Assert.StartsWith(
            "the time for clean-up (-CleanUpTimeout) was over; it was at ", Run("$run.Nodes['CleanUp'].CancelReason").Text.Single(),
            StringComparison.Ordinal);
        Assert.Equal(["fine"], Run("New-DagNode B { 'fine' } | Invoke-Dag -Sequential").NodeOutput("B"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    public void What_clean_up_gives_out_after_Ctrl_C_is_in_the_journal_and_how_the_run_ended_on_the_host(string how)
    {
        using ScratchFolder folder = new();
        string journal = Path.Combine(folder.FullName, "run.journal");
        using RunningScript running = Start(
            $$"""
            $nodes = @(
                New-DagNode Bad { throw 'no room' } -ContinueOnError
                New-DagNode A { ($using:began).Open(); while ($true) { } } -DependsOn Bad
                New-DagNode CleanUp { 'all is clean' } -CleanUpOf A
            )
            $nodes | Invoke-Dag -Checkpoint $journal {{how}}
            """,
            ("journal", journal));
        _began.Pass();
        AssertStops(running);

        Assert.Contains("all is clean", File.ReadAllText(journal), StringComparison.Ordinal);
        Assert.Matches(
            @"Cancelled in [\d.]+ m?s: 1 failed \(1 tolerated\), 1 cancelled\s+✗ Bad at line 2: no room \(tolerated\)\s+"
                + @"To go on with what is left: \$nodes \| Invoke-Dag -Checkpoint \$journal (-Sequential )?-Resume\s*$",
            Shell.Screen.Text);
    }

    [Fact]
    public void Ctrl_C_stops_a_hundred_nodes_at_once()
    {
        Crowd crowd = new(30);
        using RunningScript running = Start(
            "1..100 | ForEach-Object { New-DagNode \"N$_\" { ($using:witness).SignIn(); ($using:crowd).Meet(); ($using:began).Open(); "
                + "while ($true) { } } } | Invoke-Dag -ThrottleLimit 30", ("crowd", crowd));
        _began.Pass();
        AssertStops(running);
        _witness.SeeAllGone();

        Assert.Equal(30, _witness.Count);
    }

    [Fact]
    public void Ctrl_C_as_soon_as_a_run_begins_does_no_harm()
    {
        for (int i = 0; i < 20; i++)
        {
            using RunningScript running =
                Start("1..50 | ForEach-Object { New-DagNode \"N$_\" { while ($true) { } } } | Invoke-Dag -ThrottleLimit 4");
            if (i % 2 == 1)
            {
                Thread.Sleep(i * 5);
            }

            AssertStops(running);
        }
    }

    [Fact]
    public void After_Ctrl_C_the_session_is_as_good_as_before()
    {
        using (RunningScript running = Start("New-DagNode A { ($using:began).Open(); while ($true) { } } | Invoke-Dag"))
        {
            _began.Pass();
            AssertStops(running);
        }

        Assert.Equal(["fine"], Run("New-DagNode B { 'fine' } | Invoke-Dag").NodeOutput("B"));
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("Start-Sleep 600")]
    [InlineData("try { while ($true) { } } finally { $x = 1 }")]
    public void A_command_downstream_that_has_enough_stops_the_run(string activity)
    {
        long start = Stopwatch.GetTimestamp();
        ShellResult result = Run(
            $"(New-DagNode A {{ ($using:began).Pass(); 'a' }}), (New-DagNode B {{ ($using:witness).SignIn(); ($using:began).Open(); "
                + $"{activity} }}) | Invoke-Dag -RunVariable run | Select-Object -First 1; \"$($run.Status) $($run.Nodes.Count)\"",
            ("began", _began),
            ("witness", _witness));

        Assert.Equal(["A"], result.Names);
        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.True(Stopwatch.GetElapsedTime(start) < Soon);
        Assert.Equal("Cancelled 2", result.Text[^1]);
        _witness.SeeAllGone();
    }

    [Fact]
    public void A_command_downstream_that_has_enough_does_not_wait_for_what_cannot_be_stopped()
    {
        ShellResult result = Run(
            "(New-DagNode A { ($using:began).Pass() }), (New-DagNode B { ($using:witness).SignIn(); ($using:began).Open(); "
                + "($using:never).Pass() }) | Invoke-Dag | Select-Object -First 1",
            ("began", _began),
            ("witness", _witness),
            ("never", _never));

        Assert.Equal(["A"], result.Names);
        Assert.False(_never.IsOpen);
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void An_error_downstream_stops_the_run_as_well()
    {
        ShellResult result = Shell.Run(
            "(New-DagNode A { ($using:began).Pass() }), (New-DagNode B { ($using:witness).SignIn(); ($using:began).Open(); while "
                + "($true) { } }) | Invoke-Dag | ForEach-Object { throw 'enough' }",
            ("began", _began),
            ("witness", _witness));

        Assert.Equal("enough", result.Thrown?.Message);
        _witness.SeeAllGone();
    }

    [Fact]
    public void A_loop_around_that_is_left_stops_the_run_as_well()
    {
        Run(
            "foreach ($i in 1) { (New-DagNode A { ($using:began).Pass() }), (New-DagNode B { ($using:witness).SignIn(); "
                + "($using:began).Open(); while ($true) { } }) | Invoke-Dag | ForEach-Object { break } }",
            ("began", _began),
            ("witness", _witness));
        _witness.SeeAllGone();
    }

    [Fact]
    public void A_native_command_is_stopped_with_its_node()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using ScratchFolder folder = new();
        string pid = Path.Combine(folder.FullName, "pid");
        using RunningScript running =
            Start("New-DagNode A { sh -c ('echo $$ > ' + $using:pidFile + '; exec sleep 600') } | Invoke-Dag", ("pidFile", pid));
        Patience.Until(() => File.Exists(pid) && File.ReadAllText(pid).EndsWith('\n'), "the program");
        int id = int.Parse(File.ReadAllText(pid), null);
        AssertStops(running);

        Patience.Until(() => !IsAlive(id), "the end of the program");
    }

    protected override void Dispose(bool isDisposing)
    {
        _never.Open();
        base.Dispose(isDisposing);
        _began.Dispose();
        _never.Dispose();
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>What must stand before the statements that begin a node's script.</summary>
    private static string Head(string activity) => activity.StartsWith("param", StringComparison.Ordinal)
        ? "param($x) process {"
        : string.Empty;

    private static string Tail(string activity) => activity.StartsWith("param", StringComparison.Ordinal)
        ? "while ($true) { } }"
        : activity;

    private RunningScript Start(string script, params (string Name, object? Value)[] variables) =>
        Shell.Start(script, [("began", _began), ("never", _never), ("witness", _witness), .. variables]);

    private static void AssertStops(RunningScript running)
    {
        long start = Stopwatch.GetTimestamp();
        running.Stop();

        Assert.True(Stopwatch.GetElapsedTime(start) < Soon, "It took too long to stop.");
    }
}
