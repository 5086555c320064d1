namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: what a node's call brings to a session, and what it leaves there.</summary>
public sealed class RemoteCallTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    [Fact]
    public void What_could_not_be_sent_with_one_node_is_sent_with_the_next_that_needs_it()
    {
        ShellResult result = Run("""
            function Get-Shared { 'shared' }
            $script = { "$(Get-Shared) $_" }
            $node = New-DagNode A -ForEach ([IO.MemoryStream]::new()), 2, ([IO.MemoryStream]::new()), 3 $script -ContinueOnError
            ($node | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue).Output
            """);

        Assert.Equal(["shared 2", "shared 3"], result.Text);
    }

    [Theory]
    [InlineData("'plain'", "plain")]
    [InlineData("param($A = 3) \"$A\"; exit", "3")]
    [InlineData("param($A = 3) $A", "3")]
    [InlineData("try { $none } catch { 'strict' }", "strict")]
    [InlineData("param($A) try { $none } catch { 'strict' }; exit", "strict")]
    [InlineData("param($A) Skip-DagNode 'x'", "")]
    public void In_the_callers_strict_mode_all_kinds_of_scripts_run(string script, string output)
    {
        ShellResult result = Run($$"""
            & {
                Set-StrictMode -Version Latest
                (New-DagNode A { {{script}} } -RetryCount 1 -RetryIf { $true } | Invoke-Dag -Session $sessions[0]).Output
            }
            """);

        Assert.Equal(output, string.Concat(result.Text));
    }

    [Fact]
    public void Functions_come_along_however_they_were_made_with_the_lines_of_their_file()
    {
        ShellResult result = Run("""
            function global:Get-Plain { 'plain' }
            filter script:Get-Twice { $_ * 2 }
            function global:Get-Sum($a,
                $b = 3) { # of two
                $a + $b # end
            }
            ${function:Get-Set} = { param($x) "set $x" }
            Set-Item function:Get-Text -Value "'text' # c"
            Set-Item 'function:odd } `name' -Value { 'odd' }
            function script:Get-Error {
                throw 'deep'
            }
            $nodes = @(
                New-DagNode A { Get-Plain; 3 | Get-Twice; Get-Sum 1; Get-Sum 1 2; Get-Set 4; Get-Text; & 'odd } `name' }
                New-DagNode B { if ($false) { Clear-Host; Pause; prompt; help; cd.. }; 'shipped' }
                New-DagNode C { Get-Error } -ContinueOnError
            )
            $all = $nodes | Invoke-Dag -Session $sessions[0] -InitializationScript { $global:first = Get-Plain } -ErrorAction SilentlyContinue
            $all[0, 1].Output
            $here = (New-DagNode C { Get-Error } -ContinueOnError | Invoke-Dag).Error.InvocationInfo.ScriptLineNumber
            "$($all[2].Error) $($all[2].Error.InvocationInfo.ScriptLineNumber -eq $here) $($here -gt 0)"
            """);

        Assert.Equal(["plain", "6", "4", "3", "set 4", "text", "odd", "shipped", "deep True True"], result.Text);
    }

    [Fact]
    public void A_value_that_PowerShell_would_not_get_to_the_end_of_is_refused()
    {
        ShellResult result = Run("""
            foreach ($depth in 40, 41, 60) {
                $levels = 1; 1..$depth | ForEach-Object { $levels = @{ n = $levels } }
                $one = New-DagNode A { $null = $using:levels; 'got' } | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
                "$($one.Status) $($one.Error)"
            }
            $cyclic = @{ }; $cyclic.self = $cyclic
            (New-DagNode A { ($using:cyclic).Count } | Invoke-Dag -Session $sessions[0]).Output
            """);

        Assert.Equal("Succeeded ", result.Text[0]);
        Assert.Contains("uses $using:levels, which has tables, lists or objects inside", result.Text[1], StringComparison.Ordinal);
        Assert.StartsWith("Failed ", result.Text[2], StringComparison.Ordinal);
        Assert.Equal("1", result.Text[3]);
    }

    [Theory]
    [InlineData("& { $PSNativeCommandUseErrorActionPreference = $false; dotnet --nonsense *> $null }", "$LASTEXITCODE")]
    [InlineData("$null = Start-ThreadJob { Start-Sleep 100 }", "@(Get-Job).Count")]
    [InlineData("$null = Register-EngineEvent DagShell.Test -Action { }", "@(Get-EventSubscriber DagShell.Test -ErrorAction Ignore).Count")]
    [InlineData("Remove-Item alias:gci -Force", "(Get-Alias gci -ErrorAction Ignore).Definition")]
    [InlineData("$global:WhatIfPreference = $true", "$WhatIfPreference")]
    [InlineData(
        "$global:ErrorActionPreference = 'Ignore'; $global:ConfirmPreference = 'Low'", "$ErrorActionPreference, $ConfirmPreference")]
    [InlineData("$global:PSDefaultParameterValues['*:Verbose'] = $true", "$PSDefaultParameterValues.Count")]
    [InlineData("Exit-PSSession", "'still there'")]
    public void What_a_node_leaves_the_next_does_not_see(string leave, string look)
    {
        ShellResult result = Run($$"""
            $before = (New-DagNode B { "$({{look}})" } | Invoke-Dag -Session $sessions[0]).Output
            $nodes = (New-DagNode A { {{leave}} }), (New-DagNode B { "$({{look}})" } -DependsOn A)
            $all = $nodes | Invoke-Dag -Session $sessions[0]
            "$($all.Status) $("$before" -ceq $all[1].Output)"
            """);

        Assert.Equal(["Succeeded Succeeded True"], result.Text);
        Assert.Empty(result.Streams.Verbose);
    }

    [Fact]
    public void What_the_owner_of_a_session_prefers_there_does_not_keep_nodes_from_running()
    {
        ShellResult result = Run("""
            try {
                Invoke-Command $sessions[0] { $global:ConfirmPreference = 'Low'; $global:WhatIfPreference = $true }
                (New-DagNode A { "$ConfirmPreference $WhatIfPreference $ErrorActionPreference" } | Invoke-Dag -Session $sessions[0]).Output
                Invoke-Command $sessions[0] { "$ConfirmPreference $WhatIfPreference" }
            }
            finally { Invoke-Command $sessions[0] { $global:ConfirmPreference = 'High'; $global:WhatIfPreference = $false } }
            """);

        Assert.Equal(["High False Stop", "Low True"], result.Text);
    }

    [Fact]
    public void A_global_variable_that_a_node_sets_is_not_there_for_the_next()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { $global:left = 1; $global:left }), (New-DagNode B { "[$global:left]" } -DependsOn A)
            ($nodes | Invoke-Dag -Session $sessions[0]).Output
            """);

        Assert.Equal(["1", "[]"], result.Text);
    }

    [Fact]
    public void A_script_of_a_module_runs_in_that_module_there()
    {
        using ScratchFolder folder = new();
        string module = folder.Write("Hiding/Hiding.psm1", """
            $inside = 'inside'
            function Get-Hidden { "hidden $inside" }
            function New-Hiding { $given = 5; New-DagNode A { Get-Hidden; $using:given; $DagNode.Name; $PID -eq $using:PID } }
            Export-ModuleMember New-Hiding
            """);
        ShellResult result = Run($$"""
            $null = Invoke-Command $sessions { $env:PSModulePath += "{{Path.PathSeparator}}{{folder.FullName}}" }
            Import-Module '{{module}}'
            try { (New-Hiding | Invoke-Dag -Session $sessions[0]).Output } finally { Remove-Module Hiding }
            """);

        Assert.Equal(["hidden inside", "5", "A", "False"], result.Text);
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
