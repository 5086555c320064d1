namespace DagShell.Tests.Sequential;

/// <summary>-Sequential runs the nodes in the caller's own session and thread, with every other rule the same.</summary>
public sealed class SequentialTests : ShellTests
{
    [Fact]
    public void An_error_that_a_node_goes_on_after_is_told()
    {
        ShellResult result = Run(
            "New-DagNode A { Write-Error 'x' -ErrorAction Continue; 'on' } | Invoke-Dag -Sequential -ErrorVariable told; \"$told\"");

        Assert.Equal(["on"], result.NodeOutput("A"));
        Assert.Equal("[A] x", result.Text[^1]);
        Assert.Equal("[A] x", Assert.Single(result.Streams.Error).ToString());
    }

    [Theory]
    [InlineData("-Sequential")]
    [InlineData("")]
    public void Closures_and_script_blocks_of_modules_know_the_node_and_run_as_nodes_do(string sequential)
    {
        ShellResult result = Run($$"""
            $v = 7
            $module = New-Module { $private = 'own'; function Get-Block { { "$private $($DagNode.Name) $($Upstream.P) $ErrorActionPreference" } } }
            $nodes = @(
                New-DagNode P { 'up' }
                New-DagNode A -DependsOn P ({ "$v $($DagNode.Name) $($Upstream.P) $ErrorActionPreference" }.GetNewClosure())
                New-DagNode B -DependsOn P (Get-Block)
                New-DagNode C -DependsOn P -ForEach 1, 2 ({ param($P) "$v $($DagNode.Item) $P" }.GetNewClosure())
                New-DagNode D ({ Get-Item /none; "went on $v" }.GetNewClosure())
                New-DagNode E ({ "$v" }.GetNewClosure()) -DependsOn P -When ({ $Upstream.P -eq 'up' -and $v -eq 7 }.GetNewClosure())
            )
            $all = $nodes | Invoke-Dag {{sequential}} -ErrorAction SilentlyContinue
            $all
            "left: $($null -ne (& $module { $DagNode })) $ErrorActionPreference"
            """);

        Assert.Equal(["7 A up Stop"], result.NodeOutput("A"));
        Assert.Equal(["own B up Stop"], result.NodeOutput("B"));
        Assert.Equal(["7 1 up", "7 2 up"], result.NodeOutput("C"));
        Assert.Equal("Failed", result.Status("D"));
        Assert.Equal(["7"], result.NodeOutput("E"));
        Assert.Equal("left: False Continue", result.Text[^1]);
    }

    [Theory]
    [InlineData("Write-Output $null", 1)]
    [InlineData("$null", 1)]
    [InlineData("Write-Output (./nothing.ps1)", 1)]
    [InlineData("$null, 1, $null", 3)]
    [InlineData("param($P) $null; 2", 2)]
    [InlineData("@() ", 0)]
    public void A_node_may_put_out_null(string script, int count)
    {
        using ScratchFolder folder = new();
        folder.Write("nothing.ps1", "exit");
        foreach (string sequential in new[] { "-Sequential", string.Empty })
        {
            ShellResult result = Run(
                $"Set-Location -LiteralPath $folder; New-DagNode A {{ {script} }} | Invoke-Dag {sequential}", ("folder", folder.FullName));
            Assert.Equal(["A Succeeded"], result.Statuses);
            Assert.Equal(count, result.NodeOutput("A").Length);
        }
    }

