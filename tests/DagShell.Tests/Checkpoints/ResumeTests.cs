namespace DagShell.Tests.Checkpoints;

/// <summary>A run that died goes on where it was: what is done is not run again, and what it gave out is there.</summary>
public sealed class ResumeTests : CheckpointTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode A { ($using:ran).Enqueue('A'); 1; @{ list = 'x', 'y' } }
            New-DagNode B -DependsOn A { ($using:ran).Enqueue('B'); "$($Upstream.A[0]) $($Upstream.A[1].list[1])" }
            New-DagNode C -DependsOn B { ($using:ran).Enqueue('C'); if ($env:DAGSHELL_TEST_BREAK) { throw 'broken' }; "C after $($Upstream.B)" }
            New-DagNode D -DependsOn C, A { ($using:ran).Enqueue('D'); "D after $($Upstream.C) and $($Upstream.A[1].list -join '')" }
        )

        """;

    private const string Broken = "$env:DAGSHELL_TEST_BREAK = '1';" + Nodes;

    private static readonly string[] NodeNames = ["A", "B", "C", "D"];

    private const string Mended = "$env:DAGSHELL_TEST_BREAK = $null;" + Nodes;

    [Fact]
    public void What_is_done_is_not_run_again_and_its_output_feeds_the_rest()
    {
        ShellResult first = Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        Assert.Equal(["A Succeeded", "B Succeeded", "C Failed", "D Skipped"], first.Statuses);
        Assert.Equal(["A", "B", "C"], TakeRan());

        ShellResult second = Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["C", "D"], TakeRan());
        Assert.Equal(["A Succeeded", "B Succeeded", "C Succeeded", "D Succeeded"], second.Statuses);
        Assert.Equal(["1 y"], second.NodeOutput("B"));
        Assert.Equal(["D after C after 1 y and xy"], second.NodeOutput("D"));
        Assert.Equal([true, true, false, false], NodeNames.Select(name => second.Node(name).Properties["FromCheckpoint"].Value));
        Assert.Equal(0, second.Attempts("A"));
        Assert.Empty(second.Streams.Warning);
    }

    [Fact]
    public void Without_Resume_an_unfinished_run_is_an_error_that_says_what_to_do()
    {
        Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        byte[] before = File.ReadAllBytes(Journal);
        TakeRan();
        ShellResult result = Shell.Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal");

        Assert.StartsWith("DagCheckpointUnfinished,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("2 of 4 nodes", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains("-Resume", result.Thrown.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", result.Thrown.Message, StringComparison.Ordinal);
        Assert.Empty(TakeRan());
        Assert.Equal(before, File.ReadAllBytes(Journal));
    }

    [Fact]
    public void Force_starts_over()
    {
        Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        ShellResult result = Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Force");

        Assert.Equal(["A", "B", "C", "D"], TakeRan());
        Assert.Equal(false, result.Node("A").Properties["FromCheckpoint"].Value);
    }

    [Fact]
    public void With_no_journal_or_that_of_a_run_that_succeeded_a_new_run_starts()
    {
        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["A", "B", "C", "D"], TakeRan());

        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["A", "B", "C", "D"], TakeRan());

        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal");
        Assert.Equal(["A", "B", "C", "D"], TakeRan());
    }

    [Fact]
    public void A_run_can_be_resumed_again_and_again()
    {
        for (int i = 0; i < 3; i++)
        {
            Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
            Assert.Equal(i == 0 ? ["A", "B", "C"] : ["C"], TakeRan());
        }

        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["C", "D"], TakeRan());
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on()
    {
        const string Script = """
            New-DagNode A { ($using:ran).Enqueue('A') }
            New-DagNode B -DependsOn A { ($using:ran).Enqueue('B'); if (-not $env:DAGSHELL_TEST_GO) { while ($true) { [Threading.Thread]::Sleep(10) } } }

            """;
        using (RunningScript running = Shell.Start("$env:DAGSHELL_TEST_GO = $null; & {" + Script + "} | Invoke-Dag -Checkpoint $journal"))
        {
            Patience.Until(() => Ran.Contains("B"), "B runs");
            running.Stop();
        }

        TakeRan();
        Run("$env:DAGSHELL_TEST_GO = '1'; & {" + Script + "} | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["B"], TakeRan());
    }

    [Fact]
    public void A_half_line_at_the_end_is_dropped_with_a_warning()
    {
        Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        using (FileStream file = new(Journal, FileMode.Open))
        {
            file.SetLength(file.Length - 5);
        }

        ShellResult result = Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Contains(Journal, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
        Assert.Equal(["C", "D"], TakeRan());
    }

    [Fact]
    public void What_is_not_ours_is_refused_and_left_alone()
    {
        string other = Folder.Write("letter.txt", "Dear all,\n");
        foreach (string force in new[] { "", "-Resume", "-Force" })
        {
            ShellResult result = Shell.Run(Mended + $"$nodes | Invoke-Dag -Checkpoint '{other}' {force}");
            Assert.StartsWith("DagCheckpointInvalid,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        Assert.Equal("Dear all,\n", File.ReadAllText(other));
        Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        File.WriteAllText(Journal, File.ReadAllText(Journal).Replace("broken", "fine", StringComparison.Ordinal));
        byte[] damaged = File.ReadAllBytes(Journal);
        ShellResult refused = Shell.Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Contains("Line ", refused.Thrown!.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(Journal));

        TakeRan();
        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -Force");
        Assert.Equal(["A", "B", "C", "D"], TakeRan());
    }

    [Fact]
    public void A_journal_in_use_is_a_clear_error()
    {
        ShellResult result = Run("""
            New-DagNode outer { try { New-DagNode inner { 'ran' } | Invoke-Dag -Checkpoint $using:journal } catch { $_.FullyQualifiedErrorId; $_.Exception.Message } } |
                Invoke-Dag -Checkpoint $journal
            """);

        Assert.StartsWith("DagCheckpointInUse,", (string)result.NodeOutput("outer")[0]!, StringComparison.Ordinal);
        Assert.Contains("Another run", (string)result.NodeOutput("outer")[1]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'Variable:\\x'")]
    [InlineData("(Join-Path $journal 'no' 'such' 'folder')")]
    public void A_path_that_cannot_be_written_is_an_error_before_anything_runs(string path)
    {
        ShellResult result = Shell.Run(Mended + $"$nodes | Invoke-Dag -Checkpoint {path}");

        Assert.StartsWith("DagCheckpointFailed,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(TakeRan());
    }

    [Theory]
    [InlineData("-Resume")]
    [InlineData("-Force")]
    public void Without_Checkpoint_there_is_nothing_to_resume(string parameter)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} | Invoke-Dag {parameter}");

        Assert.StartsWith("InvalidParameters,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_touches_nothing()
    {
        Run(Mended + "$nodes | Invoke-Dag -Checkpoint $journal -WhatIf");

        Assert.Empty(Directory.GetFiles(Folder.FullName));
    }

    [Theory]
    [InlineData("-Sequential")]
    [InlineData("-UseNewRunspace")]
    public void Other_ways_to_run_keep_a_journal_too(string how)
    {
        Run(Broken + $"$nodes | Invoke-Dag -Checkpoint $journal {how}");
        TakeRan();
        ShellResult result = Run(Mended + $"$nodes | Invoke-Dag -Checkpoint $journal -Resume {how}");

        Assert.Equal(["C", "D"], TakeRan());
        Assert.Equal(["D after C after 1 y and xy"], result.NodeOutput("D"));
    }

    [Fact]
    public void A_job_keeps_a_journal_too()
    {
        Run(Broken + "$job = $nodes | Invoke-Dag -Checkpoint $journal -AsJob; [void]$job.Finished.WaitOne()");
        TakeRan();
        Run(Mended + "$job = $nodes | Invoke-Dag -Checkpoint $journal -Resume -AsJob; [void]$job.Finished.WaitOne()");

        Assert.Equal(["C", "D"], TakeRan());
    }

    [Fact]
    public void The_run_knows_which_nodes_were_restored()
    {
        Run(Broken + "$nodes | Invoke-Dag -Checkpoint $journal");
        TakeRan();
        ShellResult result = Run(Mended + """
            $nodes | Invoke-Dag -Checkpoint $journal -Resume -RunVariable run | Out-Null
            $run.Status
            $run.Nodes.A.FromCheckpoint
            $run.Nodes.A.Output[1].list -join ','
            """);

        Assert.Equal(["Succeeded", "True", "x,y"], result.Text);
    }

    [Fact]
    public void Durations_of_earlier_runs_decide_what_starts_first()
    {
        const string Script = """
            New-DagNode slow { [Threading.Thread]::Sleep($using:pause); ($using:ran).Enqueue('slow') } -Description last
            New-DagNode estimated { ($using:ran).Enqueue('estimated') } -EstimatedDuration 30s
            New-DagNode quick { ($using:ran).Enqueue('quick') }

            """;
        Run("$pause = 300; & {" + Script + "} | Sort-Object Description | Invoke-Dag -ThrottleLimit 1 -Checkpoint $journal");
        Assert.Equal(["estimated", "quick", "slow"], Ran.Order());
        Assert.NotEqual("slow", Ran.First());
        Ran.Clear();

        Run("$pause = 0; & {" + Script + "} | Sort-Object Description | Invoke-Dag -ThrottleLimit 1 -Checkpoint $journal");
        Assert.Equal(["estimated", "slow", "quick"], Ran);
    }
}
