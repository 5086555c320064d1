namespace DagShell.Tests.Sessions;

/// <summary>What went wrong in a session is told as if it had gone wrong here.</summary>
public sealed class SessionErrorTests(SessionFixture fixture) : IClassFixture<SessionFixture>, IDisposable
{
    private const string Places = "'', 'there'";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_error_points_where_it_points_here()
    {
        string[] scripts =
        [
            "throw 'x'", "'a'\n    throw [System.IO.IOException]::new('disk')", "Write-Error 'we'", "Get-Item ./no-such-file",
            "[int]::Parse('z')", "1 / 0", "Get-Nope", "Get-Date -Foo 1", "Bad", "& {\n throw 'inside' }", "1 | ForEach-Object { throw $_ }",
            "sh -c 'exit 4'", "Import-Module NoSuchModule", "[Math]::Nope()", "function f { throw 'f' }; f", "param($Given) throw 'y'",
            "Mine -Number z",
        ];
        string file = _folder.Write(
            "x.dag.ps1",
            "function Bad {\n    throw 'in function'\n}\nfunction Mine([int] $Number) { }\n"
                + string.Join("\n", scripts.Select((script, index) => $"New-DagNode n{index} {{ {script} }}")));
        string Told(string where) => fixture.Shell.Run($$"""
            $r = Invoke-Dag -Path $file -ErrorAction SilentlyContinue -WarningAction Ignore {{where}}
            $r | Sort-Object { [int] $_.Name.Substring(1) } | ForEach-Object {
                $place = $_.Error.InvocationInfo
                "$($_.Name) $($place.ScriptName):$($place.ScriptLineNumber):$($place.OffsetInLine) $($place.Line.Trim()) | " +
                    "$($place.PositionMessage) | $("$($_.Error.ScriptStackTrace)".Split("`n")[0]) | $($_.Error.FullyQualifiedErrorId)" }
            """, ("file", file)) is { Text: var text } ? string.Join('\n', text) : string.Empty;

        string here = Told(string.Empty);
        Assert.Contains($"n0 {file}:5:", here, StringComparison.Ordinal);
        Assert.Equal(here, Told("-Session $sessions[0]"));
    }

    [Theory]
    [InlineData("sh -c 'echo bad >&2; echo worse >&2; exit 3' 2>&1")]
    [InlineData("sh -c 'echo bad >&2; exit 3' 2>&1 | Out-Null")]
    [InlineData("$x = sh -c 'echo bad >&2; exit 3' 2>&1")]
    [InlineData("Write-Error 'told' -ErrorAction Continue 2>&1; 'x'; sh -c 'exit 3'")]
    [InlineData("if ($false) { exit 5 }; sh -c 'echo bad >&2; exit 3' 2>&1")]
    public void What_is_put_out_with_errors_among_it_is_logged_and_told_as_it_is_here(string script)
    {
        string[] told = [.. ((string[])["", "-Session $sessions[0]"]).Select(where => string.Join('\n', fixture.Shell.Run($$"""
            $r = New-DagNode A { {{script}} } | Invoke-Dag -ErrorAction SilentlyContinue -WarningAction Ignore {{where}}
            "$($r.Error)"; $r.Log | ForEach-Object { "$($_.Stream): $($_.Text)" }
            """).Text))];

        Assert.Contains("exit code: 3", told[0], StringComparison.Ordinal);
        Assert.Equal(told[0], told[1]);
    }

    [Theory]
    [InlineData("Failed", "& ./e3.ps1")]
    [InlineData("Failed", ". ./e3.ps1")]
    [InlineData("Failed", "./outer.ps1")]
    [InlineData("Failed", "$s = './e3.ps1'; & $s (Get-Date)")]
    [InlineData("Failed", "Last")]
    [InlineData("Failed", "function f { if ($true) { Last } }; & { f }")]
    [InlineData("Failed", "$x = 1 | ForEach-Object { ./e3.ps1 }")]
    [InlineData("Failed", "if ($true) { return ./e3.ps1 }; 'more'")]
    [InlineData("Failed", "try { ./e3.ps1 } finally { $null }")]
    [InlineData("Failed", "switch (1) { 1 { foreach ($i in 1..2) { 'a' && ./e3.ps1 } } }")]
    [InlineData("Failed", "if ($false) { exit 5 }; ./e3.ps1 | Out-Null")]
    [InlineData("Succeeded", "& ./e3.ps1; if ($LASTEXITCODE -ge 8) { throw 'x' }")]
    [InlineData("Succeeded", "NotLast")]
    [InlineData("Succeeded", "& { ./e3.ps1; 'x' }")]
    [InlineData("Succeeded", "function f { ./e3.ps1 }; f; 'x'")]
    [InlineData("Succeeded", "Write-Output (./e3.ps1)")]
    [InlineData("Succeeded", "if (./e3.ps1) { 'x' }")]
    [InlineData("Succeeded", "./e3.ps1; exit 0")]
    [InlineData("Succeeded", "try { sh -c 'exit 4' } catch { }")]
    [InlineData("Succeeded", "$global:LASTEXITCODE = 5")]
    public void A_script_file_that_exits_as_the_last_call_fails_its_node_there_as_here(string status, string script)
    {
        _folder.Write("e3.ps1", "exit 3");
        _folder.Write("outer.ps1", "param($x) & $PSScriptRoot/e3.ps1");
        ShellResult result = fixture.Shell.Run($$"""
            function Last { & ./e3.ps1 }
            function NotLast { & ./e3.ps1; 'x' }
            Set-Location -LiteralPath $folder
            Invoke-Command $sessions[0] { Set-Location -LiteralPath $args[0] } -ArgumentList $folder
            foreach ($place in {{Places}}) {
                $sessionsOf = if ($place) { @{ Session = $sessions[0] } } else { @{} }
                $r = New-DagNode A { {{script}} } | Invoke-Dag @sessionsOf -ErrorAction SilentlyContinue -WarningAction Ignore
                "$($r.Status) $($r.Error)"
            }
            Invoke-Command $sessions[0] { Set-Location -LiteralPath $HOME; (Get-Variable LASTEXITCODE -ErrorAction Ignore).Attributes.Count }
            Set-Location -LiteralPath $HOME
            """, ("folder", _folder.FullName));

        Assert.StartsWith(status, result.Text[0], StringComparison.Ordinal);
        Assert.Equal(result.Text[0], result.Text[1]);
        Assert.Equal("0", result.Text[2]);
    }

