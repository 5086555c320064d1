using System.Management.Automation;

namespace DagShell.Tests.Sessions;

/// <summary>Design, 8 and 10: the files of a node that runs in a session are asked there, by the rules that hold here.</summary>
public sealed class RemoteFilesTests : IClassFixture<SessionFixture>, IDisposable
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Unfinished = new(1980, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    private readonly SessionFixture _fixture;
    private readonly ScratchFolder _folder = new();

    public RemoteFilesTests(SessionFixture fixture)
    {
        _fixture = fixture;
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "there"));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "here"));
        Run($$"""
            Set-Location '{{_folder.FullName}}/here'
            Invoke-Command $sessions { Set-Location '{{_folder.FullName}}/there' }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "New-DagNode A -InputPath in -OutputPath out { Set-Content out x; 'said'; 5 }")] // nothing there
    [InlineData("in 1", "New-DagNode A -InputPath in -OutputPath out { Set-Content out x }")]
    [InlineData("in 1, out 0", "New-DagNode A -InputPath in -OutputPath out { Set-Content out x }")] // older
    [InlineData("in 1, out 1", "New-DagNode A -InputPath in -OutputPath out { throw 1 }")] // as old
    [InlineData("in 1, out 2", "New-DagNode A -InputPath in -OutputPath out { throw 1 }")]
    [InlineData("out 2", "New-DagNode A -InputPath in -OutputPath out { Set-Content out x }")]
    [InlineData("in 1", "New-DagNode A -InputPath in -OutputPath out { }")]
    [InlineData("a 1, b 3, out 2", "New-DagNode A -InputPath a, b -OutputPath out { }")] // the newest input counts
    [InlineData("a 2, x 3, y 1", "New-DagNode A -InputPath a -OutputPath x, y { }")] // the oldest output counts
    [InlineData("a 2, x 3", "New-DagNode A -InputPath a -OutputPath x, y { }")]
    [InlineData("src/a.c 1, src/deep/er/b.c 3, out 2", "New-DagNode A -InputPath src/**/*.c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/deep/er/b.h 3, out 2", "New-DagNode A -InputPath src/**/*.c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/deep/b.c 3, out 2", "New-DagNode A -InputPath src/*.c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/deep/b.c 3, out 2", "New-DagNode A -InputPath src/** -OutputPath out { }")]
    [InlineData("src/A.c 3, out 2", "New-DagNode A -InputPath src/a.* -OutputPath out { }")] // case
    [InlineData("src/a.c 1, src/b.c 3, out 2", "New-DagNode A -InputPath src/[ac].c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/.hidden.c 3, out 2", "New-DagNode A -InputPath src/*.c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/.hidden.c 3, out 2", "New-DagNode A -InputPath src/.*.c -OutputPath out { }")]
    [InlineData("src/.git/a.c 3, out 2", "New-DagNode A -InputPath src/**/*.c -OutputPath out { }")]
    [InlineData("src/.git/a.c 3, out 2", "New-DagNode A -InputPath src/.*/*.c -OutputPath out { }")]
    [InlineData("src/a.c 1, src/deep/b.c 3, out 2", "New-DagNode A -InputPath src -OutputPath out { }")] // a folder is all in it
    [InlineData("src/a.c 1, src/deep/.b.c 1, out 2", "New-DagNode A -InputPath src -OutputPath out { }")]
    [InlineData("a[1].c 3, out 2", "New-DagNode A -InputPath 'a[1].c' -OutputPath out { }")] // a name that looks like a pattern
    [InlineData("a1.c 3, out 2", "New-DagNode A -InputPath 'a[1].c' -OutputPath out { }")]
    [InlineData("a2.c 3, out 2", "New-DagNode A -InputPath 'a[1].c' -OutputPath out { }")] // a pattern may fit nothing
    [InlineData("s[x 1, out 2", "New-DagNode A -InputPath 's[x' -OutputPath out { }")]
    [InlineData("a 1, out/x 2, out/y 2", "New-DagNode A -InputPath a -OutputPath out/* { }")]
    [InlineData("a 1, out/x 2, out/.z 0", "New-DagNode A -InputPath a -OutputPath out { }")]
    [InlineData("a 1, out/x 2, out/y 2", "New-DagNode A -InputPath a -OutputPath out/ { }")]
    [InlineData("a 3, out/x 2", "New-DagNode A -InputPath a -OutputPath out { Set-Content out/y 1 }")] // a folder as output
    [InlineData("a 1", "New-DagNode A -InputPath a -OutputPath out/* { $null = mkdir out; Set-Content out/b, out/a 1 }")]
    [InlineData("out 1, o2 1", "New-DagNode A -OutputPath out, o* { }")] // twice the same
    [InlineData("", "New-DagNode A -OutputPath out { }")]
    [InlineData("a 1, out 2", "New-DagNode A -InputPath { 'a' } -OutputPath { Get-Item out } { }")]
    [InlineData("a 3, out 2", "New-DagNode A -InputPath { Get-ChildItem a* } -OutputPath out { }")]
    [InlineData("a 1, out 2", "New-DagNode A -InputPath @('a', @($null, { $null; 'a' })) -OutputPath out { }")]
    [InlineData("a 1, out 2", "$u = 'out'; New-DagNode A -InputPath a -OutputPath { $using:u; $DagNode.Name.ToLower() } { }")]
    [InlineData("a 1, out 2", "New-DagNode A -InputPath a -OutputPath { } { }")] // nothing said to come out
    [InlineData("A 1, out 2", "New-DagNode A -OutputPath { Skip-DagNode 'no need' } { }")]
    [InlineData("A 1, out 2", "New-DagNode A -OutputPath { if ($global:ran) { Skip-DagNode 'late' } } { $global:ran = 1; 'x'; 5 }")]
    [InlineData("A 1, out 2", "New-DagNode A -OutputPath { throw 'no idea' } { }")]
    [InlineData("A 1, out 2", "New-DagNode A -OutputPath { exit 3 } { }")]
    [InlineData("A 1, out 2", "New-DagNode A -OutputPath { break } { }")]
    [InlineData("", "New-DagNode A -OutputPath { throw 'x' } -RetryCount 2 -RetryIf { $DagNode.Attempt -lt 2 -and \"$_\" -eq 'x' } { }")]
    [InlineData("", "New-DagNode A -OutputPath { if ($global:ran) { throw 'x' } } -RetryCount 1 -RetryIf { $false } { $global:ran = 1 }")]
    [InlineData("", "New-DagNode A -OutputPath { throw 'x' } -RetryCount 2 -RetryIf { Skip-DagNode \"$_\" } { }")]
    [InlineData("", "New-DagNode A -OutputPath { 's[x' } { 1 }")] // not valid
    [InlineData("", "New-DagNode A -InputPath { '[' } -OutputPath out -RetryCount 1 -RetryIf { \"$_\" -notmatch 'valid pattern' } { 1 }")]
    [InlineData("", "New-DagNode A -OutputPath { if ($global:made) { $global:made } else { 'none' } } { $global:made = 'out[' }")]
    [InlineData("", "New-DagNode A -OutputPath env:HOME { }")]
    [InlineData("", "New-DagNode A -OutputPath nodrive:/x { }")]
    [InlineData("", "New-DagNode A -OutputPath { '' } { }")]
    [InlineData("", "New-DagNode A -OutputPath { , @() } { }")]
    [InlineData("", "New-DagNode A -OutputPath { [pscustomobject] @{ FullName = 'out' } } { }")]
    [InlineData("out 2", "New-DagNode A -OutputPath out -When { $false } { }")]
    [InlineData("out 2", "New-DagNode A -OutputPath out -When { $true } -Precondition { throw 'is not asked' } { }")]
    [InlineData("", "New-DagNode A -OutputPath out -Precondition { 1 } { Set-Content out x }")]
    [InlineData("", "New-DagNode A -OutputPath out -Precondition { $false } { Set-Content out x }")]
    [InlineData("out 2", "New-DagNode A -OutputPath out { param([Parameter(Mandatory)] $X) }")]
    [InlineData("", "New-DagNode A -OutputPath out { param([Parameter(Mandatory)] $X) }")]
    [InlineData("", "New-DagNode A -OutputPath out { Set-Content out x; Skip-DagNode 'now'; 'never' }")]
    [InlineData("", "New-DagNode A -OutputPath out { 'text'; 7; Skip-DagNode 'now' }")]
    [InlineData("", "New-DagNode A -OutputPath out, log { Set-Content out half; throw 'half-way' } -RetryCount 1")]
    [InlineData("out 2, old 3", "New-DagNode A -OutputPath out, old, none { Set-Content out half; exit 4 }")]
    [InlineData("in 1", "New-DagNode A -OutputPath out -InputPath in { Set-Content out half; exit }")]
    [InlineData("out/x 2", "New-DagNode A -OutputPath out/*, out, none { Set-Content out/x, out/y half; break }")]
    [InlineData("", "New-DagNode A -OutputPath out { $null = mkdir sub; Set-Content out 1; Set-Location sub }")] // where it began
    [InlineData("a.txt 1, b.txt 3, c.txt 1, out/a.txt 2, out/b.txt 2", """
        New-DagNode A -ForEach { Get-ChildItem *.txt -Name } -InputPath { $_ } -OutputPath { "out/$_" } {
            if ($_ -eq 'a.txt') { throw 'not needed' }; Copy-Item $_ out
        }
        """)]
    [InlineData("1 2, 2 2", "New-DagNode A -ForEach 1, 2, 3 -OutputPath { $_ } { Set-Content $_ 1 }")]
    [InlineData("1 2, 2 2", "New-DagNode A -ForEach 1, 2 -OutputPath { $_ } { throw 1 }")]
    public void It_comes_to_the_same_as_here(string files, string node)
    {
        string[] here = Outcome("here", string.Empty, files, node);
        string[] there = Outcome("there", "-Session $sessions", files, node);

        Assert.Equal(here, there);
    }

    [Fact]
    public void What_is_given_out_are_copies_of_the_files()
    {
        Put("there", "out/a 1");
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A -Pool far -OutputPath out/a, out { }
                New-DagNode Here -DependsOn A { $Upstream.A.Name; "$($Upstream.A[0])"; $Upstream.A[0].LastWriteTimeUtc }
                New-DagNode There -Pool far -DependsOn A { $Upstream.A.FullName }
                New-DagNode Copies -DependsOn A -InputPath { $Upstream.A[0] } -OutputPath b { Set-Content b b }
                New-DagNode After -Pool far -DependsOn A -InputPath { $Upstream.A[0] } -OutputPath out/b { Set-Content out/b b }
            )
            $nodes | Invoke-Dag -PoolSession @{ far = $sessions }
            """);

        string folder = Path.Combine(_folder.FullName, "there");
        Assert.True(IsUpToDate(result, "A"));
        Assert.Equal(
            ["Deserialized.System.IO.FileInfo", "Deserialized.System.IO.DirectoryInfo"],
            ((object[])result.Node("A").Properties["Output"].Value).Select(file => ((PSObject)file).TypeNames[0]));
        Assert.Equal(["a", "out", $"{folder}/out/a", Noon.AddHours(1)], result.NodeOutput("Here"));
        Assert.Equal([$"{folder}/out/a", $"{folder}/out"], result.NodeOutput("There"));
        Assert.Equal((1, 1), (result.Attempts("Copies"), result.Attempts("After")));
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void A_chain_is_built_as_far_as_it_must()
    {
        const string Chain = """
            @(
                New-DagNode Compile -InputPath *.c -OutputPath prog.o { Set-Content prog.o 1 }
                New-DagNode Link -InputPath prog.o, lib.a -OutputPath prog -DependsOn Compile { Set-Content prog 1 }
                New-DagNode Pack -DependsOn Link { param($Link) "Pack $($Link.Name)" }
            ) | Invoke-Dag -Session $sessions
            """;
        Put("there", "a.c 1, lib.a 1");
        ShellResult first = Run(Chain);
        Assert.Equal((1, 1), (first.Attempts("Compile"), first.Attempts("Link")));
        Assert.Equal(["Pack prog"], first.NodeOutput("Pack"));
        ShellResult second = Run(Chain);
        Assert.Equal((0, 0), (second.Attempts("Compile"), second.Attempts("Link")));
        Assert.Equal(["Pack prog"], second.NodeOutput("Pack"));
        File.SetLastWriteTimeUtc(There("lib.a"), DateTime.UtcNow.AddHours(1));
        ShellResult third = Run(Chain);
        Assert.Equal((0, 1), (third.Attempts("Compile"), third.Attempts("Link")));
    }

    [Theory]
    [InlineData("-Timeout 2s", "")]
    [InlineData("", "-Timeout 2s")]
    public void What_was_stopped_half_way_is_not_taken_for_done(string ofNode, string ofRun)
    {
        Put("there", "in 1, old 2");
        ShellResult result = Run($$"""
            New-DagNode Begins { } | Invoke-Dag -Session $sessions | Out-Null
            New-DagNode A -InputPath in -OutputPath out, sub/*, old {
                $null = mkdir sub; Set-Content out, sub/x half; Start-Sleep 60
            } {{ofNode}} | Invoke-Dag -Session $sessions[0] {{ofRun}} -ErrorAction SilentlyContinue
            """);

        Assert.Equal(ofNode.Length > 0 ? "Failed" : "Cancelled", result.Status("A"));
        Assert.Equal((Unfinished, Unfinished), (TimeThere("out"), TimeThere("sub/x")));
        Assert.Equal(Noon.AddHours(2), TimeThere("old"));
        ShellResult again = Run(
            "New-DagNode A -InputPath in -OutputPath out, sub/* { Set-Content out, sub/x 1 } | Invoke-Dag -Session $sessions");
        Assert.Equal(1, again.Attempts("A"));
    }

    [Theory]
    [InlineData("Start-Sleep 60")]
    [InlineData("Start-Sleep 60; exit 3")] // run nested over there
    public void What_a_stop_has_ended_half_way_is_not_taken_for_done(string waits)
    {
        // A stop may come just as the script does.
        for (int i = 0; i < 5; i++)
        {
            File.Delete(There("begun"));
            using RunningScript running = _fixture.Shell.Start($$"""
                New-DagNode A -OutputPath out { Set-Content out half; Set-Content begun 1; {{waits}} } | Invoke-Dag -Session $sessions[0]
                """);
            Patience.Until(() => File.Exists(There("begun")), "the node to begin");
            running.Stop();

            Patience.Until(() => TimeThere("out") == Unfinished, "its file to be marked");
        }

        Assert.Equal([1], Run("New-DagNode B { 1 } | Invoke-Dag -Session $sessions[0]").NodeOutput("B"));
    }

    [Fact]
    public void Rerun_runs_what_is_up_to_date_and_all_that_comes_after_it()
    {
        Put("there", "a 1, x 2, y 3, z 2");
        const string Nodes = """
            @(
                New-DagNode First -InputPath a -OutputPath x { Set-Content x 1 }
                New-DagNode Next -InputPath x -OutputPath y -DependsOn First { Set-Content y 1 }
                New-DagNode Other -InputPath a -OutputPath z { Set-Content z 1 }
            ) | Invoke-Dag -Session $sessions
            """;
        ShellResult all = Run(Nodes);
        Assert.Equal((0, 0, 0), (all.Attempts("First"), all.Attempts("Next"), all.Attempts("Other")));

        ShellResult again = Run(Nodes + " -Rerun First");
        Assert.Equal((1, 1, 0), (again.Attempts("First"), again.Attempts("Next"), again.Attempts("Other")));
    }

    [Fact]
    public void A_changed_script_is_known_from_the_journal()
    {
        Put("there", "a 1");
        const string Run1 =
            "New-DagNode A -InputPath a -OutputPath out { Set-Content out 1 } | Invoke-Dag -Session $sessions -Checkpoint journal";
        Assert.Equal(1, Run(Run1).Attempts("A"));
        Assert.True(IsUpToDate(Run(Run1), "A"));
        string changed = Run1.Replace("out 1", "out 2", StringComparison.Ordinal);
        Assert.Equal(1, Run(changed).Attempts("A"));
        Assert.True(IsUpToDate(Run(changed), "A"));
        Assert.True(IsUpToDate(Run(Run1.Replace("-Checkpoint journal", "", StringComparison.Ordinal)), "A"));
    }

    [Fact]
    public void Resume_goes_by_the_files_over_there()
    {
        Put("there", "a 1");
        Put("here", "a 1, out 2"); // says nothing
        const string Dag = """
            @(
                New-DagNode A -InputPath a -OutputPath out { Set-Content out 1 }
                New-DagNode Plain { 1 }
                New-DagNode B -DependsOn A { if ($using:fails) { throw 'x' } }
            ) | Invoke-Dag -Session $sessions -Checkpoint journal -Resume -ErrorAction SilentlyContinue
            """;
        Assert.Equal(1, Run("$fails = $true; " + Dag).Attempts("A"));
        ShellResult fresh = Run(Dag + " -Verbose");
        Assert.True(IsUpToDate(fresh, "A"));
        Assert.True((bool)fresh.Node("Plain").Properties["FromCheckpoint"].Value);
        Assert.Contains(fresh.Streams.Verbose, line => line.Contains("asked there", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(There("a"), DateTime.UtcNow.AddHours(1));
        Assert.Equal(1, Run("$fails = $false; " + Dag).Attempts("A"));
    }

    [Fact]
    public void WhatIf_does_not_say_what_is_up_to_date_over_there()
    {
        Put("here", "a 1, out 2");
        const string Dag = """
            @(
                New-DagNode There -Pool far -InputPath a -OutputPath out { }
                New-DagNode Here -InputPath a -OutputPath out -DependsOn There { }
                New-DagNode Fails -DependsOn Here { throw 'x' }
            ) | New-Dag d
            """;
        const string How = "-PoolSession @{ far = $sessions } -Checkpoint journal -WhatIf 6> $null";
        ShellResult result = Run($$"""
            $show = { if ($_.Name -ne 'Fails') { "$($_.Name) [$($_.UpToDate)]: $($_.Reason)" } }
            $dag = {{Dag}}
            $dag | Invoke-Dag {{How}} | ForEach-Object $show
            $null = $dag | Invoke-Dag -PoolSession @{ far = $sessions } -Checkpoint journal -WarningAction Ignore -ErrorAction Ignore
            $dag | Invoke-Dag {{How}} -Force | ForEach-Object $show
            $dag | Invoke-Dag {{How}} -Resume | ForEach-Object $show
            """);

        Assert.Equal(
            [
                "There []: ", "Here [True]: need not run: its output files are up to date",
                "There []: ", "Here [True]: need not run: its output files are up to date",
            ],
            result.Text[..4]);
        Assert.StartsWith("There []: runs, if ", result.Text[4], StringComparison.Ordinal);
        Assert.EndsWith("asked there", result.Text[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Before_the_run_nothing_is_said_by_the_files_of_this_machine()
    {
        Put("there", "a[ 1, out 2");
        ShellResult result = Run("""
            @(
                New-DagNode Odd -Pool far -InputPath 'a[' -OutputPath out { }
                New-DagNode Late -Pool far -OutputPath 'b[' { 1 }
                New-DagNode Writes -Pool far -OutputPath same { Set-Content same 1 }
                New-DagNode Here -InputPath same -OutputPath same2 { Set-Content same2 1 }
            ) | Invoke-Dag -PoolSession @{ far = $sessions } -ErrorAction SilentlyContinue
            """);

        Assert.True(IsUpToDate(result, "Odd"));
        Assert.StartsWith("-OutputPath of node 'Late': 'b[' is not a valid pattern", result.ErrorText("Late"), StringComparison.Ordinal);
        Assert.Equal(["[Here] The input 'same' is not there, so the node is run, whatever outputs are there."], result.Streams.Warning);
    }

    [Fact]
    public void Nodes_of_dags_that_come_at_their_turn_ask_there_too()
    {
        Put("there", "out1 1");
        ShellResult result = Run("""
            $node = New-DagNode D -ForEach { 1, 2 } -Pool far -Dag { New-DagNode X -OutputPath { "out$($DagNode.Item)" } {
                Set-Content "out$($DagNode.Item)" 1 } }
            $node | Invoke-Dag -PoolSession @{ far = $sessions }
            """);

        Assert.Equal((0, 1), (result.Attempts("D#0/X"), result.Attempts("D#1/X")));
    }

    [Fact]
    public void A_session_of_a_script_block_asks_too_and_nothing_is_left_in_one_of_the_callers()
    {
        Put("there", "out 1");
        ShellResult result = Run($$"""
            $open = { New-DagSession pwsh '-sshs' }
            New-DagNode A -Pool p -OutputPath '{{There("out")}}' { throw 1 } | Invoke-Dag -PoolSession @{ p = $open } -PoolLimit @{ p = 1 }
            $before = Invoke-Command $sessions[0] { (Get-Variable).Name + (Get-ChildItem function:).Name -join ' ' }
            $null = New-DagNode A -OutputPath out { $Pwd | Out-Null } | Invoke-Dag -Session $sessions[0]
            $many = 1..300 | ForEach-Object { New-DagNode "N$_" -OutputPath out ([scriptblock]::Create("$_")) }
            $many | Invoke-Dag -Session $sessions[0] -Rerun * -WarningAction Ignore | Where-Object Status -NE Succeeded
            $after = Invoke-Command $sessions[0] { (Get-Variable).Name + (Get-ChildItem function:).Name -join ' ' }
            $before -eq $after
            """);

        Assert.True(IsUpToDate(result, "A"));
        Assert.Equal("True", result.Text[^1]);
    }

    /// <summary>What a node comes to, and what it leaves in its folder.</summary>
    private string[] Outcome(string place, string how, string files, string node)
    {
        Put(place, files);
        ShellResult result = Run($$"""
            $global:ran = $global:made = $null
            {{node}} | Invoke-Dag {{how}} -ErrorAction SilentlyContinue | Tee-Object -Variable r
            "$($r.Status) up to date: $($r.UpToDate), attempts: $($r.Attempts), skipped: $($r.SkipReason)"
            "items: $($r.Items | ForEach-Object { "$($_.Status) $($_.UpToDate) $($_.Attempts);" })"
            "error: $($r.Error.Exception.Message)"
            "output: $($r.Output | ForEach-Object { "$_" })"
            $r.Log | ForEach-Object { "log: $($_.Stream) $($_.Text)" }
            """);
        string root = Path.Combine(_folder.FullName, place);
        string[] left = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file}: {(File.GetLastWriteTimeUtc(file) == Unfinished ? "unfinished" : "whole")}")];
        return [
            .. result.Text[1..].Concat(result.Streams.Warning).Concat(left)
                .Select(line => line.Replace(root, "~", StringComparison.Ordinal)),
        ];
    }

    /// <summary>Writes files: "name hour, name hour".</summary>
    private void Put(string place, string files)
    {
        foreach (string file in files.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = file.Split(' ');
            File.SetLastWriteTimeUtc(_folder.Write(Path.Combine(place, parts[0]), "x"), Noon.AddHours(int.Parse(parts[1], null)));
        }
    }

    private string There(string file) => Path.Combine(_folder.FullName, "there", file);

    private DateTime TimeThere(string file) => File.GetLastWriteTimeUtc(There(file));

    private static bool IsUpToDate(ShellResult result, string node) => (bool)result.Node(node).Properties["UpToDate"].Value;

    private ShellResult Run(string script)
    {
        ShellResult result = _fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}
