using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Runspaces;

/// <summary>Workers come and go while a run goes on: stopped while they open, given up, closed by their own script.</summary>
public sealed class WorkerTests : ShellTests
{
    /// <summary>Far more than it may take on any machine, far less than a test waits at a gate.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly Gate _began = new();
    private readonly Gate _never = new();
    private readonly Witness _witness = new();
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void A_stop_does_not_wait_for_a_runspace_that_does_not_come_to_be_open()
    {
        List<Thread> opening = [];
        using (RunningScript running = Start(
            "New-DagNode A { throw 'must not run' } | Invoke-Dag -InitialSessionState $state",
            ("state",
                StateWith("($seen).Add([System.Threading.Thread]::CurrentThread); ($began).Open(); ($never).Pass()", ("seen", opening)))))
        {
            _began.Pass();
            AssertStops(running);
        }

        Assert.False(_never.IsOpen);
        Assert.Equal(["fine"], Run("New-DagNode B { 'fine' } | Invoke-Dag").NodeOutput("B"));
        _never.Open();
    }

    [Fact]
    public void A_runspace_that_is_open_only_after_the_stop_runs_nothing_and_is_closed()
    {
        using Gate ran = new();
        List<object> seen = [];
        InitialSessionState state = StateWith(
            "($seen).Add([runspace]::DefaultRunspace); ($began).Open(); ($never).Pass()", ("seen", seen));
        using (RunningScript running = Start(
            "1..3 | ForEach-Object { New-DagNode \"N$_\" { ($using:ran).Open() } } | Invoke-Dag -ThrottleLimit 1 -InitialSessionState "
                + "$state",
            ("ran", ran),
            ("state", state)))
        {
            _began.Pass();
            AssertStops(running);
        }

        _never.Open();
        Patience.Until(() =>
            ((Runspace)Unwrapped.Value(seen[0])!).RunspaceStateInfo.State == RunspaceState.Closed, "the runspace to be closed");
        Assert.Single(seen);
        Assert.False(ran.IsOpen);
    }

