using System.Management.Automation;

namespace DagShell.Tests.Checkpoints;

/// <summary>
/// A folder keeps a journal a run; what is in it can be listed, resumed and looked at, and no dag is run twice at a time.
/// </summary>
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

    [Fact]
    public void Of_many_that_start_at_once_one_runs()
    {
        const int Count = 5;
        using Gate start = new();
        using Gate end = new();
        List<ShellSession> shells = [.. Enumerable.Range(0, Count).Select(_ => new ShellSession())];
        try
        {
            List<RunningScript> scripts = [.. shells.Select(shell => shell.Start(
                """
                $start.Pass()
                try { New-DagNode Wait { ($using:end).Pass() } | New-Dag nightly | Invoke-Dag -Checkpoint $folder | Out-Null; 'ran' }
                catch { $_.FullyQualifiedErrorId }
                """,
                ("start", start), ("end", end), ("folder", Folder.FullName)))];
            start.Open();
            Patience.Until(() => scripts.Count(script => script.IsCompleted) >= Count - 1, "the others");
            end.Open();
            List<string> all = [.. scripts.SelectMany(script => script.Wait().Text)];

            Assert.Equal(
                [.. Enumerable.Repeat("DagCheckpointInUse,DagShell.Commands.InvokeDagCommand", Count - 1), "ran"],
                all.Order(StringComparer.Ordinal));
            Assert.Single(Directory.GetFiles(Folder.FullName));
        }
        finally
        {
            shells.ForEach(shell => shell.Dispose());
        }
    }

    [Theory]
    [InlineData("$journal", "New-DagNode Other { } | New-Dag other")]
    [InlineData("$journal", "New-DagNode Wait { } | New-Dag nightly")]
    [InlineData("(Get-DagRun $folder/runs).Path", "New-DagNode Wait { } | New-Dag nightly")]
    [InlineData("(Get-DagRun $folder/runs/*).Path", "New-DagNode Wait { } | New-Dag other")]
    public void Who_has_a_journal_is_named(string path, string second)
    {
        ShellResult result = RunThere($$"""
            $first = if ('{{path}}' -eq '$journal') { $journal } else { "$folder/runs/" }
            New-DagNode Wait { while (-not (Test-Path $using:folder/go)) { [Threading.Thread]::Sleep(10) } } |
                New-Dag nightly | Invoke-Dag -Checkpoint $first -AsJob | Out-Null
            while (-not (Get-DagRun $first -ErrorAction Ignore)) { [Threading.Thread]::Sleep(10) }
            try { {{second}} | Invoke-Dag -Checkpoint ({{path}}) -Resume } catch { $_ }
            $null = New-Item $folder/go -ItemType File
            Get-Job | Wait-Job | Remove-Job
            """);

        ErrorRecord refused = Assert.IsType<ErrorRecord>(Assert.Single(result.Output).BaseObject);
        Assert.StartsWith("DagCheckpointInUse", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'nightly'", refused.Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} (", refused.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_the_folder_that_goes_on_under_its_own_name_is_one_of_the_folder()
    {
        ShellResult result = RunThere("""
            $null = New-DagNode A { throw 'no' } | New-Dag nightly | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
            $failed = (Get-DagRun $folder).Path
            $go = "$folder/go"
            New-DagNode A { while (-not (Test-Path $using:go)) { [Threading.Thread]::Sleep(10) } } |
                New-Dag nightly | Invoke-Dag -Checkpoint $folder -AsJob | Out-Null
            while (@(Get-DagRun $folder).Count -lt 2) { [Threading.Thread]::Sleep(10) }
            try { New-DagNode A { } | New-Dag nightly | Invoke-Dag -Checkpoint $failed -Resume } catch { $_.FullyQualifiedErrorId }
            $null = New-Item $go -ItemType File
            Get-Job | Wait-Job | Remove-Job
            New-DagNode A { } | New-Dag nightly | Invoke-Dag -Checkpoint $failed -Resume
            """);

        Assert.StartsWith("DagCheckpointInUse", result.Output[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("Succeeded", Value(result.Output[1], "Status")!.ToString());
    }

    [Fact]
    public void What_is_told_of_a_run_as_a_whole_is_what_its_nodes_tell()
    {
        ShellResult result = RunThere("""
            $go = "$folder/go"
            $dag = New-Dag many {
                New-DagNode Plan { 1 }
                New-DagNode Bad { throw 'no' } -DependsOn Plan
                New-DagNode Instead { 2 } -FallbackFor Bad
                New-DagNode After { if (-not (Test-Path $using:go)) { throw 'not "yet", "item": 1' } } -DependsOn Bad
                New-DagNode Never { } -DependsOn After
                New-DagNode Tolerated { throw 'no' } -ContinueOnError
                New-DagNode Skipped { } -When { $false }
                New-DagNode Mapped -ForEach 1, 2, 3 { if ($_ -eq 2) { throw 'no' } } -ContinueOnError
            }
            function Look {
                $run = Get-DagRun $folder | Select-Object -First 1
                $failed = @($run.Nodes.Values | Where-Object Status -eq Failed).Name
                "$($run.Status) $($run.EndedCount) of $($run.NodeCount): $($run.FailedNodes | Sort-Object)"
                "$(($run | Measure-DagRun).Status) $($run.Nodes.Count) of $(($run | Measure-DagRun).Nodes): $($failed | Sort-Object)"
            }
            $null = $dag | Invoke-Dag -Checkpoint $folder -Target Plan -ErrorAction SilentlyContinue; Look
            $null = $dag | Invoke-Dag -Checkpoint $folder -Resume -ErrorAction SilentlyContinue; Look
            $null = New-Item $go -ItemType File
            $null = $dag | Invoke-Dag -Checkpoint $folder -Resume -ErrorAction SilentlyContinue; Look
            @(Get-DagRun $folder).Count
            """);

        Assert.Equal("Succeeded 1 of 1: ", result.Text[0]);
        Assert.Equal("Failed 8 of 8: After Bad Mapped Tolerated", result.Text[2]);
        Assert.Equal("Succeeded 8 of 8: Bad Mapped Tolerated", result.Text[4]);
        Assert.Equal([result.Text[0], result.Text[2], result.Text[4]], [result.Text[1], result.Text[3], result.Text[5]]);
        Assert.Equal("1", result.Text[6]);
    }

    [Fact]
    public void A_run_that_goes_on_tells_what_runs_and_how_many_have_ended()
    {
        ShellResult result = RunThere("""
            $go = "$folder/go"
            $began = "$folder/began"
            $job = New-Dag nightly {
                New-DagNode Done { 1 }
                New-DagNode Busy { $null = New-Item $using:began; while (-not (Test-Path $using:go)) { [Threading.Thread]::Sleep(10) } } -DependsOn Done
                New-DagNode Retried { if ($DagNode.Attempt -eq 1) { throw 'x' } } -RetryCount 1 -RetryDelay 1h
                New-DagNode Later { } -DependsOn Busy
            } | Invoke-Dag -Checkpoint $folder -AsJob
            while (-not (Test-Path $began)) { [Threading.Thread]::Sleep(10) }
            do {
                $run = Get-DagRun $folder
                $live = $job.Run
            } until ($run.RunningNodes.Count -eq 2 -and $live.RunningNodes.Count -eq 2)
            foreach ($told in $run, $live) { "$($told.Status) $($told.EndedCount) of $($told.NodeCount): $($told.RunningNodes | Sort-Object)" }
            ($run | Format-Table | Out-String -Width 120) -match 'Running +1/4'
            $job | Stop-Job -PassThru | Remove-Job
            $run = Get-DagRun $folder
            "$($run.Status) $($run.EndedCount): $($run.RunningNodes)"
            """);

        Assert.Equal(
            ["Running 1 of 4: Busy Retried", "Running 1 of 4: Busy Retried", "True", "Cancelled 4: "], result.Text[^4..]);
    }

    [Fact]
    public void A_run_whose_journal_is_started_over_meanwhile_says_so()
    {
        ShellResult result = Shell.Run(Nodes + """
            $null = $dag | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue
            $run = Get-DagRun $journal
            $null = $dag | Invoke-Dag -Checkpoint $journal -Force -ErrorAction SilentlyContinue
            $run | Measure-DagRun
            """, ("folder", Folder.FullName));

        Assert.Contains("started over", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_are_relative_to_a_folder_with_brackets_too_and_what_is_no_path_is_told()
    {
        ShellResult result = RunThere(Nodes + """
            $null = New-Item "$folder/a[1] b" -ItemType Directory -Force
            Set-Location -LiteralPath "$folder/a[1] b"
            $null = $dag | Invoke-Dag -Checkpoint ./ -ErrorAction SilentlyContinue
            @(Get-DagRun *.journal).Count
            @(Get-DagRun .).Count
            Get-DagRun nowhere:/x, env:/PATH, . -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems.FullyQualifiedErrorId
            Set-Location /
            """);

        Assert.Equal([1, 1], result.Output.Take(2).Select(count => count.BaseObject));
        Assert.Equal("Failed", Value(result.Output[2], "Status")!.ToString());
        Assert.Equal(5, result.Output.Count);
    }

    private ShellResult RunThere(string script) => Run(script, ("folder", Folder.FullName));

    private static object? Value(PSObject of, string property) => of.Properties[property].Value;
}
