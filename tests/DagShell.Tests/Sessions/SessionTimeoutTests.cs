namespace DagShell.Tests.Sessions;

/// <summary>A timeout says where the script was, in a session too.</summary>
public sealed class SessionTimeoutTests(SessionFixture fixture) : IClassFixture<SessionFixture>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_says_there_what_it_says_here()
    {
        string other = _folder.Write("other.ps1", "function Wait-Here {\n Start-Sleep 60\n}");
        string module = _folder.Write(
            "Waiting/Waiting.psm1",
            "function Wait-InModule {\n Start-Sleep 60\n}\n"
                + "function New-Waiting {\n New-DagNode own {\n Start-Sleep 60 } -Timeout 1500ms\n}");
        string called = _folder.Write("called.ps1", "param($Seconds)\n\nStart-Sleep $Seconds");
        string[] scripts =
        [
            "Start-Sleep 60",
            "'a'\n    Start-Sleep -Seconds 60",
            "Wait-Own",
            "Wait-Here",
            "Wait-InModule",
            $"& '{called}' 60",
            "& {\n  Start-Sleep 60\n }",
            "1..3 | ForEach-Object { Start-Sleep 60 }",
            "while ($true) { }",
            "sleep 60",
            "try { Start-Sleep 60 } finally { $null = 1..3; Start-Sleep -Milliseconds 300 }",
            "param($Given) Start-Sleep 60; exit 3",
            "$time = 60; $null = $using:number; Start-Sleep $time -Verbose:($using:number -eq 8)",
            "Start-Sleep 60 -Verbose:('a text that is so long that no line of a message could bear it' -eq 'x')",
            "function Inner { Start-Sleep 60 }; if ($true) {\n Inner }",
        ];
        string file = _folder.Write(
            "x.dag.ps1",
            $"Import-Module '{module}'\n. '{other}'\n$number = 7\nfunction Wait-Own {{\n    Start-Sleep 60\n}}\n"
                + string.Join("\n", scripts.Select((script, index) => $"New-DagNode n{index} {{ {script} }} -Timeout 1500ms"))
                + "\nNew-Waiting\nNew-DagNode asks { } -Precondition { Start-Sleep 60; $true } -Timeout 1500ms"
                + "\nNew-DagNode items -ForEach 1 { Start-Sleep 60 } -Timeout 1500ms"
                + "\nNew-DagNode again { if ($DagNode.Attempt -eq 1) { throw 'x' }; Start-Sleep 60 } -Timeout 1500ms -RetryCount 1 "
                + "-RetryDelay 1ms -RetryIf { $true }");
        string Told(string where) => string.Join('\n', fixture.Shell.Run($$"""
            $r = Invoke-Dag -Path $file -ThrottleLimit 6 -ErrorAction SilentlyContinue -WarningAction Ignore {{where}}
            $r | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Error)" }
            """, ("file", file)).Text);

        fixture.Shell.Run(
            "Invoke-Command $sessions { $env:PSModulePath += [IO.Path]::PathSeparator + $args[0] } -ArgumentList $folder",
            ("folder", _folder.FullName));
        string here = Told(string.Empty);
        Assert.Contains(
            $"n0 Node 'n0' took longer than its timeout of 1.5 s; it was at {file}:7 (Start-Sleep 60).", here, StringComparison.Ordinal);
        Assert.All(
            here.Split('\n'),
            line => Assert.Contains(" took longer than its timeout of 1.5 s; it was at ", line, StringComparison.Ordinal));
        Assert.Equal(here, Told("-Session $sessions"));
    }

    [Fact]
    public void What_cannot_be_stopped_is_told_too()
    {
        ShellResult result = Run("""
            $own = New-DagSession pwsh '-sshs'
            try {
                New-DagNode A { [Threading.Thread]::Sleep(60000) } -Timeout 4s | Invoke-Dag -Session $own -ErrorAction SilentlyContinue
            }
            finally { Remove-PSSession $own }
            """);

        Assert.Equal(
            "Node 'A' took longer than its timeout of 4 s; it was at line 3 ([Threading.Thread]::Sleep(60000)), and what it was doing "
                + "could not be stopped within 2 s: it was given up.",
            result.ErrorText("A"));
    }

    [Fact]
    public void A_secret_is_not_told_with_it()
    {
        ShellResult result = Run("""
            $secret = ConvertTo-SecureString 'hunter22' -AsPlainText -Force
            New-DagNode A { $null = $using:secret; Start-Sleep 60 -Verbose:('hunter22' -eq 'x') } -Timeout 4s |
                Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Contains("(Start-Sleep 60 -Verbose:('***' -eq 'x'))", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_it_is_shown_and_nothing_is_left_of_it()
    {
        ShellResult result = Run("""
            $DebugPreference = 'Continue'
            $nodes = @(
                New-DagNode Slow {
                    Write-Host 'shown'
                    for ($count = 0; $true; $count++) { Write-Debug "at $count"; Start-Sleep -Milliseconds 200 }
                } -Timeout 4s
                New-DagNode Quick { 'quick' } -Timeout 1s
                New-DagNode Next { Start-Sleep -Milliseconds 1500; $Error.Count } -DependsOn Slow, Quick -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["Next Succeeded", "Quick Succeeded", "Slow Failed"], result.Statuses);
        Assert.Contains("it was at line ", result.ErrorText("Slow"), StringComparison.Ordinal);
        Assert.Equal(["quick"], result.NodeOutput("Quick"));
        Assert.Equal([0], result.NodeOutput("Next"));
        Assert.All(result.Streams.Debug, text => Assert.Matches(@"^\[Slow\] at \d+$", text));
        Assert.NotEmpty(result.Streams.Debug);
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
