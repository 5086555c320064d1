using System.Management.Automation;

namespace DagShell.Tests.Checkpoints;

/// <summary>Nodes that are named run again, with all that depends on them, and the rest comes from the journal.</summary>
public sealed class RerunTests : CheckpointTests
{
    private const string Dag = """
        $dag = New-Dag nightly {
            New-DagNode Plan { ($using:ran).Enqueue('Plan'); 'planned' }
            New-DagNode Build { ($using:ran).Enqueue('Build'); "built $($Upstream.Plan)" } -DependsOn Plan
            New-DagNode Test { ($using:ran).Enqueue('Test') } -DependsOn Build
            New-DagNode Lint { ($using:ran).Enqueue('Lint') } -DependsOn Plan
        }

        """;

    private const string Relations = """
        $dag = New-Dag nightly {
            New-DagNode SetUp { ($using:ran).Enqueue('SetUp') }
            New-DagNode Use { ($using:ran).Enqueue('Use') } -DependsOn SetUp
            New-DagNode TearDown { ($using:ran).Enqueue('TearDown') } -CleanUpOf SetUp
            New-DagNode Copy { ($using:ran).Enqueue('Copy'); throw 'no' }
            New-DagNode CopySlowly { ($using:ran).Enqueue('CopySlowly'); 1 } -FallbackFor Copy
            New-DagNode Report { ($using:ran).Enqueue('Report') } -DependsOn Copy
        }

        """;

    private const string Items = """
        $dag = New-Dag items {
            New-DagNode List { ($using:ran).Enqueue('List'); 1; 2; 3 }
            New-DagNode Map { ($using:ran).Enqueue("Map$_"); "m$_" } -ForEach { $Upstream.List } -DependsOn List
            New-DagNode After { ($using:ran).Enqueue('After') } -DependsOn Map
        }

        """;

    [Theory]
    [InlineData("-Rerun Build -Resume", "Build Test")]
    [InlineData("-Rerun Build", "Build Test")]
    [InlineData("-Rerun b*, LINT -Resume", "Build Lint Test")]
    [InlineData("-Rerun Plan -Resume", "Build Lint Plan Test")]
    [InlineData("-Rerun $dag.Nodes[3], Test -Resume", "Lint Test")]
    [InlineData("-Rerun Test -Resume -Force", "Build Lint Plan Test")]
    [InlineData("-Rerun Build -Resume -Target Build", "Build")]
    public void Of_a_finished_run_what_is_named_and_what_depends_on_it_runs_again(string how, string expected)
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        ShellResult result = Run(Dag + $"$dag | Invoke-Dag -Checkpoint $journal {how}");

