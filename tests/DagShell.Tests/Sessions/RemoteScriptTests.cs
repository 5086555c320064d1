namespace DagShell.Tests.Sessions;

/// <summary>Design, 9 and 10: -InitializationScript and -FinalizationScript in sessions.</summary>
public sealed class RemoteScriptTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    private const string Own = "-PoolSession @{ far = { New-DagSession pwsh '-sshs' } } -PoolLimit @{ far = 1 }";

    [Fact]
    public void What_is_run_first_is_there_for_every_node_and_gone_after_the_run()
    {
        ShellResult result = Run("""
            function Get-Helper { 'helped' }
            $value = 'used'
            $nodes = 1..4 | ForEach-Object { New-DagNode "N$_" { "$connection|$(Get-Opened)|$([Threading.Interlocked]::Increment([ref] $counter.Value))" } }
            $r = $nodes | Invoke-Dag -Session $sessions[0] -InitializationScript {
                $connection = "open $using:value $(Get-Helper)"
                $counter = [pscustomobject] @{ Value = 0 }
                function Get-Opened { 'function' }
            }
            $r.Output
            Invoke-Command $sessions[0] { "$connection|$(@(Get-Command Get-Opened, Get-Helper -ErrorAction Ignore).Count)|$(@(Get-Variable u0*).Count)" }
            """);

        Assert.Equal(
            [.. Enumerable.Repeat("open used helped|function|1", 4), "|0|0"],
            result.Text);
    }

    [Fact]
    public void It_is_run_once_a_session_and_the_last_one_before_the_session_closes()
    {
        using ScratchFolder folder = new();
        string log = Path.Combine(folder.FullName, "log");
        ShellResult result = Run($$"""
            $log = '{{log}}'
            $dag = New-Dag d { 1..3 | ForEach-Object { New-DagNode "N$_" { "node $open" } -Pool far } }
            $r = $dag | Invoke-Dag {{Own}} -InitializationScript { $open = 'yes'; Add-Content $using:log "first $PID" } -FinalizationScript {
                Add-Content $using:log "last $PID $open"
            }
            $r.Output
            Get-Content $log
            """);

        Assert.Equal(["node yes", "node yes", "node yes"], result.Text[..3]);
        Assert.Equal(2, result.Text[3..].Length);
        Assert.Equal(result.Text[3].Replace("first", "last", StringComparison.Ordinal) + " yes", result.Text[4]);
    }

    [Fact]
    public void What_the_script_warns_of_that_opens_sessions_is_told_once_with_a_node()
    {
        ShellResult result = Run("""
            1..2 | ForEach-Object { New-DagNode "N$_" { 'ran' } -Pool far } | Invoke-Dag -ThrottleLimit 1 -PoolLimit @{ far = 2 } -PoolSession @{
                far = { Write-Warning 'a slow line today'; New-DagSession pwsh '-sshs' }
            }
            """);

        Assert.Equal("a slow line today", Assert.Single(result.Streams.Warning).Split("] ")[^1]);
    }

    [Fact]
    public void What_the_script_says_that_opens_sessions_is_told_with_a_node_also_when_it_opens_none()
    {
        ShellResult result = Run("""
            New-DagNode N { 'ran' } -Pool far | Invoke-Dag -ErrorAction SilentlyContinue -PoolSession @{
                far = {
                    Write-Warning 'a slow line'
                    Write-Host 'dialling'
                    Write-Information 'not seen'
                    Write-Verbose 'seen' -Verbose
                    Write-Host 'not seen either' 6>$null
                    throw 'nobody there'
                }
            }
            """);

        Assert.Equal("Failed", result.Status("N"));
        Assert.Contains("nobody there", result.ErrorText("N"), StringComparison.Ordinal);
        Assert.Equal(["[N] a slow line"], result.Streams.Warning.Distinct());
        Assert.Equal("[N] seen", result.Streams.Verbose[0]);
        Assert.Equal(["[N] dialling", "[N] not seen"], result.Streams.Information.Select(record => $"{record}").Take(2));
    }

    [Theory]
    [InlineData("throw 'no way in'", "no way in")]
    [InlineData("exit 3", "3")]
    [InlineData("1 / 0", "divide by zero")]
    [InlineData("break", "break")]
    [InlineData("Get-Item ./no-such-file", "Cannot find path")]
    public void What_fails_first_fails_the_attempt_and_not_the_session(string script, string said)
    {
        ShellResult result = Run(
            $"New-DagNode A {{ 'ran' }} | Invoke-Dag -Session $sessions -InitializationScript {{ {script} }} "
            + "-ErrorAction SilentlyContinue");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains("-InitializationScript", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Contains(said, result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Equal("Opened Opened", Run("\"$($sessions.State)\"").Single);
    }

    [Fact]
    public void A_retry_after_a_failed_start_gets_a_new_session_or_another_try_in_the_callers()
    {
        using ScratchFolder folder = new();
        string mark = Path.Combine(folder.FullName, "mark");
        const string First = "-InitializationScript { if (-not (Test-Path $using:mark)) { Set-Content $using:mark $PID; throw 'not yet' }; "
            + "$was = Get-Content $using:mark }";
        ShellResult result = Run($$"""
            $mark = '{{mark}}'
            $dag = New-Dag d { New-DagNode A { $PID -ne $was } -Pool far -RetryCount 1 }
            ($dag | Invoke-Dag {{Own}} {{First}}).Output
            Remove-Item $mark
            ($dag | Invoke-Dag -PoolSession @{ far = $sessions[0] } {{First}}).Output
            """);

        Assert.Equal(["True", "False"], result.Text);
    }

    [Fact]
    public void What_is_run_last_may_fail_which_is_a_warning_and_exit_is_no_failure()
    {
        ShellResult result = Run("""
            $first = New-DagNode A { 'ran' } | Invoke-Dag -Session $sessions[0] -InitializationScript { $x = 1; exit } -FinalizationScript { throw 'left open' }
            $second = New-DagNode A { 'ran' } | Invoke-Dag -Session $sessions[0] -FinalizationScript { Write-Warning 'bye'; exit 0 }
            "$($first.Status) $($second.Status) $($sessions[0].State)"
            """);

        Assert.Equal("Succeeded Succeeded Opened", result.Single);
        Assert.Equal(2, result.Streams.Warning.Length);
        Assert.Contains("left open", result.Streams.Warning[0], StringComparison.Ordinal);
        Assert.Equal("[A] bye", result.Streams.Warning[1]);
    }

    [Fact]
    public void It_is_run_last_after_a_failure_a_timeout_and_a_stop_too()
    {
        using ScratchFolder folder = new();
        string log = Path.Combine(folder.FullName, "log");
        Run($$"""
            $log = '{{log}}'
            New-DagNode A { throw 'x' } | Invoke-Dag -Session $sessions[0] -FinalizationScript { Add-Content $using:log 'failed' } -ErrorAction SilentlyContinue
            New-DagNode A { Start-Sleep 60 } -Timeout 1s | Invoke-Dag -Session $sessions[0] -FinalizationScript { Add-Content $using:log 'timed out' } -ErrorAction SilentlyContinue
            """);
        using (RunningScript running = fixture.Shell.Start($$"""
            $log = '{{log}}'
            New-DagNode A { Set-Content '{{log}}.begun' 1; Start-Sleep 60 } | Invoke-Dag -Session $sessions[0] -FinalizationScript { Add-Content $using:log 'stopped' }
            """))
        {
            Patience.Until(() => File.Exists(log + ".begun"), "the node to begin");
            running.Stop();
        }

        Assert.Equal(["failed", "timed out", "stopped"], File.ReadAllLines(log));
        Assert.Equal("Opened", Run("\"$($sessions[0].State)\"").Single);
    }

    [Fact]
    public void What_is_run_last_and_cannot_be_stopped_costs_its_session()
    {
        using ScratchFolder folder = new();
        string begun = Path.Combine(folder.FullName, "begun");
        Run("$stuck = New-DagSession pwsh '-sshs'");

        // On a busy machine the time may be over before the script has begun, and then there is nothing to be stopped.
        for (int seconds = 1; !File.Exists(begun) && seconds <= 30; seconds *= 2)
        {
            ShellResult result = Run($$"""
                $begun = '{{begun}}'
                New-DagNode A { 1 } | Invoke-Dag -Session $stuck -CleanUpTimeout {{seconds}}s -FinalizationScript {
                    Set-Content $using:begun 1; [Threading.Thread]::Sleep(600000)
                }
                """);
            Assert.Equal("Succeeded", result.Status("A"));
            Assert.Contains("-CleanUpTimeout", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
        }

        Patience.Until(() => Run("\"$($stuck.State)\"").Single is "Closed" or "Broken", "the session to close");
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
