using System.Diagnostics;

namespace DagShell.Tests.Checkpoints;

/// <summary>What is not ours is not taken, what is ours is not thrown away, and what is wrong with a journal's place is said.</summary>
public sealed class GuardTests : CheckpointTests
{
    private const string Plan = """
        $dag = New-Dag nightly {
            New-DagNode Plan { ($using:ran).Enqueue('Plan'); 'planned' }
            New-DagNode Build { ($using:ran).Enqueue('Build'); $Upstream.Plan } -DependsOn Plan
            New-DagNode Test { ($using:ran).Enqueue('Test') } -DependsOn Plan
        }

        """;

    [Theory]
    [InlineData("New-Dag weekly { New-DagNode A { 1 } }", "'nightly'")]
    [InlineData("New-DagNode Z { 1 }", "'nightly'")]
    public void The_journal_of_another_dag_is_refused_and_left_alone(string other, string whose)
    {
        Run("New-Dag nightly { New-DagNode A { 1 }; New-DagNode B { throw 'no' } } | Invoke-Dag -Checkpoint $journal");
        byte[] before = File.ReadAllBytes(Journal);
        foreach (string how in new[] { "-Resume", "" })
        {
            ShellResult result = Shell.Run($"{other} | Invoke-Dag -Checkpoint $journal {how}");
            Assert.StartsWith("DagCheckpointOfAnother,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(whose, result.Thrown!.Message, StringComparison.Ordinal);
            Assert.Contains("-Force", result.Thrown.Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(Journal));
        }

        Run($"{other} | Invoke-Dag -Checkpoint $journal -Force");
    }

    [Fact]
    public void A_dag_without_a_name_is_known_by_its_nodes()
    {
        Run("New-DagNode A { 1 }; New-DagNode B { throw 'no' } | Out-Null; & { New-DagNode A { 1 }; New-DagNode B { throw 'no' } } | "
            + "Invoke-Dag -Checkpoint $journal");
        Assert.Contains("'A'", Shell.Run("New-DagNode C { 1 } | Invoke-Dag -Checkpoint $journal -Resume").Thrown!.Message,
            StringComparison.Ordinal);
        Run("New-DagNode A { 1 } | Invoke-Dag -Checkpoint $journal -Resume");
    }

    [Fact]
    public void A_run_of_some_nodes_adds_to_what_is_there_and_does_not_finish_it()
    {
        Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal -Target Plan");
        Assert.Equal(["Plan"], TakeRan());
        ShellResult refused = Shell.Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal");
        Assert.StartsWith("DagCheckpointUnfinished,", refused.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("1 of 3 nodes", refused.Thrown!.Message, StringComparison.Ordinal);

        Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal -Resume -Target Test");
        Assert.Equal(["Test"], TakeRan());
        ShellResult rest = Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["Build"], TakeRan());
        Assert.Equal(["planned"], rest.NodeOutput("Build"));

        // Now it is finished.
        Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal");
        Assert.Equal(["Build", "Plan", "Test"], TakeRan());
    }

    [Fact]
    public void What_a_run_of_some_nodes_made_stale_runs_again()
    {
        Run(Plan + "$dag | Invoke-Dag -Checkpoint $journal -Target Build");
        TakeRan();
        string changed = Plan.Replace("'planned'", "'planned anew'", StringComparison.Ordinal);
        Run(changed + "$dag | Invoke-Dag -Checkpoint $journal -Resume -Target Plan");
        Assert.Equal(["Plan"], TakeRan());
        ShellResult result = Run(changed + "$dag | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["Build", "Test"], TakeRan());
        Assert.Equal(["planned anew"], result.NodeOutput("Build"));
    }

    [Fact]
    public void A_pipe_is_refused_at_once_by_all()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Process.Start("mkfifo", Journal).WaitForExit();
        foreach (string command in new[]
        {
            "New-DagNode A { 1 } | Invoke-Dag -Checkpoint $journal", "New-DagNode A { 1 } | Invoke-Dag -Checkpoint $journal -Force",
            "Show-Dag -Checkpoint $journal", "Measure-DagRun -Checkpoint $journal", "Export-Dag x.svg -Checkpoint $journal",
            "Export-DagRun x.html -Checkpoint $journal",
        })
        {
            ShellResult result = Shell.Run(command);
            Assert.StartsWith("DagCheckpointInvalid,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("a pipe", result.Thrown!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_that_everybody_may_write_to_is_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Empty(Run("New-DagNode A { 1 } | Invoke-Dag -Checkpoint $journal").Streams.Warning);
        File.SetUnixFileMode(Folder.FullName, File.GetUnixFileMode(Folder.FullName) | UnixFileMode.OtherWrite);
        Assert.Contains(
            Folder.FullName, Assert.Single(Run("New-DagNode A { 1 } | Invoke-Dag -Checkpoint $journal").Streams.Warning),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_is_deleted_while_its_run_goes_on_is_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        ShellResult result = Run("""
            New-DagNode A { [IO.File]::Delete($using:journal) }
            New-DagNode B -DependsOn A { ($using:ran).Enqueue('B') }
            """.Insert(0, "& {") + "} | Invoke-Dag -Checkpoint $journal -RunVariable run");

        Assert.Empty(TakeRan());
        Assert.Contains("deleted", Assert.Single(result.Streams.Error).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["Failed"], Run("$run.Status").Text);
    }

    [Fact]
    public void A_record_that_does_not_decode_makes_its_node_run_again_and_names_the_journal()
    {
        const string Nodes =
            "& { New-DagNode A { ($using:ran).Enqueue('A'); 1 }; New-DagNode B -DependsOn A { throw 'no' } } | Invoke-Dag -Checkpoint "
            + "$journal";
        Run(Nodes);
        TakeRan();
        Damage();
        ShellResult result = Run(Nodes + " -Resume");

        Assert.Equal(["A"], TakeRan());
        Assert.Contains(Journal, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);

        // A line with the right checksum and an output that is none.
        void Damage()
        {
            string[] lines = File.ReadAllLines(Journal);
            uint checksum = uint.MaxValue;
            for (int i = 0; i < lines.Length; i++)
            {
                string line = lines[i].Replace("<I32>1</I32>", "<I32>one</I32>", StringComparison.Ordinal);
                line = line[..line.LastIndexOf(",\"crc\"", StringComparison.Ordinal)];
                foreach (byte value in System.Text.Encoding.UTF8.GetBytes(line))
                {
                    checksum = System.Numerics.BitOperations.Crc32C(checksum, value);
                }

                lines[i] = $"{line},\"crc\":\"{checksum:x8}\"}}";
            }

            File.WriteAllText(Journal, string.Join('\n', lines) + "\n");
        }
    }
}