    [Theory]
    [InlineData("$a = 'traced'")]
    [InlineData("param($P) $a = 'traced'")]
    [InlineData("process { $a = 'traced' }")]
    [InlineData("Deep")]
    public void Set_PSDebug_traces_nodes_and_what_they_call(string script)
    {
        Run($$"""
            function Deep { $a = 'traced' }
            $node = New-DagNode A { {{script}} }
            Set-PSDebug -Trace 1
            $null = $node | Invoke-Dag -Sequential
            Set-PSDebug -Off
            """);
        Assert.Contains(">>>> $a = 'traced'", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_not_in_the_history() => Assert.Equal(
        "0", Run("$null = (New-DagNode A { 1 }), (New-DagNode B { 2 }) | Invoke-Dag -Sequential; @(Get-History).Count").Text[^1]);

    [Fact]
    public void Nodes_see_the_session_of_their_author()
    {
        ShellResult result = Run("""
            function Get-It { 'replaced' }
            $x = 5
            New-DagNode A { Get-It; $x; [System.Threading.Thread]::CurrentThread.ManagedThreadId } | Invoke-Dag -Sequential
            [System.Threading.Thread]::CurrentThread.ManagedThreadId
            """);
        Assert.Equal(["replaced", 5, result.Output[^1].BaseObject], result.NodeOutput("A"));
    }

    [Fact]
    public void What_a_node_sets_in_its_own_scope_does_not_stay_in_the_session()
    {
        ShellResult result = Run("""
            $null = New-DagNode A { param($P) $y = 1; $P } | Invoke-Dag -Sequential -Parameter @{ P = 1 }
            "$y|$Upstream|$DagNode|$ErrorActionPreference"
            """);
        Assert.Equal("|||Continue", result.Single);
    }

    [Fact]
    public void What_comes_between_two_nodes_sees_nothing_of_them()
    {
        ShellResult result = Run("""
            function Tell { Write-Error 'told' -ErrorAction Continue; Write-Warning 'careful' }
            $nodes = foreach ($value in 'a', 'b') {
                New-DagNode "N$value" ([scriptblock]::Create('Tell; $own = 1; $using:value')) -DependsOn ($value -eq 'b' ? 'Na' : @())
            }
            $nodes | Invoke-Dag -Sequential -ErrorVariable told 3>$null |
                ForEach-Object { "$($_.Output) $ErrorActionPreference|$DagNode|$Upstream|$own"; Write-Error 'of the caller' }
            "$told"
            """);
        Assert.Equal(["a Continue|||", "b Continue|||", "[Na] told [Nb] told"], result.Text);
        Assert.Equal(
            ["[Na] told", "of the caller", "[Nb] told", "of the caller"], result.Streams.Error.Select(record => record.ToString()));
    }

    [Fact]
    public void The_functions_of_a_dag_file_are_there_though_the_file_has_ended()
    {
        using var folder = new ScratchFolder();
        string dag =
            folder.Write("x.dag.ps1",
            "function Get-Own { Get-Deeper }\nfunction Get-Deeper { 'own' }\nNew-DagNode A { Get-Own }\nNew-DagNode B { param($X) "
            + "Get-Own }\n");
        ShellResult result = Run("Invoke-Dag -Path $dag -Sequential; @(Get-Command Get-Own -ErrorAction Ignore).Count", ("dag", dag));
        Assert.Equal(["own"], result.NodeOutput("A"));
        Assert.Equal(["own"], result.NodeOutput("B"));
        Assert.Equal("0", result.Text[^1]);
    }

    [Fact]
    public void The_nodes_run_one_at_a_time_in_plan_order()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Leaf { }
                New-DagNode End { } -DependsOn Middle
                New-DagNode Middle { } -DependsOn Start
                New-DagNode Start { }
            )
            $plan = ($nodes | Get-DagPlan).Name -join ','
            $run = ($nodes | Invoke-Dag -Sequential -ThrottleLimit 4).Name -join ','
            $plan; $run
            """);
        Assert.Equal("Start,Middle,Leaf,End", result.Text[0]);
        Assert.Equal(result.Text[0], result.Text[1]);
    }

    [Fact]
    public void The_limit_of_the_run_is_one_wherever_it_is_asked()
    {
        using var folder = new ScratchFolder();
        ShellResult result = Run("""
            $nodes = (New-DagNode A { Start-Sleep -Milliseconds 20 }), (New-DagNode B { Start-Sleep -Milliseconds 20 })
            $null = $nodes | Invoke-Dag -Sequential -ThrottleLimit 5 -RunVariable run -Checkpoint $journal
            foreach ($figures in ($run | Measure-DagRun), (Measure-DagRun -Checkpoint $journal)) {
                "$($figures.ThrottleLimit), $($figures.LimitedBy)"
            }

            $run | Measure-DagRun | ForEach-Object { $_.LowerBound -ge $_.TotalWork }
            """, ("journal", Path.Combine(folder.FullName, "run.journal")));
        Assert.Equal(["1, its work in 1 slot", "1, its work in 1 slot", "True"], result.Text);
    }

    [Fact]
    public void Data_retries_rules_and_failures_are_as_elsewhere()
    {
        ShellResult result = Run("""
            $value = @{ Names = 'a', 'b' }
            $nodes = @(
                New-DagNode A { 1; 2 }
                New-DagNode Bound { param($A, $Given, $Default = 7) $A.Count; $Given; $Default } -DependsOn A
                New-DagNode Fed { process { "p$_" } } -DependsOn A
                New-DagNode Used { $using:value.Names[1]; $DagNode.Name }
                New-DagNode Retried { if ($DagNode.Attempt -lt 3) { throw 'again' }; $DagNode.LastError.Exception.Message } -RetryCount 3
                New-DagNode Skipped { } -When { $false }
                New-DagNode Exit0 { 'before'; exit 0; 'after' }
                New-DagNode Exit3 { exit 3 }
                New-DagNode Break { break }
                New-DagNode Slow { while ($true) { } } -Timeout 200ms
                New-DagNode After { 'cleaned' } -DependsOn Slow, Exit3 -TriggerRule AllDone
                New-DagNode Never { } -DependsOn Exit3
            )
            $nodes | Invoke-Dag -Sequential -ErrorAction SilentlyContinue -Parameter @{ Given = 'given' }
            """);
        Assert.Equal([2, "given", 7], result.NodeOutput("Bound"));
        Assert.Equal(["p1", "p2"], result.NodeOutput("Fed"));
        Assert.Equal(["b", "Used"], result.NodeOutput("Used"));
        Assert.Equal(["again"], result.NodeOutput("Retried"));
        Assert.Equal(3, result.Attempts("Retried"));
        Assert.Equal("Skipped", result.Status("Skipped"));
        Assert.Equal(["before"], result.NodeOutput("Exit0"));
        Assert.Equal("Failed", result.Status("Exit3"));
        Assert.Equal("Failed", result.Status("Break"));
        Assert.Equal("Failed", result.Status("Slow"));
        Assert.Equal(["cleaned"], result.NodeOutput("After"));
        Assert.Equal("Skipped", result.Status("Never"));
    }

    [Fact]
    public void Streams_are_tagged_and_shown_once()
    {
        ShellResult result = Run("New-DagNode A { Write-Warning 'careful'; Write-Host 'hello' } | Invoke-Dag -Sequential");
        Assert.Equal(["[A] careful"], result.Streams.Warning);
        Assert.Equal(["[A] hello"], result.Streams.Information.Select(record => record.ToString()));
    }

    [Fact]
    public void The_error_list_fills_up_with_the_users_own_errors()
    {
        ShellResult result = Run("""
            $Error.Clear()
            $null = New-DagNode A { throw 'mine' } | Invoke-Dag -Sequential -ErrorAction SilentlyContinue
            @($Error | Where-Object { $_.Exception.Message -eq 'mine' }).Count
            """);
        Assert.Equal(1, result.Single);
    }

    [Fact]
    public void A_breakpoint_stops_inside_a_node()
    {
        using var folder = new ScratchFolder();
        string dag = folder.Write("x.dag.ps1", "New-DagNode A {\n    $inside = 'here'\n    $inside\n}\n");
        List<int> stops = [];
        Shell.Runspace.Debugger.SetDebugMode(System.Management.Automation.DebugModes.LocalScript);
        Shell.Runspace.Debugger.DebuggerStop += (_, stop) => stops.Add(stop.InvocationInfo.ScriptLineNumber);
        Shell.Runspace.Debugger.SetLineBreakpoint(dag, 3, 0, action: null, runspaceId: null);
        ShellResult result = Run("Invoke-Dag -Path $dag -Sequential", ("dag", dag));
        Assert.Equal(["here"], result.NodeOutput("A"));
        Assert.Equal([3], stops);
    }

    [Theory]
    [InlineData("-AsJob")]
    [InlineData("-UseNewRunspace")]
    public void It_does_not_go_with_what_needs_another_session(string parameter)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} | Invoke-Dag -Sequential {parameter}");
        Assert.StartsWith("InvalidParameters", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_stopped()
    {
        using RunningScript script = Shell.Start("New-DagNode A { while ($true) { } } | Invoke-Dag -Sequential");
        Patience.Until(() => script.IsCompleted || script.Output is not null, "the start");
        script.Stop();
        script.Wait();
        Assert.Equal(1, Shell.Run("1").Single);
    }
}
