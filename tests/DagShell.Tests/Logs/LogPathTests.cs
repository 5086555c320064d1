using System.Text.RegularExpressions;

namespace DagShell.Tests.Logs;

/// <summary>-LogPath writes the whole of a run as plain lines.</summary>
public sealed partial class LogPathTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    private string File => Path.Combine(_folder.FullName, "run.log");

    [Fact]
    public void It_has_starts_lines_retries_skips_and_ends_with_time_node_and_attempt()
    {
        Invoke("""
            $nodes = @(
                New-DagNode A { "try $($DagNode.Attempt)"; if ($DagNode.Attempt -eq 1) { throw "two`nlines" } } -RetryCount 1 -RetryDelay 1ms
                New-DagNode B { Write-Warning 'w' } -DependsOn A
                New-DagNode C { } -When { $false } -DependsOn B
                New-DagNode D { throw 'final' } -DependsOn B
            )
            $nodes | New-Dag Nightly | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue -LogPath $file
            """);

        string[] lines = System.IO.File.ReadAllLines(File);
        Assert.All(lines, line => Assert.Matches(Start(), line));
        string[] texts = [.. lines.Select(line => Duration().Replace(Start().Replace(line, ""), "in T"))];
        Assert.Matches("^run [0-9a-f-]{36} of dag 'Nightly' started: 4 nodes$", texts[0]);
        Assert.Equal(
            [
                "[A] attempt 1 started", "[A] attempt 1, output: try 1", "[A] failed, next attempt in T: two", "[A] lines",
                "[A] attempt 2 started", "[A] attempt 2, output: try 2", "[A] succeeded in T", "[B] attempt 1 started",
                "[B] attempt 1, warning: w", "[B] succeeded in T", "[C] attempt 1 started",
                "[C] skipped: its condition (-When) was false", "[D] attempt 1 started",
            ],
            texts[1..14]);
        Assert.Matches("^\\[D\\] failed after [0-9.]+ m?s: final$", texts[14]);
        Assert.Equal("run failed in T: 2 succeeded, 1 failed, 1 skipped", texts[15]);
    }

    [Fact]
    public void Items_go_by_their_names()
    {
        Invoke("""
            New-DagNode A -ForEach 1, 2, 3 -RetryCount 1 -RetryDelay 1ms {
                "item $_"
                if ($_ -eq 1 -and $DagNode.Attempt -eq 1) { throw 'once' }
                if ($_ -eq 2) { Skip-DagNode 'not this' }
                if ($_ -eq 3 -and $DagNode.Attempt -eq 2) { throw "two`nlines" }
                if ($_ -eq 3) { throw 'first' }
            } | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue -LogPath $file
            """);

        string[] texts = [.. System.IO.File.ReadAllLines(File).Select(line => Duration().Replace(Start().Replace(line, ""), "in T"))];
        Assert.Equal(
            [
                "[A#0] attempt 1 started", "[A#0] attempt 1, output: item 1", "[A#0] failed, next attempt in T: once",
                "[A#0] attempt 2 started", "[A#0] attempt 2, output: item 1", "[A#0] succeeded in T",
            ],
            texts.Where(text => text.StartsWith("[A#0]", StringComparison.Ordinal)));
        Assert.Equal("[A#1] skipped: not this", texts.Last(text => text.StartsWith("[A#1]", StringComparison.Ordinal)));
        string[] last = [.. texts.Where(text => text.StartsWith("[A#2]", StringComparison.Ordinal)).TakeLast(2)];
        Assert.Matches("^\\[A#2\\] failed after [0-9.]+ m?s: two$", last[0]);
        Assert.Equal("[A#2] lines", last[1]);
    }

    [Fact]
    public void Lines_are_added_to_what_is_there_and_the_owner_alone_may_read_it()
    {
        System.IO.File.WriteAllText(File, "before\n");
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, (UnixFileMode)0b110_110_100);
        }

        Invoke("New-DagNode A { 'x' } | Invoke-Dag -LogPath $file");
        Invoke("New-DagNode A { 'y' } | Invoke-Dag -LogPath $file -AsJob | Receive-Job -Wait");

        string[] lines = System.IO.File.ReadAllLines(File);
        Assert.Equal("before", lines[0]);
        Assert.Equal(["x", "y"], lines.Where(line => line.Contains("output: ", StringComparison.Ordinal)).Select(line => line[^1..]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }
    }

    [Theory]
    [InlineData("$file/no/such/folder/x.log")]
    [InlineData("env:x")]
    [InlineData("$folder")]
    [InlineData("nodrive:/x")]
    public void A_path_that_cannot_be_written_is_an_error_before_anything_runs(string path)
    {
        ShellResult result = Shell.Run(
            $"$ran = [System.Collections.ArrayList]::new(); New-DagNode A {{ ($using:ran).Add(1) }} | Invoke-Dag -LogPath \"{path}\"",
            ("file", File), ("folder", _folder.FullName));

        Assert.StartsWith("DagLogFailed", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(0, Shell.Run("$ran.Count").Single);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Invoke("New-DagNode A { 'x' } | Invoke-Dag -LogPath $file -WhatIf");

        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void What_is_restored_is_told_as_that()
    {
        string run = "(New-DagNode A { 'a' }), (New-DagNode B { if ($using:fails) { throw 'x' } } -DependsOn A) | "
            + "Invoke-Dag -Checkpoint $journal -Resume -LogPath $file -ErrorAction SilentlyContinue";
        string journal = Path.Combine(_folder.FullName, "journal");
        Shell.Run("$fails = $true; " + run, ("file", File), ("journal", journal));
        Shell.Run("$fails = $false; " + run, ("file", File), ("journal", journal));

        Assert.Contains("[A] restored from the checkpoint", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private void Invoke(string script) => Assert.Null(Shell.Run(script, ("file", File)).Thrown);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d ")]
    private static partial Regex Start();

    [GeneratedRegex(@"in [0-9.]+ m?s")]
    private static partial Regex Duration();
}
