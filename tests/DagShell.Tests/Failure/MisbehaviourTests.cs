using System.Management.Automation;

namespace DagShell.Tests.Failure;

/// <summary>Every way a script can misbehave ends that node alone, with a message, and leaves the run and the session whole.</summary>
public sealed class MisbehaviourTests : ShellTests
{
    private static readonly string Shell0 = OperatingSystem.IsWindows() ? "cmd /c" : "sh -c";

    /// <summary>A script, and what its node's error says.</summary>
    public static TheoryData<string, string> Failing => new()
    {
        { "throw 'boom'", "boom" },
        { "throw $null", "ScriptHalted" },
        { "throw", "ScriptHalted" },
        { "throw [System.IO.IOException]::new('disk')", "disk" },
        { "throw @{ a = 1 }", "System.Collections.Hashtable" },
        { "Write-Error 'boom'", "boom" },
        { "Write-Error -Exception ([System.IO.IOException]::new('disk'))", "disk" },
        { "$PSCmdlet.ThrowTerminatingError()", "null" },
        { "1 / 0", "divide by zero" },
        { "Get-NoSuchThing", "'Get-NoSuchThing'" },
        { "[int]::Parse('x')", "'x'" },
        { "[NoSuchType]::new()", "[NoSuchType]" },
        { "$null.Method()", "null-valued" },
        { "& ([scriptblock]::Create('if ('))", "Missing" },
        { "& ([scriptblock]::Create('throw ''inner'''))", "inner" },
        { "exit 3", "ended with 'exit 3'" },
        { "exit -1", "ended with 'exit -1'" },
        { "'before'; & { exit 3 }", "ended with 'exit 3'" },
        { "1..3 | ForEach-Object { exit 3 }", "ended with 'exit 3'" },
        { "function f { exit 3 }; f", "ended with 'exit 3'" },
        { ". ([scriptblock]::Create('exit 3'))", "ended with 'exit 3'" },
        { "param($x) exit 3", "ended with 'exit 3'" },
        { "process { exit 3 }", "ended with 'exit 3'" },
        { "break", "'break' outside of a loop" },
        { "continue", "'continue' outside of a loop" },
        { "break nowhere", "'break' outside of a loop" },
        { "& { break }", "'break' outside of a loop" },
        { "1..3 | ForEach-Object { continue }", "'continue' outside of a loop" },
        { "function f { break }; f", "'break' outside of a loop" },
        { "param($x) break", "'break' outside of a loop" },
        { "if ($true) { continue }", "'continue' outside of a loop" },
        { "[runspace]::DefaultRunspace.Close()", "must not close its own runspace" },
        { "[runspace]::DefaultRunspace.Dispose()", "must not close its own runspace" },
        { "[runspace]::DefaultRunspace.CloseAsync()", "must not close its own runspace" },
        { "[runspace]::DefaultRunspace.CloseAsync(); while ($true) { }", "must not close its own runspace" },
        { "$r = [runspace]::DefaultRunspace; $r.Close(); 'went on'", "must not close its own runspace" },
        { "param($x) [runspace]::DefaultRunspace.Close()", "must not close its own runspace" },
        { "[System.Threading.Thread]::CurrentThread.Interrupt(); [System.Threading.Thread]::Sleep(60000)", "interrupted" },
    };