    [Fact]
    public void Others_that_run_are_stopped_while_one_still_opens()
    {
        // The first runspace opens at once; the second does not.
        using Gate opening = new();
        InitialSessionState state = StateWith("if (-not (IsFirst)) { ($opening).Open(); ($never).Pass() }", ("opening", opening));
        using RunningScript running = Start(
            "1..2 | ForEach-Object { New-DagNode \"N$_\" { ($using:witness).SignIn(); ($using:began).Open(); while ($true) { } } } | "
                + "Invoke-Dag -ThrottleLimit 2 -InitialSessionState $state",
            ("state", state));
        _began.Pass();
        opening.Pass();
        AssertStops(running);
        _witness.SeeAllGone();
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void A_run_goes_on_with_the_runspaces_that_could_be_opened()
    {
        // The first one opens, all others fail to.
        InitialSessionState state = StateWith("if (-not (IsFirst)) { ($began).Open(); throw 'no more' }");
        state.ThrowOnRunspaceOpenError = true;
        ShellResult result = Run(
            """
            $nodes = @(
                New-DagNode First { ($using:began).Pass() }
                1..20 | ForEach-Object { New-DagNode "N$_" { [runspace]::DefaultRunspace.InstanceId.ToString() } }
            )
            $nodes | Invoke-Dag -ThrottleLimit 4 -InitialSessionState $state
            """,
            ("began", _began),
            ("never", _never),
            ("state", state));

        Assert.All(result.Statuses, status => Assert.EndsWith(" Succeeded", status, StringComparison.Ordinal));
        Assert.Single(Enumerable.Range(1, 20).Select(i => (string?)result.NodeOutput($"N{i}")[0]).Distinct());
    }

    [Fact]
    public void Where_none_can_be_opened_every_node_fails_and_says_why()
    {
        InitialSessionState state = StateWith("throw 'not today'");
        state.ThrowOnRunspaceOpenError = true;
        ShellResult result = Run(
            "1..10 | ForEach-Object { New-DagNode \"N$_\" { 'ran' } } | Invoke-Dag -ThrottleLimit 4 -InitialSessionState $state "
                + "-ErrorAction Ignore", ("state", state));

        Assert.Equal(10, result.Statuses.Length);
        Assert.All(result.Statuses, status => Assert.EndsWith(" Failed", status, StringComparison.Ordinal));
        Assert.StartsWith("No runspace could be opened for node 'N7': ", result.ErrorText("N7"), StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_first_nodes_are_stuck_for_good_the_others_run_at_full_width()
    {
        Crowd crowd = new(3);
        ShellResult result = Run(
            """
            $nodes = @(
                1..3 | ForEach-Object { New-DagNode "Stuck$_" { ($using:witness).SignIn(); ($using:never).Pass() } -Timeout 1s -ContinueOnError -Priority 1 }
                1..9 | ForEach-Object { New-DagNode "N$_" { ($using:witness).SignIn(); ($using:crowd).Meet(); ($using:crowd).Leave() } }
            )
            $nodes | Invoke-Dag -ThrottleLimit 3 -ErrorAction Ignore
            """,
            ("never", _never),
            ("witness", _witness),
            ("crowd", crowd));

        Assert.False(_never.IsOpen);
        Assert.Equal(9, result.Statuses.Count(status => status.StartsWith('N') && status.EndsWith("Succeeded", StringComparison.Ordinal)));
        Assert.Equal(3, crowd.Peak);

        // One whose runspace was open only after its time was over did not get to be stuck.
        Assert.InRange(_witness.Count, 4, 6);
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void What_a_node_that_closed_its_runspace_made_ready_runs_in_another()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { [runspace]::DefaultRunspace.InstanceId; [runspace]::DefaultRunspace.Close() } -ContinueOnError
                New-DagNode B { [runspace]::DefaultRunspace.InstanceId } -DependsOn A
                New-DagNode C { [runspace]::DefaultRunspace.InstanceId } -DependsOn B
                New-DagNode D { [runspace]::DefaultRunspace.Close() } -DependsOn C -ContinueOnError
                New-DagNode E { [runspace]::DefaultRunspace.InstanceId } -DependsOn D
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal(["A Failed", "B Succeeded", "C Succeeded", "D Failed", "E Succeeded"], result.Statuses);
        Assert.Equal(result.NodeOutput("B"), result.NodeOutput("C"));
        Assert.NotEqual(result.NodeOutput("C"), result.NodeOutput("E"));
    }

    [Fact]
    public void After_its_node_was_stopped_a_runspace_runs_the_next_one()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { [runspace]::DefaultRunspace.InstanceId; while ($true) { } } -Timeout 1s -ContinueOnError
                New-DagNode B { [runspace]::DefaultRunspace.InstanceId } -DependsOn A
                New-DagNode C { while ($true) { } } -DependsOn B -Timeout 1s -ContinueOnError
                New-DagNode D { [runspace]::DefaultRunspace.InstanceId } -DependsOn C
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal(["A Failed", "B Succeeded", "C Failed", "D Succeeded"], result.Statuses);
        Assert.Equal(result.NodeOutput("B"), result.NodeOutput("D"));
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("($using:never).Pass()")]
    public void To_stop_twice_does_no_more_than_once(string activity)
    {
        using (RunningScript running = Start(
            $"1..2 | ForEach-Object {{ New-DagNode \"N$_\" {{ ($using:witness).SignIn(); ($using:began).Open(); {activity} }} }} | "
            + "Invoke-Dag -ThrottleLimit 1"))
        {
            _began.Pass();
            long start = Stopwatch.GetTimestamp();
            Thread first = new(running.Stop);
            first.Start();
            running.Stop();
            Assert.True(first.Join(Patience.Limit));
            Assert.True(Stopwatch.GetElapsedTime(start) < Soon, "It took too long to stop.");
        }

        Assert.Equal(1, _witness.Count);
        Assert.Equal(["1", "2"],
            Run("(1..2 | ForEach-Object { New-DagNode \"N$_\" { $using:_ } } | Invoke-Dag -ThrottleLimit 2).Output").Text.Order());
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void A_job_is_stopped_as_often_as_one_likes()
    {
        ShellResult result = Run(
            """
            $job = New-DagNode A { ($using:witness).SignIn(); ($using:began).Open(); ($using:never).Pass() } | Invoke-Dag -AsJob
            ($began).Pass()
            $job.StopJob(); $job.StopJob()
            "$($job.State)"
            """,
            ("began", _began),
            ("never", _never),
            ("witness", _witness));

        Assert.Equal(["Stopped"], result.Text);
        Assert.False(_never.IsOpen);
        _never.Open();
        _witness.SeeAllGone();
    }

    [Fact]
    public void A_culture_that_a_node_set_does_not_reach_the_worker_that_takes_the_place_of_its_own()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { [System.Globalization.CultureInfo]::CurrentCulture = 'tr-TR' }
                New-DagNode B { [System.Globalization.CultureInfo]::CurrentCulture.Name } -DependsOn A
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -UseNewRunspace
            [System.Globalization.CultureInfo]::CurrentCulture.Name
            """);

        Assert.Equal(result.Text[^1], result.NodeOutput("B")[0]);
    }

    protected override void Dispose(bool isDisposing)
    {
        _never.Open();
        base.Dispose(isDisposing);
        _began.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// A session that runs a script while it is opened, with the gates as its variables. Two may open at once: IsFirst is true in one.
    /// </summary>
    private InitialSessionState StateWith(string script, params (string Name, object Value)[] variables)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (var (name, value) in (IEnumerable<(string, object)>)[("began", _began), ("never", _never),
            ("first", new ConcurrentQueue<int>([1])), .. variables])
        {
            state.Variables.Add(new SessionStateVariableEntry(name, value, string.Empty));
        }

        state.ImportPSModule(
            [_folder.Write("Opening.psm1", $"function IsFirst {{ $one = 0; ($first).TryDequeue([ref] $one) }}; {script}")]);
        return state;
    }

    private RunningScript Start(string script, params (string Name, object? Value)[] variables) =>
        Shell.Start(script, [("began", _began), ("never", _never), ("witness", _witness), .. variables]);

    private static void AssertStops(RunningScript running)
    {
        long start = Stopwatch.GetTimestamp();
        running.Stop();

        Assert.True(Stopwatch.GetElapsedTime(start) < Soon, "It took too long to stop.");
    }
}