        Assert.Equal(expected, string.Join(' ', TakeRan()));
        Assert.Equal(["built planned"], result.NodeOutput("Build"));
        Assert.Empty(result.Streams.Error);
    }

    [Theory]
    [InlineData("SetUp", "SetUp TearDown Use")]
    [InlineData("Use", "SetUp TearDown Use")]
    [InlineData("TearDown", "TearDown")]
    [InlineData("Copy", "Copy CopySlowly Report")]
    [InlineData("CopySlowly", "Copy CopySlowly Report")]
    [InlineData("Report", "Report")]
    public void Clean_up_and_fallbacks_go_along(string again, string expected)
    {
        Run(Relations + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        Run(Relations + $"$dag | Invoke-Dag -Checkpoint $journal -Resume -Rerun {again} -RunVariable run");

        Assert.Equal(expected, string.Join(' ', TakeRan()));
        Assert.Equal(["Succeeded"], Run("$run.Status").Text);
    }

    [Theory]
    [InlineData("-Rerun Map", "After Map1 Map2 Map3")]
    [InlineData("-Rerun List", "After List Map1 Map2 Map3")]
    [InlineData("-Rerun After", "After")]
    public void All_items_run_again(string how, string expected)
    {
        Run(Items + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        Run(Items + $"$dag | Invoke-Dag -Checkpoint $journal {how}");
        Assert.Equal(expected, string.Join(' ', TakeRan()));
    }

    [Theory]
    [InlineData("Deploy", "After Build Push")]
    [InlineData("Deploy/Push", "After Push")]
    [InlineData("deploy/*", "After Build Push")]
    [InlineData("After", "After")]
    public void Of_a_dag_that_is_a_node_all_inner_nodes_run_again(string again, string expected)
    {
        const string Nested = """
            $dag = New-Dag outer {
                New-DagNode Deploy -Dag {
                    New-DagNode Build { ($using:ran).Enqueue('Build'); 1 }
                    New-DagNode Push { ($using:ran).Enqueue('Push'); 2 } -DependsOn Build
                }
                New-DagNode After { ($using:ran).Enqueue('After') } -DependsOn Deploy
            }

            """;
        Run(Nested + "$dag | Invoke-Dag -Checkpoint $journal");
        Assert.Equal(["After", "Build", "Push"], TakeRan());
        Run(Nested + $"$dag | Invoke-Dag -Checkpoint $journal -Rerun {again}");
        Assert.Equal(expected, string.Join(' ', TakeRan()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-Rerun Compile", "Compile Pack")]
    [InlineData("-Rerun Pack", "Pack")]
    [InlineData("-Rerun Compile -Checkpoint $journal", "Compile Pack")]
    public void Time_stamps_do_not_matter_to_what_is_named(string how, string expected)
    {
        const string Files = """
            $dag = New-Dag files {
                New-DagNode Compile { ($using:ran).Enqueue('Compile'); 1 > $using:folder/a } -OutputPath $folder/a
                New-DagNode Pack { ($using:ran).Enqueue('Pack'); 1 > $using:folder/b } -DependsOn Compile -InputPath $folder/a -OutputPath $folder/b
                New-DagNode Other { ($using:ran).Enqueue('Other'); 1 > $using:folder/c } -OutputPath $folder/c
            }

            """;
        Run(Files + "$dag | Invoke-Dag", ("folder", Folder.FullName));
        Assert.Equal(["Compile", "Other", "Pack"], TakeRan());
        Run(Files + $"$dag | Invoke-Dag {how}");
        Assert.Equal(expected, string.Join(' ', TakeRan()));
    }

    [Fact]
    public void Items_that_were_left_aside_when_what_they_depend_on_ran_again_are_not_restored()
    {
        Run(Items + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        Run(Items + "$dag | Invoke-Dag -Checkpoint $journal -Rerun List -Target List");
        Assert.Equal(["List"], TakeRan());
        Run(Items + "$dag | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["After", "Map1", "Map2", "Map3"], TakeRan());
    }

    [Fact]
    public void In_a_folder_the_newest_run_is_meant_finished_or_not()
    {
        ShellResult result = Run(Dag + """
            $folder = Join-Path (Split-Path $journal) runs/
            $dag | Invoke-Dag -Checkpoint $folder | Out-Null
            $ran.Clear()
            $dag | Invoke-Dag -Checkpoint $folder | Out-Null
            $newest = (Get-DagRun $folder)[0].Path
            $ran.Clear()
            $dag | Invoke-Dag -Checkpoint $folder -Resume -Rerun Test -RunVariable run | Out-Null
            $run.Path -eq $newest
            @(Get-DagRun $folder).Count
            $ran -join ' '
            """);

        Assert.Equal(["True", "2", "Test"], result.Text);
    }

    [Fact]
    public void What_runs_again_and_is_stopped_or_fails_is_not_done()
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        string broken = Dag.Replace(
            "($using:ran).Enqueue('Test')",
            "if ($env:DAGSHELL_TEST_RERUN) { throw 'no' }; ($using:ran).Enqueue('Test')",
            StringComparison.Ordinal);
        Run(broken + """
            $env:DAGSHELL_TEST_RERUN = 1
            $dag | Invoke-Dag -Checkpoint $journal -Rerun Build -RunVariable run
            Remove-Item env:DAGSHELL_TEST_RERUN
            """);
        Assert.Equal(["Build"], TakeRan());
        Assert.Equal(["Failed"], Run("$run.Status").Text);
        Run(broken + "$dag | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["Test"], TakeRan());
    }

    [Theory]
    [InlineData("Biuld", "'Build'")]
    [InlineData("Build, no*", "no*")]
    public void A_name_that_no_node_has_is_a_clear_error(string names, string expected)
    {
        ShellResult result = Shell.Run(Dag + $"$dag | Invoke-Dag -Checkpoint $journal -Rerun {names}");

        Assert.StartsWith("RerunNotFound,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains("-Rerun", result.Thrown.Message, StringComparison.Ordinal);
        Assert.Empty(TakeRan());
    }

    [Fact]
    public void What_the_target_leaves_aside_is_run_again_by_the_next_run()
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        ShellResult result = Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal -Rerun Lint -Target Test");
        Assert.Contains("'Lint'", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
        Assert.Empty(TakeRan());
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["Lint"], TakeRan());
    }

    [Fact]
    public void Verbose_says_what_was_named()
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        ShellResult result = Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal -Rerun Build -Verbose");

        Assert.Contains("[Build] runs again: -Rerun names it", result.Streams.Verbose);
        Assert.Contains(
            result.Streams.Verbose, line => line.StartsWith("[Test] runs again: it depends on 'Build'", StringComparison.Ordinal));
        Assert.Contains(result.Streams.Verbose, line => line.StartsWith("[Lint] restored", StringComparison.Ordinal));
    }

    [Fact]
    public void The_line_that_resumes_does_not_do_over_what_was_done()
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        ShellResult result = Run(
            Dag.Replace("($using:ran).Enqueue('Test')", "throw 'no'", StringComparison.Ordinal)
            + "$dag | Invoke-Dag -Rerun Build, Lint -Checkpoint $journal -ErrorAction Continue 6>&1 | Out-String -Stream");

        Assert.Contains(result.Text, line => line.EndsWith("$dag | Invoke-Dag -Checkpoint $journal -ErrorAction Continue -Resume",
            StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIf_says_that_a_node_inside_was_left_out()
    {
        ShellResult result = Run("""
            $n = { New-DagNode P -Dag { New-DagNode A { 1 }; New-DagNode B { 2 } } }
            $null = & $n | Invoke-Dag -Checkpoint $journal -Target P/A
            & $n | Invoke-Dag -Checkpoint $journal -Resume -WhatIf 6> $null | Sort-Object Name |
                ForEach-Object { "$($_.Name) $($_.Reason)" }
            """);

        Assert.Equal(
            [
                "P runs again: 'P/B', which is inside of it, runs",
                "P/A restored from the checkpoint: it is done, and has not changed",
                "P/B runs: the run before left it out, and it was not done",
            ],
            result.Text);
    }

    [Fact]
    public void WhatIf_says_what_would_be_restored_and_why_and_touches_nothing()
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal -Target Lint");
        TakeRan();
        byte[] before = File.ReadAllBytes(Journal);
        DateTime written = File.GetLastWriteTimeUtc(Journal);
        ShellResult result = Run(
            Dag.Replace("Enqueue('Lint')", "Enqueue('Lint '.Trim())", StringComparison.Ordinal)
            + "$plan = $dag | Invoke-Dag -Checkpoint $journal -Resume -WhatIf; $plan; ($plan | Out-String) -split '\\n'");

        Dictionary<string, PSObject> plan = result.Output.Take(4).ToDictionary(node => (string)node.Properties["Name"].Value);
        Assert.Equal(
            ["Build False", "Lint False", "Plan True", "Test False"],
            plan.Select(node => $"{node.Key} {node.Value.Properties["FromCheckpoint"].Value}").Order());
        Assert.StartsWith("restored", (string)plan["Plan"].Properties["Reason"].Value, StringComparison.Ordinal);
        Assert.Contains("changed", (string)plan["Lint"].Properties["Reason"].Value, StringComparison.Ordinal);
        Assert.Contains("not done", (string)plan["Test"].Properties["Reason"].Value, StringComparison.Ordinal);
        Assert.Contains(result.Text, line => line.Contains("Plan", StringComparison.Ordinal) && line.Contains('↺'));
        Assert.Contains("4 nodes, of which 1 are restored", Shell.Screen.Text, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Journal));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Journal));
        Assert.Empty(TakeRan());
    }

    [Theory]
    [InlineData("-Checkpoint $folder/none.journal -Resume", "there is no run")]
    [InlineData("-Checkpoint $folder/none/ -Resume", "there is no run")]
    [InlineData("-Checkpoint $folder -Resume", "there is no run")]
    [InlineData("-Checkpoint $journal -Rerun Build", "-Rerun")]
    [InlineData("-Checkpoint $journal", "")]
    public void WhatIf_makes_nothing(string how, string reason)
    {
        Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal");
        string[] before = Directory.GetFileSystemEntries(Folder.FullName);
        ShellResult result = Run(Dag + $"$dag | Invoke-Dag {how} -WhatIf", ("folder", Folder.FullName + "/empty"));

        PSObject build = result.Output.Single(node => (string)node.Properties["Name"].Value == "Build");
        Assert.Contains(reason, (string?)build.Properties["Reason"].Value ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder.FullName));
    }

    [Fact]
    public void WhatIf_refuses_what_the_run_would_refuse()
    {
        Run("New-DagNode X { throw 'no' } | New-Dag other | Invoke-Dag -Checkpoint $journal");
        ShellResult result = Shell.Run(Dag + "$dag | Invoke-Dag -Checkpoint $journal -Resume -WhatIf");

        Assert.StartsWith("DagCheckpointOfAnother,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_folder_a_run_of_some_nodes_is_gone_on_with()
    {
        ShellResult result = Run(Dag + """
            $folder = Join-Path (Split-Path $journal) runs/
            $dag | Invoke-Dag -Checkpoint $folder -Target Plan | Out-Null
            $ran -join ' '; $ran.Clear()
            $dag | Invoke-Dag -Checkpoint $folder -Resume -Target Lint | Out-Null
            $ran -join ' '; $ran.Clear()
            $dag | Invoke-Dag -Checkpoint $folder -Resume | Out-Null
            $ran -join ' '; $ran.Clear()
            @(Get-DagRun $folder).Count
            $dag | Invoke-Dag -Checkpoint $folder -Resume | Out-Null
            @($ran).Count
            @(Get-DagRun $folder).Count
            """);

        Assert.Equal(["Plan", "Lint", "Build Test", "1", "4", "2"], result.Text);
    }

    [Fact]
    public void That_a_newer_run_is_finished_is_told()
    {
        ShellResult result = Run(Dag + """
            $folder = Join-Path (Split-Path $journal) runs/
            $dag | Invoke-Dag -Checkpoint $folder -Target Plan | Out-Null
            $first = (Get-DagRun $folder).Path
            $dag | Invoke-Dag -Checkpoint $folder | Out-Null
            $dag | Invoke-Dag -Checkpoint $folder -Resume -RunVariable run | Out-Null
            $run.Path -eq $first
            """);

        Assert.Equal(["True"], result.Text);
        Assert.Contains("newer", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }
}
