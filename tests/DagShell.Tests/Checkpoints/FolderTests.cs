using System.Management.Automation;

namespace DagShell.Tests.Checkpoints;

/// <summary>A folder keeps a journal a run; what is in it can be listed, resumed and looked at, and no dag is run twice at a time.</summary>
public sealed class FolderTests : CheckpointTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode A { ($using:ran).Enqueue('A'); 1 }
            New-DagNode B -DependsOn A { ($using:ran).Enqueue('B'); if (-not (Test-Path $using:folder/go)) { throw 'not yet' }; 2 }
        )
        $dag = $nodes | New-Dag 'night: /ly*'

        """;

    [Fact]
    public void Each_run_has_a_file_of_its_own_and_the_newest_comes_first()
    {
        ShellResult result = RunThere(Nodes + """
            $null = $dag | Invoke-Dag -Checkpoint $folder/runs/ -ErrorAction SilentlyContinue
            $null = New-Item $folder/go -ItemType File
            $null = $dag | Invoke-Dag -Checkpoint $folder/runs -RunVariable last
            Set-Content $folder/runs/notes.txt 'mine'
            Get-DagRun $folder/runs
            $last.Path
            Get-DagRun $folder/runs/* | Measure-DagRun
            """);

        Assert.Equal(["Succeeded", "Failed"], result.Output.Take(2).Select(run => Value(run, "Status")!.ToString()));
        Assert.Equal(["", "B"], result.Output.Take(2).Select(run => string.Join(',', (string[])Value(run, "FailedNodes")!)));
        Assert.All(result.Output.Take(2), run => Assert.Matches(
            @"^night___ly_-\d{8}-\d{6}(-\d+)?\.journal$", Path.GetFileName((string)Value(run, "Path")!)));
        Assert.Equal(Value(result.Output[0], "Path"), result.Output[2].BaseObject);
        Assert.Equal("night: /ly*", Value(result.Output[0], "Name"));
        Assert.Equal(["A", "A", "B", "B"], TakeRan());
    }

    [Fact]
    public void What_is_listed_goes_on_to_the_other_cmdlets()
    {
        ShellResult result = RunThere(Nodes + """
            $null = $dag | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
            $run = Get-DagRun $folder
            $run | Measure-DagRun
            $run | Export-DagRun $folder/run.json
            $run | Show-Dag | Out-String
            $run.Nodes['B']
            Get-ChildItem $folder/*.journal | Get-DagRun
            Get-DagRun -LiteralPath $run.Path
            Measure-DagRun -Checkpoint $folder
            """);

        Assert.Equal(1, Value(result.Output[0], "Failed"));
        Assert.Contains("not yet", File.ReadAllText(Path.Combine(Folder.FullName, "run.json")), StringComparison.Ordinal);
        Assert.Contains("B", result.Output[1].ToString(), StringComparison.Ordinal);
        Assert.Equal("not yet", ((ErrorRecord)Value(result.Output[2], "Error")!).Exception.Message);
        Assert.Equal(Value(result.Output[3], "Id"), Value(result.Output[4], "Id"));
        Assert.Equal(Value(result.Output[0], "Id"), Value(result.Output[5], "Id"));
    }

    [Fact]
    public void Resume_goes_on_with_the_newest_unfinished_run_of_this_dag()
    {
        ShellResult result = RunThere(Nodes + """
            $null = $dag | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
            $ran.Clear()
            $null = New-DagNode X { throw 'no' } | New-Dag other | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
            $null = New-Item $folder/go -ItemType File
            $dag | Invoke-Dag -Checkpoint $folder -Resume
            @(Get-DagRun $folder).Count
            $ran -join ' '
            $null = $dag | Invoke-Dag -Checkpoint $folder -Resume
            @(Get-DagRun $folder).Count
            """);

        Assert.Equal(true, result.Node("A").Properties["FromCheckpoint"].Value);
        Assert.Equal(["2", "B", "3"], result.Output.Skip(2).Select(count => count.ToString()));
    }

    [Fact]
    public void A_second_run_of_the_dag_is_refused_and_the_process_is_named()
    {
        ShellResult result = RunThere("""
            New-DagNode Wait { while (-not (Test-Path $using:folder/go)) { [Threading.Thread]::Sleep(10) } } |
                New-Dag nightly | Invoke-Dag -Checkpoint $folder -AsJob -RunVariable first | Out-Null
            while (-not (Get-DagRun $folder)) { [Threading.Thread]::Sleep(10) }
            try { New-DagNode Wait { } | New-Dag Nightly | Invoke-Dag -Checkpoint $folder } catch { $_ }
            New-DagNode X { } | New-Dag other | Invoke-Dag -Checkpoint $folder
            $null = New-Item $folder/go -ItemType File
            Get-Job | Wait-Job | Remove-Job
            @(Get-DagRun $folder).Count
            $PID
            """);

        ErrorRecord refused = Assert.IsType<ErrorRecord>(result.Output[0].BaseObject);
        Assert.StartsWith("DagCheckpointInUse", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"by process {result.Output[3]}", refused.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("Succeeded", Value(result.Output[1], "Status")!.ToString());
        Assert.Equal(2, result.Output[2].BaseObject);
    }

    [Fact]
    public void What_cannot_be_read_is_told_and_the_others_are_listed()
    {
        ShellResult result = Shell.Run(Nodes + """
            $null = $dag | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
            Set-Content $folder/broken.journal 'something else'
            Set-Content $folder/empty.journal '' -NoNewline
            Get-DagRun $folder, "$folder/nothing.journal" -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems.FullyQualifiedErrorId
            """, ("folder", Folder.FullName), ("ran", Ran));

        Assert.Equal("Failed", Value(result.Output[0], "Status")!.ToString());
        Assert.Equal(
            ["DagCheckpointInvalid,DagShell.Commands.GetDagRunCommand", "DagCheckpointNotFound,DagShell.Commands.GetDagRunCommand"],
            result.Output.Skip(1).Select(id => id.ToString()));
    }

    [Fact]
    public void Brackets_in_names_mean_nothing_where_there_is_such_a_folder()
    {
        ShellResult result = RunThere(Nodes + """
            $null = New-Item "$folder/app[2]" -ItemType Directory -Force
            $null = $dag | Invoke-Dag -Checkpoint "$folder/app[2]" -ErrorAction SilentlyContinue
            (Get-DagRun "$folder/app[2]").Status
            (Get-DagRun -LiteralPath "$folder/app[2]").Status
            """);

        Assert.Equal(["Failed", "Failed"], result.Text);
    }

    private ShellResult RunThere(string script) => Run(script, ("folder", Folder.FullName));

    private static object? Value(PSObject of, string property) => of.Properties[property].Value;
}
