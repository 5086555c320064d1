using System.Collections.Concurrent;

namespace DagShell.Tests.Runspaces;

/// <summary>-InitializationScript and -FinalizationScript: once a session, around all nodes in it.</summary>
public sealed class SessionScriptTests : ShellTests
{
    /// <summary>A module that keeps a connection, as those of clouds do, and counts.</summary>
    private const string Module = """
        $module = New-Item "$folder/Cloud.psm1" -Force -Value @'
            $script:connection = $null
            function Connect-Cloud($Log) { if ($script:connection) { throw 'connected already' }; $script:connection = [guid]::NewGuid(); $Log.Enqueue("connect $script:connection") }
            function Get-Cloud { if (-not $script:connection) { throw 'not connected' }; "$script:connection" }
            function Disconnect-Cloud($Log) { $Log.Enqueue("disconnect $script:connection"); $script:connection = $null }
        '@
        Import-Module $module.FullName

        """;

    private const string Around =
        "-InitializationScript { Connect-Cloud $using:log } -FinalizationScript { Disconnect-Cloud $using:log }";

    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = new();

    private IEnumerable<string> Connects => Ids("connect");

    private IEnumerable<string> Disconnects => Ids("disconnect");

    [Theory]
    [InlineData("-ThrottleLimit 3", 3)]
    [InlineData("-ThrottleLimit 1", 1)]
    [InlineData("-Sequential", 1)]
    [InlineData("-UseNewRunspace", 12)]
    public void A_connection_is_made_once_a_session_is_there_for_all_its_nodes_and_closed(string how, int most)
    {
        ShellResult result = RunInCloud(
            $"$results = 1..12 | ForEach-Object {{ New-DagNode \"N$_\" {{ Get-Cloud; Start-Sleep -Milliseconds 20 }} }} | "
                + $"Invoke-Dag {how} {Around}; "
                + "$results | ForEach-Object { \"$($_.Output)\" }");

        Assert.Equal(12, result.Text.Length);
        Assert.InRange(Connects.Count(), 1, most);
        Assert.Equal(Connects.Order(), result.Text.Distinct().Order());
        Assert.Equal(Connects.Order(), Disconnects.Order());
        Assert.Empty(result.Streams.Warning);
    }

    // The timeout is for the script: in shorter times the session may not be set up yet.
    [Fact]
    public void A_session_in_which_a_node_was_stopped_keeps_its_connection()
    {
        ShellResult result = RunInCloud($$"""
            $nodes = @(
                New-DagNode Slow { while ($true) { } } -Timeout 2s -ContinueOnError
                New-DagNode Next { Get-Cloud } -DependsOn Slow
            )
            ($nodes | Invoke-Dag -ThrottleLimit 1 {{Around}} -ErrorAction SilentlyContinue | Where-Object Name -EQ Next).Output
            """);

        Assert.Equal(Connects, result.Text);
        Assert.Equal(Connects, Disconnects);
        Assert.Single(Connects);
    }

    [Fact]
    public void What_it_leaves_is_there_for_every_node_whatever_other_nodes_do()
    {
        ShellResult result = Run("""
            $nodes = 1..6 | ForEach-Object { New-DagNode "N$_" { $x = 'changed'; $global:y = 'changed'; function global:Get-Own { 'changed' } "$x $(Get-Given)" } }
            $nodes += New-DagNode Last { "$x $y $(Get-Given) $(Get-Own)" } -DependsOn N1, N2, N3, N4, N5, N6
            ($nodes | Invoke-Dag -ThrottleLimit 1 -InitializationScript {
                $x = 'x'; $y = 'y'
                function Get-Given { 'given' }
                function Get-Own { 'own' }
                Write-Warning 'made ready'
            }  | Where-Object Name -EQ Last).Output
            """);

        Assert.Equal(["x y given own"], result.Text);
        Assert.Equal(["[N1] made ready"], result.Streams.Warning);
    }

