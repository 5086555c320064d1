namespace DagShell.Tests.Files;

/// <summary>Make's rule: a node whose output files are there, and not older than what it reads, has succeeded without being run.</summary>
public sealed class UpToDateTests : ShellTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly ScratchFolder _folder = new();

    public UpToDateTests() => Run("Set-Location $folder; $ran = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()",
        ("folder", _folder.FullName));

    [Theory]
    [InlineData("", "", false)] // nothing there
    [InlineData("in 1", "", false)] // no output
    [InlineData("in 1", "out 0", false)] // older
    [InlineData("in 1", "out 1", true)] // as old
    [InlineData("in 1", "out 2", true)] // newer
    [InlineData("", "out 2", false)] // a missing input
    public void Files_decide(string input, string output, bool isUpToDate)
    {
        Put(input, output);

        ShellResult result = Run(
            "New-DagNode A -InputPath in -OutputPath out { ($using:ran).Enqueue('A'); Set-Content out x } | Invoke-Dag");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Equal(isUpToDate, (bool)result.Node("A").Properties["UpToDate"].Value);
        Assert.Equal(isUpToDate ? 0 : 1, result.Attempts("A"));
        Assert.Equal(isUpToDate ? [] : ["A"], Ran());
        Assert.Equal(Path.Combine(_folder.FullName, "out"), Assert.IsType<FileInfo>(Assert.Single(result.NodeOutput("A"))).FullName);
    }

    [Theory]
    [InlineData("a 1, b 3", "out 2", "-InputPath a, b -OutputPath out", false)] // the newest input counts
    [InlineData("a 2", "x 3, y 1", "-InputPath a -OutputPath x, y", false)] // the oldest output counts
    [InlineData("a 2", "x 3", "-InputPath a -OutputPath x, y", false)] // each must be there
    [InlineData("a 2", "x 3, y 3", "-InputPath a -OutputPath x, y", true)]
    [InlineData("src/a.c 1, src/deep/er/b.c 3", "out 2", "-InputPath src/**/*.c -OutputPath out", false)]
    [InlineData("src/a.c 1, src/deep/er/b.h 3", "out 2", "-InputPath src/**/*.c -OutputPath out", true)]
    [InlineData("src/a.c 1, src/deep/b.c 3", "out 2", "-InputPath src/*.c -OutputPath out", true)]
    [InlineData("src/a.c 1, src/deep/b.c 3", "out 2", "-InputPath src/**", "false")]
    [InlineData("src/a.c 1, src/b.c 3", "out 2", "-InputPath src/[ac].c -OutputPath out", true)]
    [InlineData("src/a.c 1, src/.hidden.c 3", "out 2", "-InputPath src/*.c -OutputPath out", true)]
    [InlineData("src/a.c 1, src/.hidden.c 3", "out 2", "-InputPath src/.*.c -OutputPath out", false)]
    [InlineData("src/a.c 1, src/deep/b.c 3", "out 2", "-InputPath src -OutputPath out", false)] // a folder is all in it
    [InlineData("src/a.c 1, src/deep/b.c 1", "out 2", "-InputPath src -OutputPath out", true)]
    [InlineData("a[1].c 3", "out 2", "-InputPath 'a[1].c' -OutputPath out", false)] // a name that looks like a pattern
    [InlineData("a1.c 3", "out 2", "-InputPath 'a[1].c' -OutputPath out", false)]
    [InlineData("a2.c 3", "out 2", "-InputPath 'a[1].c' -OutputPath out", true)] // a pattern may fit nothing
    [InlineData("a 1", "out/x 2, out/y 2", "-InputPath a -OutputPath out/*", true)]
    [InlineData("a 1", "", "-InputPath a -OutputPath out/*", false)] // outputs must be there
    [InlineData("", "out 1", "-OutputPath out", true)] // without inputs
    [InlineData("", "", "-OutputPath out", false)]
    [InlineData("a 1", "out 2", "-InputPath (Get-Item a) -OutputPath { 'out' }", true)]
    [InlineData("a 3", "out 2", "-InputPath { Get-ChildItem a* } -OutputPath out", false)]
    [InlineData("a 1", "out 2", "-InputPath @('a', @($null, { 'a' })) -OutputPath out", true)]
    [InlineData("a 1", "out 2", "-InputPath a -OutputPath { }", false)] // nothing said to come out
    [InlineData("a 1", "out 2", "-InputPath $null -OutputPath $null", false)]
    [InlineData("a 1", "out 2", "-InputPath $folder/a -OutputPath $folder/out", true)]
    public void Paths_are_found(string input, string output, string paths, object isUpToDate)
    {
        Put(input, output);
        paths = paths.Contains("-OutputPath", StringComparison.Ordinal) ? paths : paths + " -OutputPath out";

        ShellResult result = Run($"New-DagNode A {paths} {{ }} | Invoke-Dag -WarningAction SilentlyContinue");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Equal(isUpToDate is true, (bool)result.Node("A").Properties["UpToDate"].Value);
    }

    [Fact]
    public void A_chain_is_built_as_far_as_it_must()
    {
        const string Chain = """
            @(
                New-DagNode Compile -InputPath *.c -OutputPath prog.o { ($using:ran).Enqueue('Compile'); Set-Content prog.o 1 }
                New-DagNode Link -InputPath prog.o, lib.a -OutputPath prog -DependsOn Compile {
                    ($using:ran).Enqueue('Link'); Set-Content prog 1
                }
                New-DagNode Pack -DependsOn Link { param($Link) ($using:ran).Enqueue("Pack $($Link.Name)") }
            ) | Invoke-Dag
            """;
        Put("a.c 1, lib.a 1", "");
        Run(Chain);
        Assert.Equal(["Compile", "Link", "Pack prog"], Ran());
        Run(Chain);
        Assert.Equal(["Pack prog"], Ran());
        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "lib.a"), DateTime.UtcNow.AddHours(1));
        Run(Chain);
        Assert.Equal(["Link", "Pack prog"], Ran());
    }

    [Fact]
    public void Each_item_goes_by_its_own_files()
    {
        Put("a.txt 1, b.txt 3, c.txt 1", "out/a.txt 2, out/b.txt 2");

        ShellResult result = Run("""
            New-DagNode Convert -ForEach { Get-ChildItem *.txt } -InputPath { $_ } -OutputPath { "out/$($_.Name)" } {
                ($using:ran).Enqueue($_.Name); Copy-Item $_ out
            } | Invoke-Dag
            New-DagNode Again -ForEach { Get-ChildItem *.txt } -InputPath { $_ } -OutputPath { "out/$($_.Name)" } { } |
                Invoke-Dag | Tee-Object -Variable again
            "$($again.Items.UpToDate)"
            """);

        Assert.Equal(["b.txt", "c.txt"], Ran().Order());
        Assert.False((bool)result.Node("Convert").Properties["UpToDate"].Value);
        Assert.Equal(3, result.NodeOutput("Convert").Length);
        Assert.True((bool)result.Node("Again").Properties["UpToDate"].Value);
        Assert.Equal("True True True", result.Text[^1]);
    }

    [Fact]
    public void It_is_asked_after_the_condition_and_before_preconditions()
    {
        Put("a 1", "out 2");
        ShellResult result = Run("""
            @(
                New-DagNode Skipped -OutputPath out -When { $false } { }
                New-DagNode Done -OutputPath out -Precondition { throw 'is not asked' } { }
            ) | Invoke-Dag -WarningAction SilentlyContinue
            """);

        Assert.Equal(["Done Succeeded", "Skipped Skipped"], result.Statuses);
    }

    [Fact]
    public void What_a_failed_attempt_has_written_is_not_taken_for_done()
    {
        Put("a 1", "");
        const string Node = "New-DagNode A -InputPath a -OutputPath out, log { Set-Content out half; Set-Content log 1; "
            + "if ($using:fails) { throw 'half-way' } } -RetryCount 1 | Invoke-Dag -ErrorAction SilentlyContinue";
        Assert.Equal(2, Run("$fails = $true; " + Node).Attempts("A"));
        ShellResult again = Run("$fails = $false; " + Node);
        Assert.Equal(1, again.Attempts("A"));
        Assert.True((bool)Run(Node).Node("A").Properties["UpToDate"].Value);
    }

    [Fact]
    public void A_path_that_is_none_fails_the_node_and_says_which()
    {
        ShellResult result = Run("""
            @(
                New-DagNode Registry -OutputPath env:HOME { }
                New-DagNode Drive -OutputPath nodrive:/x { }
                New-DagNode Throws -OutputPath { throw 'no idea' } { }
                New-DagNode Empty -OutputPath { '' } { }
            ) | Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.All(result.Names, name => Assert.Equal("Failed", result.Status(name)));
        Assert.Contains("env:HOME", result.ErrorText("Registry"), StringComparison.Ordinal);
        Assert.Contains("nodrive", result.ErrorText("Drive"), StringComparison.Ordinal);
        Assert.Equal("no idea", result.ErrorText("Throws"));
        Assert.Contains("is not a path", result.ErrorText("Empty"), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_relative_to_where_the_script_begins()
    {
        ShellResult result = Run("""
            New-DagNode A -OutputPath out, { 'o2' } { $null = mkdir sub; Set-Content out, o2 1; Set-Location sub } | Invoke-Dag
            """);

        Assert.Empty(result.Streams.Warning);
        Assert.Equal(2, result.NodeOutput("A").Length);
    }

    [Fact]
    public void A_file_may_be_named_twice()
    {
        Put("a 1, o2 1", "");
        ShellResult result = Run("New-DagNode A -InputPath a -OutputPath a, o*, o2 { } | Invoke-Dag");

        Assert.True((bool)result.Node("A").Properties["UpToDate"].Value);
        Assert.Equal(["a", "o2", "o2"], result.NodeOutput("A").Select(file => ((FileInfo)file!).Name));
    }

    [Fact]
    public void What_gives_the_paths_is_not_what_the_node_said()
    {
        ShellResult result = Run("""
            $r = New-DagNode A -OutputPath { 'out' } { 'said'; Set-Content out 1 } | Invoke-Dag
            $r.Log.Text
            """);

        Assert.Equal(["said"], result.Text);
    }

    [Fact]
    public void What_gives_the_paths_may_skip_the_node_with_what_it_had_given_out()
    {
        ShellResult result = Run("""
            New-DagNode A -OutputPath { if (Test-Path done) { Skip-DagNode 'late' } } { Set-Content done 1; 'x'; 5 } | Invoke-Dag
            """);

        Assert.Equal(("Skipped", "late"), (result.Status("A"), result.SkipReason("A")));
        Assert.Equal(["x", 5], result.NodeOutput("A"));
    }

    [Fact]
    public void Missing_files_are_told()
    {
        ShellResult result = Run("New-DagNode A -InputPath typo -OutputPath out { } | Invoke-Dag");

        Assert.Equal(
            [
                "[A] The input 'typo' is not there, so the node is run, whatever outputs are there.",
                "[A] The node has run, and its output 'out' is not there.",
            ],
            result.Streams.Warning);
    }

    [Theory]
    [InlineData("New-DagNode B -InputPath x -OutputPath y { }", "'B' reads 'x'")]
    [InlineData("New-DagNode B -InputPath $folder/x -OutputPath y { }", "'B' reads 'x'")]
    [InlineData("New-DagNode B -InputPath * -OutputPath y { }", "'B' reads 'x'")]
    [InlineData("New-DagNode B -InputPath **/x -OutputPath y { }", "'B' reads 'x'")]
    [InlineData("New-DagNode B -InputPath $folder -OutputPath /dev/null { }", "'B' reads 'x'")]
    [InlineData("New-DagNode B -OutputPath x { }", "'A' and 'B' both write 'x'")]
    [InlineData("New-DagNode B -InputPath x -OutputPath y -DependsOn A { }", null)]
    [InlineData("New-DagNode M -DependsOn A { }; New-DagNode B -InputPath x -OutputPath y -DependsOn M { }", null)]
    [InlineData("New-DagNode B -InputPath x2, sub/x, *.txt -OutputPath y { }", null)]
    [InlineData("New-DagNode B -InputPath { 'x' } -OutputPath y { }", null)]
    public void Two_nodes_that_would_race_are_a_warning(string other, string? expected)
    {
        Put("x2 1, sub/x 1", "x 1, y 1");
        ShellResult result = Run($"@(New-DagNode A -OutputPath x {{ }}; {other}) | Invoke-Dag");

        if (expected is null)
        {
            Assert.Empty(result.Streams.Warning);
        }
        else
        {
            Assert.Contains(expected, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatIf_says_which_nodes_are_up_to_date()
    {
        Put("a 1, b 3, c 1", "x 2, y 2, z 2");
        ShellResult result = Run("""
            @(
                New-DagNode Fresh -InputPath a -OutputPath x { }
                New-DagNode Stale -InputPath b -OutputPath y { }
                New-DagNode After -InputPath y, c -OutputPath z -DependsOn Stale { }
                New-DagNode Plain { }
                New-DagNode Asks -InputPath { 'a' } -OutputPath x2 -DependsOn Fresh { }
            ) | Invoke-Dag -WhatIf | ForEach-Object { "$($_.Name) $($_.UpToDate)" } | Sort-Object
            """);

        Assert.Equal(["After False", "Asks ", "Fresh True", "Plain ", "Stale False"], result.Text);
    }

    [Fact]
    public void WhatIf_says_that_what_is_to_run_again_is_not_up_to_date()
    {
        Put("a 1", "x 2, y 3");
        ShellResult result = Run("""
            @(
                New-DagNode First -InputPath a -OutputPath x { }
                New-DagNode Next -InputPath x -OutputPath y -DependsOn First { }
                New-DagNode Other -InputPath a -OutputPath y2 { }
            ) | Invoke-Dag -WhatIf -Rerun First | ForEach-Object { "$($_.Name) $($_.UpToDate)" } | Sort-Object
            """);

        Assert.Equal(["First False", "Next False", "Other False"], result.Text);
    }

    [Fact]
    public void Rerun_runs_what_is_up_to_date_and_all_that_comes_after_it()
    {
        Put("a 1", "x 2, y 3, z 2");
        const string Nodes = """
            @(
                New-DagNode First -InputPath a -OutputPath x { Set-Content x 1 }
                New-DagNode Next -InputPath x -OutputPath y -DependsOn First { Set-Content y 1 }
                New-DagNode Other -InputPath a -OutputPath z { Set-Content z 1 }
            )
            """;
        ShellResult all = Run(Nodes + " | Invoke-Dag");
        Assert.Equal((0, 0, 0), (all.Attempts("First"), all.Attempts("Next"), all.Attempts("Other")));

        ShellResult again = Run(Nodes + " | Invoke-Dag -Rerun First");
        Assert.Equal((1, 1, 0), (again.Attempts("First"), again.Attempts("Next"), again.Attempts("Other")));
    }

    [Fact]
    public void A_changed_script_is_known_from_the_journal()
    {
        Put("a 1", "");
        const string Run1 = "New-DagNode A -InputPath a -OutputPath out { Set-Content out 1 } | Invoke-Dag -Checkpoint journal";
        Assert.Equal(1, Run(Run1).Attempts("A"));
        Assert.True((bool)Run(Run1).Node("A").Properties["UpToDate"].Value);
        string changed = Run1.Replace("out 1", "out 2", StringComparison.Ordinal);
        Assert.Equal(1, Run(changed).Attempts("A"));
        Assert.True((bool)Run(changed).Node("A").Properties["UpToDate"].Value);
        Assert.True((bool)Run(Run1.Replace("-Checkpoint journal", "", StringComparison.Ordinal)).Node("A").Properties["UpToDate"].Value);
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("runs/")]
    public void What_made_the_files_stays_known_over_runs(string checkpoint)
    {
        Run("""
            function Go($v, $how = @{}) {
                @(
                    New-DagNode A -OutputPath out ([scriptblock]::Create("Set-Content out $v"))
                    New-DagNode B ([scriptblock]::Create("if ('$($how.Fails)') { throw 'x' }"))
                    New-DagNode C -DependsOn B -OutputPath c { Set-Content c 1 }
                ) | New-Dag D | Invoke-Dag -Checkpoint $cp -ErrorAction SilentlyContinue @params |
                    Where-Object Name -EQ A | ForEach-Object { "$($_.UpToDate) $(Get-Content out)" }
            }
            """.Replace("@params", "-Target ($how.Target ?? '*') -Force:([bool]$how.Force)", StringComparison.Ordinal)
            + $"; $cp = '{checkpoint}'");

        Assert.Equal(
            ["False v1", "True v1", "True v1", "False v2", "True v2", "False v3", "False v4", "False v5"],
            Run("""
                Go v1; Go v1; Go v1; Go v2; Go v2
                $null = Go v2 @{ Target = 'B' }
                Go v3 @{ Force = $true }
                $null = Go v3 @{ Target = 'B'; Fails = 1 }
                Go v4 @{ Force = $true }
                Go v5 @{ Force = $true }
                """).Text);
    }

    [Fact]
    public void In_a_folder_the_journals_of_other_dags_say_nothing()
    {
        Assert.Equal(
            ["False", "False", "True", "False"],
            Run("""
                New-DagNode A -OutputPath out { Set-Content out 1 } | New-Dag D | Invoke-Dag -Checkpoint runs/ | ForEach-Object UpToDate
                New-DagNode A -OutputPath o2 { Set-Content o2 2 } | New-Dag E | Invoke-Dag -Checkpoint runs/ | ForEach-Object UpToDate
                New-DagNode A -OutputPath out { Set-Content out 1 } | New-Dag D | Invoke-Dag -Checkpoint runs/ | ForEach-Object UpToDate
                New-DagNode A -OutputPath out { Set-Content out 3 } | New-Dag D | Invoke-Dag -Checkpoint runs/ | ForEach-Object UpToDate
                """).Text);
    }

    [Fact]
    public void An_older_run_that_goes_on_does_not_restore_what_a_newer_one_has_made()
    {
        ShellResult result = Run("""
            function Go($v, $fails, [switch] $Resume) {
                @(
                    New-DagNode A -OutputPath out ([scriptblock]::Create("Set-Content out $v"))
                    New-DagNode B -DependsOn A { if (Test-Path fails) { throw 'x' } }
                ) | New-Dag D | Invoke-Dag -Checkpoint runs/ -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -Resume:$Resume |
                    Where-Object Name -EQ A | ForEach-Object { "$($_.FromCheckpoint) $($_.UpToDate) $(Get-Content out)" }
            }
            Set-Content fails 1
            Go v1
            Remove-Item fails
            Go v2
            Go v1 -Resume
            """);

        Assert.Equal(["False False v1", "False False v2", "False False v1"], result.Text);
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("runs/")]
    public void WhatIf_knows_a_changed_script(string checkpoint)
    {
        ShellResult result = Run($$"""
            $show = { "$($_.UpToDate) $($_.Reason)" }
            $old = New-DagNode A -OutputPath out { Set-Content out 1 } | New-Dag D
            $new = New-DagNode A -OutputPath out { Set-Content out 2 } | New-Dag D
            $null = $old | Invoke-Dag -Checkpoint {{checkpoint}}
            $old | Invoke-Dag -Checkpoint {{checkpoint}} -WhatIf 6> $null | ForEach-Object $show
            $new | Invoke-Dag -Checkpoint {{checkpoint}} -WhatIf 6> $null | ForEach-Object $show
            $old | Invoke-Dag -Checkpoint {{checkpoint}} -Resume -WhatIf 6> $null | ForEach-Object $show
            $new | Invoke-Dag -Checkpoint {{checkpoint}} -Resume -WhatIf 6> $null | ForEach-Object $show
            $new | Invoke-Dag -Checkpoint {{checkpoint}} | ForEach-Object UpToDate
            """);

        Assert.Equal(
            [
                "True need not run: its output files are up to date", "False runs again: its script changed",
                "True need not run: its output files are up to date", "False runs again: its script changed",
                "False",
            ],
            result.Text);
    }

    [Fact]
    public void Resume_goes_by_files_too()
    {
        Put("a 1", "");
        const string Dag = "@(New-DagNode A -InputPath a -OutputPath out { Set-Content out 1 }; New-DagNode B -DependsOn A { "
            + "if ($using:fails) { throw 'x' } }) | Invoke-Dag -Checkpoint journal -Resume -ErrorAction SilentlyContinue";
        Run("$fails = $true; " + Dag);
        Assert.True((bool)Run(Dag).Node("A").Properties["FromCheckpoint"].Value);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "a"), DateTime.UtcNow.AddHours(1));
        ShellResult again = Run("$fails = $false; " + Dag + " -Verbose");
        Assert.Equal(1, again.Attempts("A"));
        Assert.Contains(again.Streams.Verbose, line => line.Contains("output files", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_texts_exports_and_a_journal_say_so()
    {
        Put("a 1", "out 2");
        ShellResult result = Run("""
            $results = New-DagNode A -InputPath a -OutputPath out { } | Invoke-Dag -Checkpoint journal -Verbose -LogPath log
            $results | Out-String
            'run.json', 'run.csv', 'run.html', 'run.xml', 'r.trace.json' | ForEach-Object { $results | Export-DagRun $_ }
            Export-DagRun journal.json -Checkpoint journal
            Get-Content log | Select-String 'up to date'
            """);

        Assert.Contains("(up to date)", result.Text[0], StringComparison.Ordinal);
        Assert.Contains("[A] up to date", result.Streams.Verbose);
        Assert.Contains(result.Text, line => line.EndsWith("[A] up to date", StringComparison.Ordinal));
        foreach (string file in (string[])["run.json", "run.csv", "run.html", "run.xml", "journal.json"])
        {
            Assert.Contains("up to date", File.ReadAllText(Path.Combine(_folder.FullName, file)), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Sequential_runs_go_by_files_too()
    {
        Put("a 1", "out 2");
        ShellResult result = Run("New-DagNode A -InputPath a -OutputPath out { } | Invoke-Dag -Sequential");
        Assert.True((bool)result.Node("A").Properties["UpToDate"].Value);
    }

    [Fact]
    public void Input_without_output_is_refused() => Assert.Contains(
        "-OutputPath", Shell.Run("New-DagNode A -InputPath a { }").ThrownRecord!.Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_dag_as_a_node_has_no_files_of_its_own()
    {
        ShellResult result = Shell.Run("New-DagNode A -Dag { New-DagNode B { } } -OutputPath x");
        Assert.Contains("-OutputPath", result.ThrownRecord!.Exception.Message, StringComparison.Ordinal);
        Assert.False((bool)Run("New-DagNode A -Dag { New-DagNode B { } } | Invoke-Dag").Node("A").Properties["UpToDate"].Value);
    }

    /// <summary>Writes files: "name hour, name hour".</summary>
    private void Put(params string[] lists)
    {
        foreach (string file in lists.SelectMany(list => list.Split(", ", StringSplitOptions.RemoveEmptyEntries)))
        {
            string[] parts = file.Split(' ');
            File.SetLastWriteTimeUtc(_folder.Write(parts[0], "x"), Noon.AddHours(int.Parse(parts[1], null)));
        }
    }

    private string[] Ran() => Run("$ran.ToArray(); $ran.Clear()").Text;

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        if (isDisposing)
        {
            _folder.Dispose();
        }
    }

    [Theory]
    [InlineData("s[x")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("sub/[z-a]/x")]
    public void A_pattern_that_is_not_valid_is_told_before_anything_runs(string pattern)
    {
        foreach (string parameter in new[] { "InputPath", "OutputPath" })
        {
            string other = parameter == "InputPath" ? "-OutputPath o" : string.Empty;
            ShellResult result = Shell.Run(
                $"$nodes = (New-DagNode first {{ $global:ran = 1 }}), (New-DagNode n {{ 1 }} -{parameter} '{pattern}' {other});"
                + "$nodes | Invoke-Dag -Sequential");

            Assert.StartsWith("InvalidPattern,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.StartsWith(
                $"-{parameter} of node 'n': '{pattern}' is not a valid pattern", result.Thrown!.Message, StringComparison.Ordinal);
            Assert.Empty(result.Output);
        }
    }

    [Fact]
    public void A_script_block_and_a_dag_that_comes_late_fail_their_node_by_such_a_pattern()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode before { 1 } -OutputPath { 's[x' }
                New-DagNode after { $global:made = 'out[' } -OutputPath { if ($global:made) { $global:made } else { 'none' } }
                New-DagNode late -Dag { $null = $Upstream; New-DagNode in { 1 } -OutputPath '[' }
            )
            $nodes | Invoke-Dag -ErrorAction Ignore
            """);

        foreach ((string node, string of, string path) in new[]
            { ("before", "before", "s[x"), ("after", "after", "out["), ("late", "late/in", "[") })
        {
            Assert.StartsWith(
                $"-OutputPath of node '{of}': '{path}' is not a valid pattern", result.ErrorText(node), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("New-DagNode a { } | Invoke-Dag -Target '['", "-Target: '[' is not a valid pattern")]
    [InlineData("New-DagNode a { } | Invoke-Dag -Rerun '[z-a]'", "-Rerun: '[z-a]' is not a valid pattern")]
    [InlineData("Invoke-Dag './['", "-Path: './[' is not a valid pattern")]
    [InlineData("Get-DagRun './[' -ErrorAction Stop", "-Path: './[' is not a valid pattern")]
    [InlineData("New-DagNode a { } -DependsOn '[z-a]' | Invoke-Dag", "Node 'a' depends on '[z-a]'")]
    [InlineData("New-DagNode a { } | Add-DagEdge -From '[]' -To a | Invoke-Dag", "'[]'")]
    public void Other_patterns_that_are_not_valid_are_told_with_what_they_were_given_to(string script, string message)
    {
        ShellResult result = Shell.Run(script);

        Assert.Contains(message, result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bracket_that_comes_first_in_a_set_stands_for_itself()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode w { 1 } -OutputPath 'x]'), (New-DagNode r { 1 } -InputPath 'x[]a]' -OutputPath o2)
            $nodes | Invoke-Dag -WhatIf
            """);

        Assert.Null(result.Thrown);
        Assert.Single(result.Streams.Warning);
    }
}