    [Theory]
    [MemberData(nameof(Failing))]
    public void A_script_that_fails_ends_its_node_alone(string script, string message)
    {
        ShellResult result = Run($$"""
            $nodes = @(
                New-DagNode Bad { {{script}} } -Priority 1
                New-DagNode After { } -DependsOn Bad
                New-DagNode Other { 'other' }
                New-DagNode CleanUp { 'clean' } -DependsOn Bad -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -RunVariable run
            "$($run.Status)"
            """);

        Assert.Equal(["After Skipped", "Bad Failed", "CleanUp Succeeded", "Other Succeeded"], result.Statuses);
        Assert.Contains(message, result.ErrorText("Bad"), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(result.NodeOutput("Bad"));
        Assert.Equal("dependency 'Bad' failed", result.SkipReason("After"));
        Assert.Equal(["other"], result.NodeOutput("Other"));
        Assert.Equal("Failed", result.Text[^1]);

        ErrorRecord error = Assert.Single(result.Streams.NodeFailures);
        Assert.Contains("'Bad'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.OrdinalIgnoreCase);
        AssertSessionIsWhole();
    }

    /// <summary>A script that ends early or oddly, but well, and what it gives out.</summary>
    public static TheoryData<string, object?[]> EndingWell => new()
    {
        { "'before'; exit", ["before"] },
        { "'before'; exit 0; 'after'", ["before"] },
        { "1; 2; & { exit 0 }; 3", [1, 2] },
        { "param($x) 'before'; exit 0", ["before"] },
        { "process { 'before'; exit 0 }", ["before"] },
        { "'before'; function f { 'inner'; exit 0 }; f; 'after'", ["before", "inner"] },
        { "1..3 | ForEach-Object { $_; exit }", [1] },
        { "'before'; exit $null", ["before"] },
        { "'before'; & ([scriptblock]::Create('exit 0'))", ["before"] },
        { "'before'; return; 'after'", ["before"] },
        { "return 'value'", ["value"] },
        { "foreach ($i in 1..9) { if ($i -eq 3) { break } $i }", [1, 2] },
        { ":outer while ($true) { while ($true) { break outer } }; 'done'", ["done"] },
        { "try { throw 'x' } catch { 'caught' }", ["caught"] },
        { "try { Write-Error 'x' } catch { 'caught' }", ["caught"] },
        { "trap { 'trapped'; continue } throw 'x'", ["trapped"] },
        { "$ErrorActionPreference = 'SilentlyContinue'; Write-Error 'x'; 1 / 0; 'after'", ["after"] },
        { "$ErrorActionPreference = 'SilentlyContinue'; Get-NoSuchThing; 'after'", ["after"] },
        { "$ErrorActionPreference = 'Ignore'; Get-NoSuchThing; 'after'", ["after"] },
        { "Write-Error 'x' -ErrorAction SilentlyContinue; 'after'", ["after"] },
        { "", [] },
        { "# nothing", [] },
    };

    [Theory]
    [MemberData(nameof(EndingWell))]
    public void A_script_that_ends_oddly_but_well_keeps_what_it_gave_out(string script, object?[] output)
    {
        ShellResult result = Run($$"""
            $nodes = (New-DagNode Odd { {{script}}
            }), (New-DagNode After { $ErrorActionPreference; 'after' } -DependsOn Odd), (New-DagNode Other { 'other' })
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Null(result.ErrorText("Odd"));
        Assert.Equal(output, result.NodeOutput("Odd"));
        Assert.Equal([ActionPreference.Stop, "after"], result.NodeOutput("After"));
        Assert.Equal(["After Succeeded", "Odd Succeeded", "Other Succeeded"], result.Statuses);
        AssertSessionIsWhole();
    }

    [Fact]
    public void After_SilentlyContinue_the_next_node_stops_at_errors_again()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { $ErrorActionPreference = 'SilentlyContinue'; $global:ErrorActionPreference = 'SilentlyContinue'; 1 / 0; 'a' }), (New-DagNode B { 1 / 0; 'b' } -DependsOn A)
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.Equal("Failed", result.Status("B"));
    }

    [Fact]
    public void A_native_command_that_fails_fails_the_node()
    {
        ShellResult result = Run($$"""
            $nodes = @(
                New-DagNode Bad { {{Shell0}} 'exit 7'; 'went on' }
                New-DagNode Good { {{Shell0}} 'exit 0'; $LASTEXITCODE } -DependsOn Bad -TriggerRule AllDone
                New-DagNode Forgiving { $PSNativeCommandUseErrorActionPreference = $false; {{Shell0}} 'exit 7'; $LASTEXITCODE } -DependsOn Good
                New-DagNode Fresh { $null -eq $LASTEXITCODE; {{Shell0}} 'exit 7' } -DependsOn Forgiving
                New-DagNode Last { $null -eq $LASTEXITCODE } -DependsOn Fresh -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal("Failed", result.Status("Bad"));
        Assert.Contains("7", result.ErrorText("Bad"), StringComparison.Ordinal);
        Assert.Equal([0], result.NodeOutput("Good"));
        Assert.Equal([7], result.NodeOutput("Forgiving"));
        Assert.Equal("Failed", result.Status("Fresh"));
        Assert.Equal([true], result.NodeOutput("Last"));
        AssertSessionIsWhole();
    }

    [Fact]
    public void A_native_command_that_writes_to_stderr_has_not_failed()
    {
        ShellResult result = Run($$"""New-DagNode A { {{Shell0}} 'echo fine&& echo careful 1>&2' } | Invoke-Dag""");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Equal("fine", ((string?)result.NodeOutput("A").Single())?.Trim());
    }

    [Fact]
    public void A_function_of_the_caller_that_exits_ends_the_node_and_keeps_what_it_gave_out()
    {
        ShellResult result = Run("""
            function Stop-Here($Code) { "stopping with $Code"; exit $Code }
            function Stop-There { Stop-Here 0 }
            $nodes = (New-DagNode Good { 'before'; Stop-There; 'after' }), (New-DagNode Bad { 'before'; Stop-Here 3 }), (New-DagNode Other { 'other' })
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["before", "stopping with 0"], result.NodeOutput("Good"));
        Assert.Equal(["Bad Failed", "Good Succeeded", "Other Succeeded"], result.Statuses);
        AssertSessionIsWhole();
    }

    [Fact]
    public void A_million_objects_are_all_there()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Plain { foreach ($i in 1..1000000) { $i } }
                New-DagNode Bound { param($x) foreach ($i in 1..1000000) { $i } }
                New-DagNode Sum { $sum = 0L; foreach ($i in $Upstream.Plain) { $sum += $i }; $sum; $Upstream.Bound.Count } -DependsOn Plain, Bound
            )
            $nodes | Invoke-Dag | Select-Object Name, Status, @{ n = 'Count'; e = { $_.Output.Count } }, @{ n = 'First'; e = { $_.Output[0] } } | ForEach-Object { "$($_.Name) $($_.Status) $($_.Count) $($_.First)" }
            """);

        Assert.Equal(["Bound Succeeded 1000000 1", "Plain Succeeded 1000000 1", "Sum Succeeded 2 500000500000"], result.Text.Order());
    }

    [Fact]
    public void Many_nodes_that_close_their_runspaces_at_once_do_no_harm()
    {
        ShellResult result = Run("""
            $nodes = foreach ($i in 1..12) {
                New-DagNode "Close$i" { [runspace]::DefaultRunspace.CloseAsync(); $x = 1; [runspace]::DefaultRunspace.Close() }
                New-DagNode "Next$i" { 'ok' } -DependsOn "Close$i" -TriggerRule AllDone
            }
            $nodes | Invoke-Dag -ThrottleLimit 4 -ErrorAction SilentlyContinue
            """);

        Assert.Equal(12, result.Statuses.Count(status =>
            status.StartsWith("Close", StringComparison.Ordinal) && status.EndsWith("Failed", StringComparison.Ordinal)));
        Assert.Equal(12, result.Statuses.Count(status =>
            status.StartsWith("Next", StringComparison.Ordinal) && status.EndsWith("Succeeded", StringComparison.Ordinal)));
        AssertSessionIsWhole();
    }

    [Fact]
    public void A_node_whose_clean_up_fails_costs_its_runspace_and_nothing_else()
    {
        // Its variable cannot be put back: it takes nothing but numbers now.
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { $global:left = 1; [int] $global:OutputEncoding = 5; 'a' }
                New-DagNode B { $null -eq $global:left; $OutputEncoding -isnot [int] } -DependsOn A
                New-DagNode C { 'c' } -DependsOn B
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.Equal([true, true], result.NodeOutput("B"));
        Assert.Equal(["c"], result.NodeOutput("C"));
    }

    [Fact]
    public void A_node_that_removes_the_location_of_the_caller_ends_nothing_but_itself()
    {
        using ScratchFolder folder = new();
        folder.Write("sub/x.txt", "");
        ShellResult result = Run("""
            $ExecutionContext.SessionState.Path.SetLocation($sub)
            $nodes = @(
                New-DagNode A { Set-Location $using:root; [System.IO.Directory]::Delete($using:sub, $true); 'a' }
                New-DagNode B { 'b' } -DependsOn A
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue
            """, ("sub", Path.Combine(folder.FullName, "sub")), ("root", folder.FullName));

        Assert.Equal(["a"], result.NodeOutput("A"));
        Assert.NotEqual("Cancelled", result.Status("B"));
    }

    [Fact]
    public void A_node_that_constrains_its_session_constrains_nobody_else()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; 'a' }), (New-DagNode B { [System.IO.Path]::GetFileName('/a/b') } -DependsOn A)
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal(["b"], result.NodeOutput("B"));
    }

    private void AssertSessionIsWhole() =>
        Assert.Equal(["fine"], Run("New-DagNode Check { 'fine' } | Invoke-Dag -ThrottleLimit 1").NodeOutput("Check"));
}
