namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: what a node is asked before and after its script is asked in its session, and items are run there.</summary>
public sealed class RemoteItemTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    [Fact]
    public void Items_of_values_are_run_in_sessions_each_with_its_own()
    {
        ShellResult result = Run("""
            $r = New-DagNode A { "$_|$($DagNode.Item)|$($DagNode.ItemIndex)|$($PID -ne $using:PID)" } -ForEach a, b, c | Invoke-Dag -Session $sessions
            $r.Output; $r.Items.Status
            "$($r.Items.ComputerName | Sort-Object -Unique)" -eq [Environment]::MachineName
            (New-DagNode A { 1 } -ForEach 1 | Invoke-Dag).Items[0].ComputerName -is [string]
            """);

        Assert.Equal(["a|a|0|True", "b|b|1|True", "c|c|2|True", "Succeeded", "Succeeded", "Succeeded", "True", "False"], result.Text);
    }

    [Fact]
    public void A_script_that_gives_the_items_is_asked_there_with_what_dependencies_gave()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Numbers { 1..4 }
                New-DagNode Double { $_ * 2 } -DependsOn Numbers -ForEach { $Upstream.Numbers | Where-Object { $_ -gt 1 -and $PID -ne $using:PID } }
                New-DagNode None { 'ran' } -ForEach { }
                New-DagNode One { "$_" } -ForEach { 'only' }
                New-DagNode Sum { ($Upstream.Double | Measure-Object -Sum).Sum } -DependsOn Double
            )
            $nodes | Invoke-Dag -Session $sessions
            """);

        Assert.Equal([4, 6, 8], result.NodeOutput("Double"));
        Assert.Equal([], result.NodeOutput("None"));
        Assert.Equal(["only"], result.NodeOutput("One"));
        Assert.Equal([18.0], result.NodeOutput("Sum"));
    }

    [Theory]
    [InlineData("-PoolSession @{ far = $sessions }")]
    [InlineData("-Session $sessions -PoolLimit @{ far = 2 }")]
    public void A_dag_that_comes_at_its_turn_is_asked_for_here_and_its_nodes_run_in_sessions(string where)
    {
        ShellResult result = Run($$"""
            $nodes = @(
                New-DagNode Hosts { 'a', 'b' } -Pool far
                New-DagNode Patch -DependsOn Hosts -Pool far -ForEach { $Upstream.Hosts; if ($PID -ne $using:PID) { throw 1 } } -Dag {
                    New-DagNode Load { "$($DagNode.Item)$($DagNode.ItemIndex)[$_] $($PID -ne $using:PID)" }
                    New-DagNode Check { "$($Upstream.Load)!" } -DependsOn Load
                }
                New-DagNode After { $Upstream.Patch.Check } -DependsOn Patch -Pool far
            )
            $nodes | Invoke-Dag {{where}}
            """);

        Assert.Equal(["a0[] True!", "b1[] True!"], result.NodeOutput("After"));
    }

    [Fact]
    public void The_item_is_what_input_and_process_get_and_what_scripts_that_exit_see()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Process { process { "p$_" } } -ForEach 1, 2
                New-DagNode Fed { $input | ForEach-Object { "i$_" } } -ForEach 1, 2
                New-DagNode Exits { "e$_"; exit } -ForEach 1, 2
                New-DagNode Tables { $_.Name; $_['Size'] } -ForEach @{ Name = 'x'; Size = 1 }, @{ Name = 'y'; Size = 2 }
                New-DagNode Nothing { "[$_]" } -ForEach $null, 0
            )
            $nodes | Invoke-Dag -Session $sessions
            """);

        Assert.Equal(["p1", "p2"], result.NodeOutput("Process"));
        Assert.Equal(["i1", "i2"], result.NodeOutput("Fed"));
        Assert.Equal(["e1", "e2"], result.NodeOutput("Exits"));
        Assert.Equal(["x", 1, "y", 2], result.NodeOutput("Tables"));
        Assert.Equal(["[]", "[0]"], result.NodeOutput("Nothing"));
    }

    [Fact]
    public void Items_that_are_done_are_not_done_again_on_resume()
    {
        using ScratchFolder folder = new();
        ShellResult result = Run($$"""
            $path = '{{folder.FullName}}'
            $node = New-DagNode A -ForEach { 1, 2, 3 } {
                Add-Content "$using:path/ran" "$_"; if ($_ -eq 2 -and -not (Test-Path "$using:path/mended")) { throw 'x' }; $_
            }
            $null = $node | Invoke-Dag -Session $sessions[0] -Checkpoint $path/journal -ErrorAction SilentlyContinue
            $null = New-Item "$path/mended"
            ($node | Invoke-Dag -Session $sessions[0] -Checkpoint $path/journal -Resume).Output
            Get-Content $path/ran
            """);

        Assert.Equal(["1", "2", "3", "1", "2", "3", "2"], result.Text);
    }

    [Fact]
    public void An_items_conditions_retries_and_skips_are_its_own()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Retried { if ($_ -eq 2 -and $DagNode.Attempt -eq 1) { throw "first $_" }; "$_ $($DagNode.Attempt)" } -ForEach 1, 2 -RetryCount 1 `
                    -RetryIf { "$_" -eq 'first 2' }
                New-DagNode Skips { if ($_ -eq 1) { Skip-DagNode 'not one' }; $_ } -ForEach 1, 2
                New-DagNode Off { 'ran' } -ForEach 1, 2 -When { $false }
                New-DagNode Fails { if ($_ -eq 2) { throw 'two' }; $_ } -ForEach 1, 2, 3 -ContinueOnError
                New-DagNode Broken { $_ } -ForEach { throw 'no items' } -ContinueOnError
                New-DagNode Later { $_ } -ForEach { if ($DagNode.Attempt -eq 1) { throw 'not yet' }; 7 } -RetryCount 1
                New-DagNode Live { $_ } -ForEach ([IO.MemoryStream]::new()) -ContinueOnError
            )
            $nodes | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["1 1", "2 2"], result.NodeOutput("Retried"));
        Assert.Equal([2], result.NodeOutput("Skips"));
        Assert.Equal("Skipped", result.Status("Off"));
        Assert.Equal("Failed", result.Status("Fails"));
        Assert.Contains("two", result.ErrorText("Fails"), StringComparison.Ordinal);
        Assert.Equal("no items", result.ErrorText("Broken"));
        Assert.Equal([7], result.NodeOutput("Later"));
        Assert.Contains("MemoryStream", result.ErrorText("Live"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_delay_of_a_retry_is_asked_there()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Waits { if ($DagNode.Attempt -eq 1) { throw 'busy' }; 'done' } -RetryCount 2 -RetryDelay { if ("$_" -eq 'busy' -and $PID -ne $using:PID) { '1ms' } else { '1h' } }
                New-DagNode Exits { if ($DagNode.Attempt -eq 1) { exit 4 }; 'done' } -RetryCount 2 -RetryDelay { 0 }
                New-DagNode Asked { throw 'never' } -RetryCount 2 -RetryIf { $false } -RetryDelay { '1h' }
                New-DagNode Wrong { throw 'x' } -RetryCount 2 -RetryDelay { 'soon' }
                New-DagNode Breaks { throw 'x' } -RetryCount 2 -RetryDelay { throw 'cannot say' }
                New-DagNode Skips { throw 'x' } -RetryCount 2 -RetryDelay { Skip-DagNode 'enough' }
                New-DagNode Late { if ($DagNode.Attempt -eq 1) { Start-Sleep 60 }; 'done' } -Timeout 1s -RetryCount 1 -RetryDelay { '1ms' }
            )
            $nodes | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue
            """);

        Assert.Equal(
            ["Asked Failed", "Breaks Failed", "Exits Succeeded", "Late Succeeded", "Skips Skipped", "Waits Succeeded", "Wrong Failed"],
            result.Statuses);
        Assert.Equal([1, 1, 2, 2, 2, 1], ((string[])["Asked", "Breaks", "Exits", "Late", "Waits", "Wrong"]).Select(result.Attempts));
        Assert.Equal("enough", result.SkipReason("Skips"));
        Assert.Contains(result.Streams.Warning, said => said.Contains("'soon'", StringComparison.Ordinal));
        Assert.Contains(result.Streams.Warning, said => said.Contains("cannot say", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_parameter_matters_only_to_a_node_that_would_run()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Off { param([Parameter(Mandatory)] $Given) $Given } -When { $false }
                New-DagNode On { param([Parameter(Mandatory)] $Given) $Given } -When { $true }
            )
            $nodes | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["Off Skipped", "On Failed"], result.Statuses);
        Assert.Contains("'Given'", result.ErrorText("On"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_gives_without_end_is_stopped_and_told()
    {
        ShellResult result = Run("""
            $big = 'x' * 300MB
            $PSSessionOption = [System.Management.Automation.Remoting.PSSessionOption] @{ MaximumReceivedDataSizePerCommand = 2MB }
            $nodes = @(
                New-DagNode Endless { $text = 'x' * 100KB; while ($true) { , @($text, $text) } }
                New-DagNode Heavy { ($using:big).Length }
                New-DagNode After { 'still' } -DependsOn Endless, Heavy -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Contains("gave out more than 2.1 MB", result.ErrorText("Endless"), StringComparison.Ordinal);
        Assert.Contains("would send more than 256 MB", result.ErrorText("Heavy"), StringComparison.Ordinal);
        Assert.Equal(["still"], result.NodeOutput("After"));
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
