using System.Text.RegularExpressions;

namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: a node in a session does what it does here.</summary>
public sealed class SessionTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    [Fact]
    public void A_node_runs_in_the_sessions_process_and_says_so()
    {
        ShellResult result = Run(
            "$r = New-DagNode A { $PID; $DagNode.ComputerName } | Invoke-Dag -Session $sessions; $r.Output; $r.ComputerName");

        Assert.NotEqual(Environment.ProcessId, result.Output[0].BaseObject);
        Assert.Equal([Environment.MachineName, Environment.MachineName], result.Text[1..]);
    }

    [Theory]
    [InlineData("throw 'in session'", "in session")]
    [InlineData("exit 3", "The script of node 'A' ended with 'exit 3'.")]
    [InlineData("break", "The script of node 'A' came upon a 'break'")]
    public void At_the_end_it_is_said_where_it_failed(string does, string message)
    {
        ShellResult result = Run($"New-DagNode A {{\n'x'\n{does} }} | Invoke-Dag -Session $sessions 2>$null | Out-Null");

        Assert.Contains(
            result.Streams.Information, record => $"{record}".StartsWith($"  ✗ A at line 3: {message}", StringComparison.Ordinal));
    }

    [Fact]
    public void Functions_values_and_outputs_of_dependencies_travel()
    {
        ShellResult result = Run("""
            function Get-Inner($x) { "inner $x" }
            function Get-Outer($x) { Get-Inner "<$x>" }
            $config = @{ Hosts = 'h1', 'h2' }
            $splat = @{ x = 'splatted' }
            $block = { param($y) "block $y" }
            $nodes = @(
                New-DagNode A { 1; 2 }
                New-DagNode B { param($A, $Stage, $Given = 'default') "$($A.Count) $Stage $Given $($Upstream.A[1]) $($Upstream.Count)" } -DependsOn A
                New-DagNode C { Get-Outer $using:config.Hosts[1]; Get-Outer @using:splat; & $using:block 5; "in text: $using:config" }
                New-DagNode D { $input | ForEach-Object { $_ * 10 } } -DependsOn A
                New-DagNode E { process { $_ + 1 } } -DependsOn A
                New-DagNode F { $DagNode.Dependencies.A.Status; $DagNode.Name; $DagNode.Attempt; "$($DagNode.RunId)".Length } -DependsOn A
            )
            $nodes | Invoke-Dag -Session $sessions -Parameter @{ Stage = 'test' }
            """);

        Assert.Equal(["2 test default 2 1"], result.NodeOutput("B"));
        Assert.Equal(["inner <h2>", "inner <splatted>", "block 5", "in text: System.Collections.Hashtable"], result.NodeOutput("C"));
        Assert.Equal([10, 20], result.NodeOutput("D"));
        Assert.Equal([2, 3], result.NodeOutput("E"));
        Assert.Equal(["Succeeded", "F", "1", "36"], result.NodeOutput("F").Select(value => value?.ToString()));
    }

    [Fact]
    public void Streams_come_once_with_the_nodes_name()
    {
        ShellResult result = Run("""
            New-DagNode A { Write-Warning 'w'; Write-Host 'h'; Write-Verbose 'v'; Write-Error 'e' -ErrorAction Continue; Write-Information 'i' -InformationAction Continue } |
                Invoke-Dag -Session $sessions -Verbose
            New-DagNode B { Write-Warning 'w2'; Write-Verbose 'v2'; exit } | Invoke-Dag -Session $sessions -Verbose
            """);

        Assert.Equal(["[A] w", "[B] w2"], result.Streams.Warning);
        Assert.Equal(["[A] e"], result.Streams.Error.Select(record => record.ToString()));
        Assert.Contains("[A] v", result.Streams.Verbose);
        Assert.Contains("[B] v2", result.Streams.Verbose);
        Assert.Contains(result.Streams.Verbose, record => record.StartsWith("[A] sent ", StringComparison.Ordinal));
        Assert.Equal(["[A] h", "[A] i"], result.Streams.Information.Select(record => record.ToString()));
    }

    [Fact]
    public void What_a_node_says_is_in_its_log_in_the_file_and_in_its_CI_group_as_it_is_here()
    {
        using ScratchFolder folder = new();
        const string Nodes = """
            $nodes = @(
                New-DagNode A { 'one'; Write-Host 'two'; 'three'; 4; Write-Warning 'five'; Write-Host -NoNewline six; throw 'x' } -RetryCount 1 -RetryDelay 1ms
                New-DagNode B -DependsOn A -TriggerRule AllDone -ForEach { 'a', 'b' } { "item $_" }
                New-DagNode C -DependsOn B { 'before'; exit }
            )
            """;
        string[] Said(string how)
        {
            string log = Path.Combine(folder.FullName, how.Length == 0 ? "here" : "there");
            ShellResult result = Run(
                $"{Nodes}; $nodes | Invoke-Dag {how} -ThrottleLimit 1 -CIFormat GitHubActions -LogPath '{log}' "
                + "-ErrorAction SilentlyContinue "
                + "| ForEach-Object { $_.Log } | ForEach-Object { \"$($_.Attempt) $($_.Stream): $($_.Text)\" }");
            return [
                .. result.Text,
                .. result.Streams.Information.Select(record => Regex.Replace($"{record}", " (in|after) .*", string.Empty)),
                .. File.ReadAllLines(log).Where(line => line.Contains("output: ", StringComparison.Ordinal)).Select(line => line[24..]),
            ];
        }

        string[] here = Said(string.Empty);
        Assert.Equal(here, Said("-Session $sessions[0]"));
        Assert.All(["one", "three", "[B#0] item a", "before", "2 Output: three"], text => Assert.Contains(text, here));
    }

    [Fact]
    public void What_a_node_shows_is_shown_as_it_is_here()
    {
        string[] scripts =
        [
            "Write-Host x; Write-Host x",
            "Write-Host 1 -NoNewline; Write-Host \"2`n3\" -NoNewline; Write-Host 4 -ForegroundColor Red",
            "Write-Host x 6>$null; Write-Information y -InformationAction Continue 6>$null",
            "Write-Information hidden; Write-Information x -InformationAction Continue; Write-Information hidden",
            "$InformationPreference = 'Continue'; Write-Information x; Write-Information @{ a = 1 }",
            "function f { [CmdletBinding()] param() Write-Information x }; f -InformationAction Continue",
            "'x' | Out-Host; $Host.UI.WriteLine('y'); $Host.UI.Write('a'); $Host.UI.WriteLine('b'); $Host.UI.WriteErrorLine('z')",
            "& { Write-Host x; Write-Warning y } *>$null; $null = Write-Host x 6>&1",
            "[pscustomobject]@{ Name = 'n'; Value = 5 } | Format-Table | Out-Host",
            "Write-Warning a; Write-Host b; Write-Warning c; $Host.UI.WriteWarningLine('d'); $Host.UI.WriteVerboseLine('e')",
            "Write-Warning x 3>$null; Write-Verbose x -Verbose 4>$null; function f { Write-Warning x; Write-Host x }; f *>$null",
            "Write-Verbose x -Verbose; function f { [CmdletBinding()] param() Write-Verbose x }; f -Verbose; f",
            "$DebugPreference = 'Continue'; Write-Debug x; Write-Debug x 5>$null; $WarningPreference = 'Ignore'; Write-Warning x",
            "Import-Module Microsoft.PowerShell.Security -Force; Write-Warning after",
        ];
        foreach (string script in scripts.SelectMany(script => (string[])[script, "if ($false) { exit 5 }; " + script]))
        {
            string[] shown = [.. ((string[])["", "-Session $sessions[0]"]).Select(where =>
            {
                int before = fixture.Shell.Screen.Text.Length;
                string verbose = script.StartsWith("Import-Module", StringComparison.Ordinal) ? "-Verbose" : string.Empty;
                Run($"New-DagNode A {{ {script} }} | Invoke-Dag {where} {verbose}");
                return Regex.Replace(fixture.Shell.Screen.Text[before..], "VERBOSE: (A: |\\[A\\] sent |[0-9]).*\n", string.Empty);
            })];

            Assert.Equal($"{script}: {shown[0]}", $"{script}: {shown[1]}");
        }
    }

    [Theory]
    [InlineData("Read-Host name")]
    [InlineData("$Host.UI.PromptForChoice('a', 'b', ('&Yes', '&No'), 0)")]
    [InlineData("Get-Credential")]
    public void A_node_that_asks_there_is_told_at_once_that_nobody_answers(string script)
    {
        ShellResult result = Run($"New-DagNode A {{ {script} }} | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue");

        Assert.Contains("Nobody can be asked here.", $"{result.Error("A")}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh -c 'echo other >&2'; sh -c 'echo bad >&2; echo line; exit 3'", "bad line")]
    [InlineData("function f { sh -c 'echo bad >&2; exit 3' }; sh -c 'echo other >&2'; f", "bad")]
    [InlineData("sh -c 'echo other >&2'; sh -c $(sh -c 'echo echo bad; echo exit 3' | Join-String -Separator ';')", "bad")]
    [InlineData("if ($false) { exit 5 }; sh -c 'echo other >&2'; sh -c 'echo bad >&2; exit 3'", "bad")]
    public void A_program_that_fails_brings_what_it_said(string script, string said)
    {
        foreach (string where in (string[])["", "-Session $sessions[0]"])
        {
            ShellResult result = Run($"New-DagNode A {{ {script} }} | Invoke-Dag {where} -ErrorAction SilentlyContinue");

            string[] lines = $"{result.Error("A")}".Split('\n', StringSplitOptions.TrimEntries);
            Assert.Contains("exit code: 3", lines[0], StringComparison.Ordinal);

            // What comes by two pipes comes in either order.
            Assert.Equal(said.Split(' ').Order(), lines[1..].Order());
        }
    }

    [Fact]
    public void A_script_that_may_exit_goes_on_after_errors_that_do_not_end_it()
    {
        ShellResult result = Run("""
            New-DagNode A { if ($false) { exit 5 }; sh -c 'echo told >&2'; Write-Error 'careless' -ErrorAction Continue; 'done' } |
                Invoke-Dag -Session $sessions[0]
            """);

        Assert.Equal(["done"], result.NodeOutput("A"));
        Assert.Equal(["[A] told"], result.Streams.Information.Select(record => $"{record}"));
        Assert.Equal(["[A] careless"], result.Streams.Error.Select(record => $"{record}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("if ($false) { exit 5 }; ")]
    public void Who_is_asked_about_a_retry_sees_what_a_program_said_there(string before)
    {
        ShellResult result = Run($$"""
            $nodes = @(
                New-DagNode Busy -RetryCount 1 -RetryIf { "$_" -like '*busy*' } {
                    {{before}}sh -c 'echo quiet >&2'
                    if ($DagNode.Attempt -eq 2) { "$($DagNode.LastError)" } else { sh -c 'echo busy >&2; exit 7' } }
                New-DagNode Bad -RetryCount 1 -RetryIf { "$_" -like '*quiet*' } {
                    {{before}}sh -c 'echo quiet >&2'; 5; 'some'; sh -c 'echo no such table >&2; exit 7' }
                New-DagNode Delay -RetryCount 1 -RetryDelay { if ("$_" -like '*busy*') { '1ms' } else { 'never' } } {
                    {{before}}if ($DagNode.Attempt -eq 1) { sh -c 'echo busy; exit 7' }; 5; 6 }
            )
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["Bad Failed", "Busy Succeeded", "Delay Succeeded"], result.Statuses);
        Assert.Equal(1, result.Attempts("Bad"));
        Assert.EndsWith("busy", $"{Assert.Single(result.NodeOutput("Busy"))}", StringComparison.Ordinal);
        Assert.Equal([5, 6], result.NodeOutput("Delay"));
        Assert.Equal(
            ["[Busy] quiet", "[Busy] busy", "[Busy] quiet"],
            result.Streams.Information.Select(record => $"{record}").Where(text => text.StartsWith("[Busy]", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("'out'; exit", "Succeeded", "out")]
    [InlineData("'out'; exit 0", "Succeeded", "out")]
    [InlineData("exit 3", "Failed", "*exit 3*")]
    [InlineData("break", "Failed", "*break*")]
    [InlineData("if ($true) { continue }", "Failed", "*continue*")]
    [InlineData("'out'; exit; break", "Succeeded", "out")]
    [InlineData("throw 'boom'", "Failed", "boom")]
    [InlineData("Get-Item ./no-such-file", "Failed", "Cannot find path*")]
    [InlineData("1 / 0", "Failed", "*divide by zero*")]
    [InlineData("'a'; try { Skip-DagNode 'not today' } catch { 'caught' }; 'b'", "Skipped", "a")]
    [InlineData("function Stop-Early { Skip-DagNode }; 'a'; Stop-Early; 'b'", "Skipped", "a")]
    [InlineData("return 'early'", "Succeeded", "early")]
    [InlineData("0", "Succeeded", "0")]
    [InlineData("sh -c 'exit 4'", "Failed", "*exit code: 4*")]
    public void A_script_ends_as_it_does_here(string script, string status, string outcome)
    {
        ShellResult result = Run($"New-DagNode A {{ {script} }} | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue");

        Assert.Equal(status, result.Status("A"));
        string said = status == "Failed" ? result.ErrorText("A")! : string.Join(',', result.NodeOutput("A"));
        Assert.Matches($"^{Regex.Escape(outcome).Replace("\\*", ".*", StringComparison.Ordinal)}$", said);

        // And the session has come through it.
        Assert.Equal("Opened Opened", Run("\"$($sessions.State)\"").Single);
    }

    [Fact]
    public void Conditions_preconditions_and_retries_are_asked_there()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode No { 'ran' } -When { $PID -eq $using:PID }
                New-DagNode Yes { 'ran' } -When { $PID -ne $using:PID } -Precondition { $true }, { $PID -ne $using:PID }
                New-DagNode Unmet { 'ran' } -Precondition { $true }, { $PID -eq $using:PID }
                New-DagNode Skips { 'ran' } -When { Skip-DagNode 'by itself' }
                New-DagNode Again { if ($DagNode.Attempt -lt 3) { throw "attempt $($DagNode.Attempt)" }; "$($DagNode.LastError)" } -RetryCount 5 `
                    -RetryIf { $_.Exception.Message -like 'attempt*' -and $PID -ne $using:PID }
                New-DagNode Final { throw 'final' } -RetryCount 5 -RetryIf { "$_" -ne 'final' }
                New-DagNode Exits { exit 5 } -RetryCount 1 -RetryIf { $true }
            )
            $nodes | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue
            """);

        Assert.Equal(
            ["Again Succeeded", "Exits Failed", "Final Failed", "No Skipped", "Skips Skipped", "Unmet Failed", "Yes Succeeded"],
            result.Statuses);
        Assert.Equal([3, 1, 2, 0], ((string[])["Again", "Final", "Exits", "Unmet"]).Select(result.Attempts));
        Assert.Equal(["attempt 2"], result.NodeOutput("Again"));
        Assert.Equal("by itself", result.SkipReason("Skips"));
    }

    [Fact]
    public void What_a_node_leaves_is_not_there_for_the_next_nor_for_the_caller()
    {
        ShellResult result = Run("""
            $null = Invoke-Command $sessions { $global:mine = 'kept'; function global:Get-Mine { 'mine' } }
            $nodes = @(
                New-DagNode A { $global:left = 1; function global:Get-Left { }; $global:mine = 'changed'; Set-Location /; Set-Alias lft Get-Item -Scope Global }
                New-DagNode B -DependsOn A { "$left|$(@(Get-Command Get-Left, lft -ErrorAction Ignore).Count)|$mine|$($PWD.Path -eq '/')" }
            )
            ($nodes | Invoke-Dag -Session $sessions[0]).Output
            Invoke-Command $sessions[0] { "$left|$mine|$(Get-Mine)|$ErrorActionPreference|$PSNativeCommandUseErrorActionPreference" }
            """);

        Assert.Equal(["|0|kept|False", "|kept|mine|Continue|False"], result.Text);
    }

    [Fact]
    public void A_run_that_ends_before_its_sessions_are_ready_leaves_them_as_they_were_too()
    {
        ShellResult result = Run("""
            $stream = [IO.MemoryStream]::new()
            foreach ($i in 1..20) { $null = New-DagNode A { $using:stream } | Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue }
            Invoke-Command $sessions { "$ErrorActionPreference|$PSNativeCommandUseErrorActionPreference" }
            """);

        Assert.Equal(["Continue|False", "Continue|False"], result.Text);
    }

    [Fact]
    public void A_run_that_begins_before_another_has_left_leaves_them_as_they_were_too()
    {
        ShellResult result = Run("""
            $begun = Join-Path ([IO.Path]::GetTempPath()) "dagshell-$([guid]::NewGuid())"
            $first = New-DagNode A { $null = New-Item $using:begun; Start-Sleep 1 } | Invoke-Dag -Session $sessions[0] -AsJob
            while (-not (Test-Path $begun)) { Start-Sleep -Milliseconds 20 }
            (New-DagNode B { "$ErrorActionPreference" } | Invoke-Dag -Session $sessions[0]).Output
            $null = $first | Receive-Job -Wait -AutoRemoveJob
            Invoke-Command $sessions[0] { "$ErrorActionPreference|$PSNativeCommandUseErrorActionPreference" }
            Remove-Item $begun
            """);

        Assert.Equal(["Stop", "Continue|False"], result.Text);
    }

    [Fact]
    public void Nodes_run_in_a_session_whatever_its_strict_mode_is()
    {
        ShellResult result = Run("""
            $strict = New-DagSession pwsh '-sshs'
            Invoke-Command $strict { Set-StrictMode -Version Latest }
            (New-DagNode A { "a$none" } | Invoke-Dag -Session $strict).Output
            (New-DagNode B { exit 0 } | Invoke-Dag -Session $strict -InitializationScript { Set-StrictMode -Version Latest }).Status
            (New-DagNode C { "c$none" } -RetryIf { $true } | Invoke-Dag -Session $strict -FinalizationScript { $x = 1 }).Output
            Set-StrictMode -Version Latest
            (New-DagNode D { "d$none" } | Invoke-Dag -Session $strict -ErrorAction SilentlyContinue).Status
            Remove-PSSession $strict
            Set-StrictMode -Off
            """);

        Assert.Equal(["a", "Succeeded", "c", "Failed"], result.Text);
    }

    [Fact]
    public void Errors_and_modules_that_nodes_leave_are_not_there_for_the_next_nor_for_the_caller()
    {
        ShellResult result = Run("""
            $file = Join-Path ([IO.Path]::GetTempPath()) "Foo$([guid]::NewGuid()).psm1"
            Set-Content $file 'function Get-Foo2 { 2 }'
            Invoke-Command $sessions[0] { $Error.Clear(); Get-Item /mine -ErrorAction SilentlyContinue }
            $nodes = @(
                New-DagNode A { Get-Item /none -ErrorAction SilentlyContinue; Import-Module $using:file; Get-Foo2 }
                New-DagNode B -DependsOn A { "$(@($Error -match 'none').Count) $(@(Get-Module Foo*).Count)" }
                New-DagNode C -DependsOn B { throw 'bad luck' }
                New-DagNode D -DependsOn C -TriggerRule AllDone { @($Error -match 'bad luck').Count }
            )
            ($nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue).Output
            Invoke-Command $sessions[0] { "$($Error.Count) $(@(Get-Module Foo*).Count)"; $Error.Clear() }
            Remove-Item $file
            """);

        Assert.Equal(["2", "0 0", "0", "1 0"], result.Text);
    }

    [Fact]
    public void How_dependencies_and_their_items_ended_is_known_there_as_it_is_here()
    {
        const string Nodes = """
            $nodes = @(
                New-DagNode Patch -ForEach web1, web2 { if ($_ -eq 'web2') { throw 'no route' }; "$_ done" }
                New-DagNode Bad { Get-Item /none }
                New-DagNode Tell -DependsOn Patch, Bad -TriggerRule AllDone {
                    foreach ($item in $DagNode.Dependencies['Patch'].Items) {
                        "$($item.Name) $($item.Item) $($item.Index) $($item.Status): $($item.Error) $($item.Output)"
                    }
                    $bad = $DagNode.Dependencies.Bad
                    "$($bad.Status) $($bad.Error)"
                }
                New-DagNode Again -RetryCount 1 {
                    if ($DagNode.Attempt -eq 1) { Get-Item /none }
                    "$($DagNode.LastError)"
                }
            )
            """;
        ShellResult here = Run(Nodes + "\n$nodes | Invoke-Dag -ErrorAction SilentlyContinue");
        ShellResult there = Run(Nodes + "\n$nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue");

        Assert.Equal(here.NodeOutput("Tell"), there.NodeOutput("Tell"));
        Assert.Equal("Patch#1 web2 1 Failed: no route ", there.NodeOutput("Tell").ElementAt(1));
        Assert.Equal(here.NodeOutput("Again"), there.NodeOutput("Again"));
    }

    [Fact]
    public void A_node_sees_no_variable_of_the_call()
    {
        ShellResult result = Run("""
            $names = { (Get-Variable | Where-Object Name -NotIn DagNode, Upstream).Name | Sort-Object }
            $there = Invoke-Command $sessions[0] $names
            $seen = (New-DagNode A {
                if ($null -ne $_ -or $null -ne $PSItem) { 'there is a $_' }
                (Get-Variable | Where-Object Name -NotIn DagNode, Upstream).Name | Sort-Object
            } | Invoke-Dag -Session $sessions[0]).Output

            # Where it is called from there is a $_, as in all that is given input; it holds nothing.
            $seen | Where-Object { $_ -notin $there -and $_ -notin 'PSCommandPath', 'PSScriptRoot', 'StackTrace', 'LASTEXITCODE', '_', 'PSItem' }
            """);

        Assert.Empty(result.Text);
    }

    [Fact]
    public void An_error_has_the_line_of_its_authors_file()
    {
        using ScratchFolder folder = new();
        string file = folder.Write("x.dag.ps1", """
            function Get-It {
                throw 'there'
            }
            New-DagNode A {
                Get-It
            }
            New-DagNode B {
                Write-Error 'here'
            }
            """);

        ShellResult result = Run(
            $"Invoke-Dag '{file}' -Session $sessions -ErrorAction SilentlyContinue -ErrorVariable problems; $problems");

        string[] errors = [.. result.Text.Where(text => text.StartsWith("Node '", StringComparison.Ordinal)).Order()];
        Assert.StartsWith($"Node 'A' failed at {file}:2: there", errors[0], StringComparison.Ordinal);
        Assert.StartsWith($"Node 'B' failed at {file}:8: here", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_is_imported_there_by_name_and_version_or_told_to_be_missing()
    {
        using ScratchFolder folder = new();
        folder.Write("Fleet/Fleet.psm1", """
            function Get-Fleet { "fleet $(Get-Secret)" }
            function Get-Secret { 's' }
            Export-ModuleMember Get-Fleet
            """);
        string manifest = folder.Write(
            "Fleet/Fleet.psd1", "@{ ModuleVersion = '1.2.3'; RootModule = 'Fleet.psm1'; FunctionsToExport = 'Get-Fleet' }");

        ShellResult missing = Run(
            $"Import-Module '{manifest}' -Force; New-DagNode A {{ Get-Fleet }} -RetryCount 3 | "
            + "Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue");
        Assert.Equal(("Failed", 0), (missing.Status("A"), 0));
        Assert.Contains("'Fleet' 1.2.3", missing.ErrorText("A"), StringComparison.Ordinal);
        Assert.Contains($"'{Environment.MachineName}' does not have", missing.ErrorText("A"), StringComparison.Ordinal);

        ShellResult there = Run($$"""
            $null = Invoke-Command $sessions { $env:PSModulePath += "{{Path.PathSeparator}}{{folder.FullName}}" }
            New-DagNode A { Get-Fleet } | Invoke-Dag -Session $sessions
            """);
        Assert.Equal(["fleet s"], there.NodeOutput("A"));

        string newer = folder.Write(
            "newer/Fleet.psd1", "@{ ModuleVersion = '2.0'; RootModule = '../Fleet/Fleet.psm1'; FunctionsToExport = 'Get-Fleet' }");
        ShellResult other = Run(
            $"Remove-Module Fleet; Import-Module '{newer}'; New-DagNode A {{ Set-Content '{folder.FullName}/ran' 1; Get-Fleet }} | "
            + "Invoke-Dag -Session $sessions -ErrorAction SilentlyContinue; Remove-Module Fleet");
        Assert.Contains("the module 'Fleet' 2.0; '", other.ErrorText("A"), StringComparison.Ordinal);
        Assert.Contains("' has it in version 1.2.3: ", other.ErrorText("A"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.FullName, "ran")));
    }

    [Theory]
    [InlineData("$x = [IO.MemoryStream]::new()", "{ $using:x }", "$using:x, a System.IO.MemoryStream")]
    [InlineData("$x = @{ a = [Threading.Timer]::new({ }) }", "{ $using:x }", "System.Threading.Timer")]
    [InlineData("$y = 1; $x = { $y }.GetNewClosure()", "{ & $using:x }", "GetNewClosure")]
    [InlineData("$x = [runspace]::DefaultRunspace", "{ param($Given) $Given }", "the parameter 'Given'")]
    [InlineData("$null = New-Module Made { function Get-Made { 1 } }", "{ Get-Made }", "module 'Made'")]
    [InlineData("class Car { $Wheels = 4 }", "{ [Car]::new() }", "the type 'Car', which is defined at line 1")]
    [InlineData("enum Color { Red }", "{ [Collections.Generic.List[Color[]]]::new() }", "the type 'Color'")]
    [InlineData("class Base { }; class Car : Base { }; function Get-Car { [Car]::new() }", "{ Get-Car }", "the type 'Car'")]
    [InlineData("class Car { }", "{ 1 } -When { $null -isnot [Car] }", "the type 'Car'")]
    public void What_cannot_travel_is_told_before_the_node_starts(string before, string script, string said)
    {
        ShellResult result = Run(
            $"{before}; New-DagNode A {script} | Invoke-Dag -Session $sessions -Parameter @{{ Given = $x }} "
            + "-ErrorAction SilentlyContinue -WarningAction Ignore");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains(said, result.ErrorText("A"), StringComparison.Ordinal);
        Run("Remove-Module Made -ErrorAction Ignore");
    }

    [Fact]
    public void Classes_travel_in_the_scripts_that_define_them()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Own { class Own { [int] $Wheels = 3 }; [Own]::new().Wheels }
                New-DagNode Common { [Common]::new().Wheels }
            )
            $nodes | Invoke-Dag -Session $sessions[0] -InitializationScript { class Common { [int] $Wheels = 4 } }
            """);

        Assert.Equal([3], result.NodeOutput("Own"));
        Assert.Equal([4], result.NodeOutput("Common"));
    }

    [Fact]
    public void A_full_disk_fails_what_writes_to_it_and_nothing_else()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Full { 'x' * 100KB | Set-Content /dev/full; 'written' }
                New-DagNode Program { sh -c 'echo x > /dev/full'; 'written' }
                New-DagNode After { 'still' } -DependsOn Full, Program -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["After Succeeded", "Full Failed", "Program Failed"], result.Statuses);
        Assert.Contains("No space left on device", result.ErrorText("Full"), StringComparison.Ordinal);
        Assert.Equal(["still"], result.NodeOutput("After"));
    }

    [Fact]
    public void Two_sessions_run_two_nodes_at_once_besides_those_of_this_process()
    {
        ShellResult result = Run("""
            $dag = New-Dag d {
                1..2 | ForEach-Object { New-DagNode "Far$_" { Start-Sleep -Milliseconds 700; $PID } -Pool far }
                New-DagNode Here { $PID }
            }
            $dag | Invoke-Dag -PoolSession @{ far = $sessions } -ThrottleLimit 1
            """);

        Assert.NotEqual(result.NodeOutput("Far1")[0], result.NodeOutput("Far2")[0]);
        Assert.Equal([Environment.ProcessId], result.NodeOutput("Here"));
    }

    [Theory]
    [InlineData("-Session $sessions -Sequential", "InvalidParameters")]
    [InlineData("-Session $sessions -UseNewRunspace", "InvalidParameters")]
    [InlineData("-PoolSession @{ p = 5 }", "InvalidPoolSession")]
    [InlineData("-Session $sessions -PoolSession @{ p = $sessions[0] }", "SessionNamedTwice")]
    public void What_makes_no_sense_is_an_error_of_the_command(string parameters, string id)
    {
        ShellResult result = fixture.Shell.Run($"New-DagNode A {{ }} -Pool p | Invoke-Dag {parameters}");

        Assert.StartsWith(id, result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }

    [Theory]
    [InlineData("exit 5")]
    [InlineData("break")]
    public void RetryIf_sees_of_exit_and_break_what_the_result_says(string statement)
    {
        ShellResult result = Run($$"""
            $r = New-DagNode 'a{0}' { {{statement}} } -RetryCount 1 -RetryIf { Write-Warning "$_"; $true } |
                Invoke-Dag -Session $sessions -ErrorAction Ignore -WarningVariable said -WarningAction SilentlyContinue
            "$($r.Error)"; $r.Attempts; $said | ForEach-Object { "$_".Replace('[a{0}] ', '') }
            """);

        Assert.Contains($"'{statement}'", result.Text[0], StringComparison.Ordinal);
        Assert.Equal([result.Text[0], "2", result.Text[0], result.Text[0]], result.Text);
    }

    [Fact]
    public void A_script_block_that_gives_out_a_session_of_its_callers_has_it_left_open()
    {
        ShellResult result = Run("""
            $global:before = @($sessions.Runspace.RunspaceStateInfo.State)
            $s = $sessions[1]
            $nodes = 1..3 | ForEach-Object { New-DagNode "n$_" { $PID } -Pool p }
            $r = $nodes | Invoke-Dag -PoolSession @{ p = { $using:s; New-DagSession pwsh '-sshs' } } -PoolLimit @{ p = 2 }
            $r.Status
            $s.Runspace.RunspaceStateInfo.State
            Invoke-Command $s { 1 + 1 }
            @(Get-PSSession).Count
            """);

        Assert.Null(result.Thrown);
        Assert.Equal(["Succeeded", "Succeeded", "Succeeded", "Opened", "2", "2"], result.Text);
    }
}
