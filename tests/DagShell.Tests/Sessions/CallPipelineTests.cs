namespace DagShell.Tests.Sessions;

/// <summary>Attempts go through one pipeline of their session, one after the other; others get their turn.</summary>
public sealed class CallPipelineTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    [Fact]
    public void What_nodes_show_is_theirs_also_where_the_next_one_shows_the_same()
    {
        ShellResult result = Run("""
            $script = { Write-Host same; Write-Warning same; Write-Error same -ErrorAction Continue; $DagNode.Name; Write-Information same }
            $nodes = 1..30 | ForEach-Object { New-DagNode "N$_" $script }
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue |
                ForEach-Object { "$($_.Name) $($_.Output) $($_.Log.Stream)" }
            """);

        Assert.Equal(
            Enumerable.Range(1, 30).Select(number => $"N{number} N{number} Host Warning Error Output Information").Order(),
            result.Text.Order());
    }

    [Fact]
    public void What_fails_is_skipped_or_exits_leaves_the_pipeline_to_those_after_it()
    {
        ShellResult result = Run("""
            $ways = { throw 'broken' }, { 'good' }, { exit 3 }, { Skip-DagNode why }, { 'good' }, { break },
                { Get-Item /none -ErrorAction Stop }, { 'good' }
            $number = 0
            $ways | ForEach-Object { New-DagNode "N$((++$number))" $_ } | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Equal(
            ["N1 Failed", "N2 Succeeded", "N3 Failed", "N4 Skipped", "N5 Succeeded", "N6 Failed", "N7 Failed", "N8 Succeeded"],
            result.Statuses);
    }

    [Fact]
    public void What_a_failed_node_wrote_last_is_kept()
    {
        ShellResult result = Run("""
            $r = New-DagNode A { Write-Information 'last'; throw 'broken' } | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            $r.Log.Text
            """);

        Assert.Equal(["last"], result.Text);
    }

    [Fact]
    public void A_node_has_the_culture_of_the_session_whatever_the_one_before_it_had()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { [cultureinfo]::CurrentCulture = 'de-DE'; [cultureinfo]::CurrentUICulture = 'fr-FR' }
                New-DagNode B { "$([cultureinfo]::CurrentCulture) $([cultureinfo]::CurrentUICulture) $([double]::Parse('1.5'))" } -DependsOn A
                New-DagNode C { throw "$([cultureinfo]::CurrentCulture = 'de-DE')" } -DependsOn B
                New-DagNode D { "$([cultureinfo]::CurrentCulture) $([cultureinfo]::CurrentUICulture) $([double]::Parse('1.5'))" } -DependsOn C -TriggerRule AllDone
            )
            $r = $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            $there = Invoke-Command $sessions[0] { "$([cultureinfo]::CurrentCulture) $([cultureinfo]::CurrentUICulture) $([double]::Parse('1.5'))" }
            $r | Where-Object Name -in B, D | ForEach-Object { "$($_.Output)" -eq $there }
            """);

        Assert.Equal(["True", "True"], result.Text);
    }

    [Fact]
    public void A_time_that_is_over_just_as_a_node_ends_costs_no_session()
    {
        ShellResult result = Run("""
            $nodes = foreach ($i in 1..40) {
                New-DagNode "T$i" -Timeout 30ms ([scriptblock]::Create("[Threading.Thread]::Sleep($(20 + $i % 10))"))
                New-DagNode "Q$i" { 1 }
            }
            $r = $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            "$(@($r | Where-Object Name -like Q* | Where-Object Status -eq Succeeded).Count) $($sessions[0].State)"
            @($r.Log | Where-Object Stream -eq Debug).Count
            """);

        Assert.Equal(["40 Opened", "0"], result.Text);
    }

    [Fact]
    public void A_failure_is_one_though_the_preference_there_says_go_on()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { $global:ErrorActionPreference = 'SilentlyContinue'; throw 'broken' }
                New-DagNode B { Set-Variable ErrorActionPreference SilentlyContinue -Scope 1; throw 'broken' }
                New-DagNode C { "$ErrorActionPreference" }
            )
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["Stop"], result.NodeOutput("C"));
        Assert.NotEqual("Running", result.Status("A"));
        Assert.NotEqual("Running", result.Status("B"));
    }

    [Fact]
    public void Others_get_their_turn_while_a_run_has_work_for_the_session()
    {
        ShellResult result = Run("""
            $session = $sessions[0]
            $long = 1..60 | ForEach-Object { New-DagNode "N$_" { Start-Sleep -Milliseconds 50; 1 } } | Invoke-Dag -Session $session -AsJob
            while ($long.ChildJobs.State -notcontains 'Running') { Start-Sleep -Milliseconds 10 }
            $short = New-DagNode S { 2 } | Invoke-Dag -Session $session
            "$($short.Output) $($long.State)"
            $ended = $long | Wait-Job
            "$($ended.State) $(@($ended | Receive-Job).Count)"
            """);

        Assert.Equal(["2 Running", "Completed 60"], result.Text);
    }

    [Fact]
    public void A_node_here_may_use_the_session_that_others_run_in()
    {
        ShellResult result = Run("""
            $session = $sessions[0]
            $nodes = @(
                New-DagNode There { 'there' } -Pool far
                New-DagNode Asks { Invoke-Command $using:session { 'asked' } } -DependsOn There
                New-DagNode Last { "$($Upstream.Asks) too" } -DependsOn Asks -Pool far
            )
            $nodes | Invoke-Dag -PoolSession @{ far = $session } -WarningAction Ignore
            """);

        Assert.Equal(["asked too"], result.NodeOutput("Last"));
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