    [Theory]
    [InlineData("-InitializationScript ({ $global:x = $k }.GetNewClosure())", "-InitializationScript is a closure")]
    [InlineData("-FinalizationScript ({ $k }.GetNewClosure())", "-FinalizationScript is a closure")]
    [InlineData("-FinalizationScript (& (New-Module { $own = 1 }) { { $own } })", "-FinalizationScript is a closure")]
    [InlineData("-InitializationScript ({ $global:x = $k }.GetNewClosure()) -Sequential", "")]
    [InlineData("-InitializationScript { $global:x = $using:k }", "")]
    public void That_a_closure_does_not_have_its_variables_is_told(string how, string warning)
    {
        ShellResult result = Run($"$k = 7; New-DagNode A {{ $global:x }} | Invoke-Dag {how}");

        Assert.StartsWith(warning, string.Concat(result.Streams.Warning), StringComparison.Ordinal);
        Assert.Equal(warning.Length > 0 ? 1 : 0, result.Streams.Warning.Length);
        Assert.Equal(warning.Length > 0 ? null : 7, (object?)result.NodeOutput("A").SingleOrDefault());
    }

    [Fact]
    public void A_session_that_could_not_be_initialized_fails_the_attempt_and_a_retry_gets_another()
    {
        ShellResult result = RunInCloud("""
            $state = [hashtable]::Synchronized(@{ Count = 0 })
            $parameters = @{ InitializationScript = { ($using:state).Count++; if (($using:state).Count -lt 3) { throw 'no license' } } }
            New-DagNode A { 'ran' } -RetryCount 2 | Invoke-Dag @parameters | ForEach-Object { "$($_.Status) $($_.Attempts)" }
            ($state).Count = -9
            New-DagNode B { 'ran' } | Invoke-Dag @parameters -ErrorAction SilentlyContinue -ErrorVariable told | Out-Null
            "$($told[-1])".Split(': ', 2)[1]
            """);

        Assert.Equal(["Succeeded 3", "The session could not be initialized (-InitializationScript): no license"], result.Text);
    }

    [Theory]
    [InlineData("throw 'x'", "")]
    [InlineData("while ($true) { }", "-Timeout 2s")]
    [InlineData("throw 'x'", "-Sequential")]
    [InlineData("while ($true) { }", "-Sequential -Timeout 2s")]
    public void It_is_closed_after_a_failure_and_a_timeout_too(string script, string how)
    {
        RunInCloud($"New-DagNode A {{ Get-Cloud; {script} }} | Invoke-Dag {how} {Around} -ErrorAction SilentlyContinue | Out-Null");

        Assert.Single(Connects);
        Assert.Equal(Connects, Disconnects);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    public void It_is_closed_after_Ctrl_C_too(string how)
    {
        using Gate began = new();
        using RunningScript running = Shell.Start(
            Module + $"New-DagNode A {{ Get-Cloud; ($using:began).Open(); while ($true) {{ }} }} | Invoke-Dag {how} {Around}",
            ("folder", _folder.FullName),
            ("log", _log),
            ("began", began));
        began.Pass();
        running.Stop();

        Assert.Single(Connects);
        Assert.Equal(Connects, Disconnects);
    }

    [Theory]
    [InlineData("throw 'still busy'", "-FinalizationScript did not end well: still busy")]
    [InlineData("Start-Sleep 600", "-FinalizationScript did not end well: the time for clean-up (-CleanUpTimeout) was over")]
    public void What_is_wrong_with_the_end_of_a_session_is_a_warning(string script, string warning)
    {
        ShellResult result =
            Run($"New-DagNode A {{ }} | Invoke-Dag -FinalizationScript {{ {script} }} -CleanUpTimeout 1s -RunVariable run; "
                + "\"$($run.Status)\"");

        Assert.Equal("Succeeded", result.Text[^1]);
        Assert.Equal(["[A] " + warning], result.Streams.Warning);
    }

    [Fact]
    public void No_later_run_gets_the_session()
    {
        ShellResult result = Run("""
            $null = New-DagNode A { } | Invoke-Dag -InitializationScript { $global:mark = 'left' }
            (1..5 | ForEach-Object { New-DagNode "N$_" { "$mark" } } | Invoke-Dag | ForEach-Object { "[$($_.Output)]" }) -join ''
            """);

        Assert.Equal(["[][][][][]"], result.Text);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private ShellResult RunInCloud(string script) => Run(Module + script, ("folder", _folder.FullName), ("log", _log));

    private IEnumerable<string> Ids(string what) =>
        _log.Where(line => line.StartsWith(what + ' ', StringComparison.Ordinal)).Select(line => line.Split(' ')[1]);
}