    [Fact]
    public void What_broke_can_be_asked_there_as_here()
    {
        string file = _folder.Write("x.dag.ps1", """
            $ask = {
                param($e)
                "$e", $e.Exception.Message, $e.FullyQualifiedErrorId, $e.CategoryInfo.Category, $e.CategoryInfo.Reason, "$($e.CategoryInfo)",
                    $e.TargetObject, $e.ErrorDetails.Message, "$($e.ScriptStackTrace)".Split("`n")[0].Trim(),
                    $e.InvocationInfo.ScriptLineNumber, $e.InvocationInfo.PositionMessage, ($null -eq $e.Exception.Response) -join '|' }
            New-DagNode Bad { Get-Item ./no-such-file }
            New-DagNode Items -ForEach 1, 2 { if ($_ -eq 2) { throw 'no' } }
            New-DagNode After -DependsOn Bad, Items -TriggerRule AllDone {
                & $using:ask $DagNode.Dependencies.Bad.Error
                & $using:ask $DagNode.Dependencies.Items.Items[1].Error
                $DagNode.Dependencies.Items.Items[0].Error
            }
            New-DagNode Again -RetryCount 1 -RetryIf { $_.FullyQualifiedErrorId -like 'why*' } {
                if ($DagNode.Attempt -eq 1) { Write-Error 'told' -ErrorId why -TargetObject x -Category NotInstalled -RecommendedAction do }
                & $using:ask $DagNode.LastError
                "$($DagNode.Dependencies.Count)"
            }
            """);
        string Told(string where) => string.Join('\n', fixture.Shell.Run($$"""
            $r = Invoke-Dag -Path $file -ErrorAction SilentlyContinue -WarningAction Ignore {{where}}
            ($r | Where-Object Name -eq After).Output; ($r | Where-Object Name -eq Again).Output
            """, ("file", file)).Text);

        string here = Told(string.Empty);
        Assert.Contains("Cannot find path", here, StringComparison.Ordinal);
        Assert.Contains("NotInstalled", here, StringComparison.Ordinal);
        Assert.Equal(here, Told("-Session $sessions[0]"));
    }

    [Fact]
    public void The_code_of_a_web_request_that_failed_here_is_known_there_and_long_texts_are_cut()
    {
        ShellResult result = fixture.Shell.Run("""
            $nodes = @(
                New-DagNode Busy { throw [Microsoft.PowerShell.Commands.HttpResponseException]::new('busy', [Net.Http.HttpResponseMessage]::new(503)) }
                New-DagNode Long { throw 'x' * 100000 }
                New-DagNode After -DependsOn Busy, Long -TriggerRule AllDone -Pool far {
                    $e = $DagNode.Dependencies.Busy.Error
                    $e.Exception.Response.StatusCode -eq 503
                    "$($e.Exception.Response.StatusCode)"
                    $e.CategoryInfo.Reason
                    "$($DagNode.Dependencies.Long.Error)".Length, $DagNode.Dependencies.Long.Error.Exception.Message.Length -join ' '
                }
            )
            $nodes | Invoke-Dag -PoolSession @{ far = $sessions[0] } -ErrorAction SilentlyContinue -WarningAction Ignore
            """);

        Assert.Equal([true, "503", "HttpResponseException", "16001 16001"], result.NodeOutput("After"));
    }

    [Fact]
    public void Such_an_end_can_be_retried_there()
    {
        _folder.Write("e3.ps1", "exit 3");
        ShellResult result = fixture.Shell.Run("""
            $file = "$folder/e3.ps1"
            New-DagNode A -RetryCount 3 -RetryDelay 1ms -RetryIf { "$_" -like "*'exit 3'*" -and $DagNode.Attempt -lt 3 } { & $using:file } |
                Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """, ("folder", _folder.FullName));

        Assert.Equal(("Failed", 3), (result.Status("A"), result.Attempts("A")));
    }
}
