namespace DagShell.Tests.Isolation;

/// <summary>What one node sets, the next one on the same runspace does not see.</summary>
public sealed class NodeIsolationTests : ShellTests
{
    [Theory]
    [InlineData("$x = 1", "$x")]
    [InlineData("$script:x = 1", "$script:x")]
    [InlineData("$global:x = 1", "$global:x")]
    [InlineData("Set-Leak", "$global:x")]
    [InlineData("$ExecutionContext.InvokeProvider.Item.Set('variable:global:x', 1)", "$x")]
    [InlineData("& ([scriptblock]::Create('$global:x = 1'))", "$x")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Set('global:x', 1)", "$x")]
    [InlineData("function global:f { 'leak' }", "(Get-Command f -ErrorAction Ignore).Name")]
    [InlineData("$null = $ExecutionContext.InvokeProvider.Item.Set('function:global:f', { 'leak' })",
        "(Get-Command f -ErrorAction Ignore).Name")]
    [InlineData("$null = $ExecutionContext.InvokeProvider.Item.Set('alias:zz', 'Get-Leak')", "(Get-Command zz -ErrorAction Ignore).Name")]
    [InlineData("$global:ErrorActionPreference = 'Continue'", "if (\"$ErrorActionPreference\" -ne 'Stop') { 'leak' }")]
    [InlineData("$ErrorActionPreference = 'Continue'", "if (\"$ErrorActionPreference\" -ne 'Stop') { 'leak' }")]
    [InlineData("Set-StrictMode -Version Latest", "try { $null = $undefined; $null } catch { 'leak' }")]
    [InlineData("try { throw 'x' } catch { }", "if ($Error.Count) { 'leak' }")]
    [InlineData("$null = $ExecutionContext.Events.SubscribeEvent($null, '', 'leak', $null, { }, $false, $false)",
        "if ($ExecutionContext.Events.Subscribers.Count) { 'leak' }")]
    [InlineData(
        "$null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('leak', (Get-Item / | "
        + "ForEach-Object PSProvider), '/', '', $null), 'global')", "$ExecutionContext.SessionState.Drive.GetAll().Name -eq 'leak'")]
    public void Nothing_that_a_node_sets_is_seen_by_the_next(string sets, string sees)
    {
        ShellResult result = Run($$"""
            function Set-Leak { $global:x = 'leak' }
            function Get-Leak { 'leak' }
            $nodes = @(
                New-DagNode A { {{sets}} }
                New-DagNode B { {{sees}} } -DependsOn A
                New-DagNode C { Set-Leak; {{sees}} } -DependsOn B
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal("Succeeded", result.Status("A"));
        Assert.DoesNotContain(result.NodeOutput("B"), item => item is not null);
    }

    [Fact]
    public void The_location_is_the_callers_again()
    {
        using var folder = new ScratchFolder();
        ShellResult result = Run("""
            Set-Location $folder
            (New-DagNode A { Set-Location /; (Get-Location).Path }), (New-DagNode B { (Get-Location).Path } -DependsOn A) |
                Invoke-Dag -ThrottleLimit 1
            """, ("folder", folder.FullName));
        Assert.Equal(["/"], result.NodeOutput("A"));
        Assert.Equal([folder.FullName], result.NodeOutput("B"));
    }

    [Fact]
    public void A_function_of_the_callers_that_a_node_redefines_is_the_callers_again()
    {
        ShellResult result = Run("""
            function Get-It { 'mine' }
            (New-DagNode A { function global:Get-It { 'theirs' }; Get-It }), (New-DagNode B { Get-It } -DependsOn A) |
                Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal(["theirs"], result.NodeOutput("A"));
        Assert.Equal(["mine"], result.NodeOutput("B"));
    }

    [Fact]
    public void What_a_stopped_attempt_left_behind_is_removed_too()
    {
        ShellResult result = Run("""
            (New-DagNode A { $global:x = 'leak'; while ($true) { } } -Timeout 300ms), (New-DagNode B { "x=$x" } -DependsOn A -TriggerRule AllDone) |
                Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue
            """);
        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal(["x="], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData(
        "Update-TypeData -TypeName DagShell.Test -MemberName M -MemberType NoteProperty -Value 1", "@(Get-TypeData DagShell.Test).Count")]
    [InlineData(
        "$ExecutionContext.InvokeCommand.PreCommandLookupAction = { $args[1].CommandScriptBlock = { 'mine' } }", "Get-Date -Format yyyy")]
    [InlineData(
        "$ExecutionContext.InvokeCommand.CommandNotFoundAction = { $args[1].CommandScriptBlock = { 'mine' } }",
        "try { & nosuch-command } catch { 'none' }")]
    [InlineData("$ExecutionContext.InvokeCommand.LocationChangedAction = { throw 'mine' }", "Set-Location /; 'moved'")]
    [InlineData("$null = Set-PSBreakpoint -Command Get-Nothing", "@(Get-PSBreakpoint).Count")]
    [InlineData("function Hide { Set-PSDebug -Strict }; Hide", "try { \"$unset\" } catch { 'strict' }")]
    [InlineData(
        "Add-History ([pscustomobject]@{ CommandLine = 'x'; ExecutionStatus = 4; StartExecutionTime = 0; EndExecutionTime = 0 })",
        "@(Get-History).Count")]
    public void What_changes_how_a_session_works_is_not_there_for_the_next_node(string leave, string look)
    {
        ShellResult result = Run($$"""
            $before = New-DagNode B { {{look}} } | Invoke-Dag
            $all = (New-DagNode A { {{leave}} }), (New-DagNode B { {{look}} } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            "$($all.Status) $("$($before.Output)" -ceq "$($all[1].Output)")"
            """);

        Assert.Equal(["Succeeded Succeeded True"], result.Text);
    }

    [Fact]
    public void Five_hundred_nodes_on_eight_runspaces_see_nothing_of_each_other()
    {
        ShellResult result = Run("""
            1..500 | ForEach-Object {
                New-DagNode "n$_" {
                    $seen = "$global:x|$(Test-Path function:leak)|$(Test-Path alias:leak)|$ErrorActionPreference|$($Error.Count)"
                    $global:x = $DagNode.Name
                    function global:leak { 1 }
                    $null = $ExecutionContext.InvokeProvider.Item.Set('alias:leak', 'Get-Leak')
                    $global:ErrorActionPreference = 'Ignore'
                    try { throw 'x' } catch { }
                    $seen
                }
            } | Invoke-Dag -ThrottleLimit 8
            """);
        Assert.All(Enumerable.Range(1, 500), i => Assert.Equal(["|False|False|Stop|0"], result.NodeOutput($"n{i}")));
    }

    [Fact]
    public void The_environment_is_shared()
    {
        string name = "DAGSHELL_TEST_" + Guid.NewGuid().ToString("N");
        ShellResult result = Run($$"""
            (New-DagNode A { $env:{{name}} = 'shared' }), (New-DagNode B { $env:{{name}} } -DependsOn A) | Invoke-Dag
            """);
        Environment.SetEnvironmentVariable(name, null);
        Assert.Equal(["shared"], result.NodeOutput("B"));
    }
}
