using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Reports;

/// <summary>Several runs, as a folder of journals has them, beside one another.</summary>
public sealed class HistoryTests : CheckpointTests
{
    private const string Nights = """
        foreach ($night in 1..5) {
            $null = New-Dag nightly {
                New-DagNode Fetch { }
                New-DagNode Load { if ($using:night -eq 5) { throw 'disk full' } } -DependsOn Fetch
                if ($night -gt 3) { New-DagNode 'Added <later>' { } -DependsOn Load }
            } | Invoke-Dag -Checkpoint $folder -ErrorAction SilentlyContinue
        }

        """;

    [Fact]
    public void A_page_has_a_row_a_node_and_a_column_a_run()
    {
        ShellResult result = RunThere(Nights + "Get-DagRun $folder | Export-DagRun $folder/history.html -PassThru");

        string page = File.ReadAllText(((FileInfo)Assert.Single(result.Output).BaseObject).FullName);
        Assert.Contains("5 runs", page, StringComparison.Ordinal);
        Assert.Contains("4 succeeded", page, StringComparison.Ordinal);
        Assert.Contains("1 new failure", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Load</strong> (disk full)", page, StringComparison.Ordinal);
        Assert.Contains("<td>Added &lt;later&gt;</td>", page, StringComparison.Ordinal);
        Assert.Equal(5, page.Split("<th>").Length - 3);
    }

    [Fact]
    public void Runs_of_this_session_and_of_journals_go_together()
    {
        ShellResult result = RunThere(Nights + """
            New-DagNode Fetch { } | New-Dag nightly | Invoke-Dag -RunVariable own | Out-Null
            @(Get-DagRun $folder) + $own | Export-DagRun $folder/history.html -PassThru
            """);

        Assert.Contains("6 runs", File.ReadAllText(((FileInfo)Assert.Single(result.Output).BaseObject).FullName), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_runs_the_newest_are_shown_and_the_others_counted()
    {
        ShellResult result = RunThere(Nights + """
            $first = (Get-DagRun $folder)[-1].Path
            foreach ($copy in 1..70) { Copy-Item $first "$folder/copy-$copy.journal" }
            Get-DagRun $folder | Export-DagRun $folder/history.html -PassThru
            """);

        string page = File.ReadAllText(((FileInfo)Assert.Single(result.Output).BaseObject).FullName);
        Assert.Contains("60 runs", page, StringComparison.Ordinal);
        Assert.Contains("15 older ones are not shown", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_journal_says_of_nodes_is_what_their_run_said()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode D -Dag { New-DagNode X { } }
                New-DagNode E -Precondition { $true } -Dag { New-DagNode X { } }
                New-DagNode P -ForEach 1, 2 -Dag { New-DagNode X { } }
                New-DagNode Q { 'x'; Skip-DagNode 'enough' }
                New-DagNode F { throw 'f' }
                New-DagNode G -FallbackFor F { 1 }
                New-DagNode Full -Pool p { while ($true) { Start-Sleep -Milliseconds 10 } } -Priority 9
                New-DagNode Next -Pool p { }
            )
            $null = $nodes | Invoke-Dag -Checkpoint $journal -PoolLimit @{ p = 1 } -Timeout 1s -ThrottleLimit 9 -RunVariable run `
                -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            $told = foreach ($one in $run, (Get-DagRun $journal)) {
                ($one.Nodes.Values | Sort-Object Name | ForEach-Object {
                    "$($_.Name) $($_.Status) $($_.Attempts) $($_.Fallback) $($_.SkipReason) $($_.CancelReason) $($_.Error)",
                    "$([bool] $_.ReadyTime) $([bool] $_.StartTime) $($_.Waits.Kind)"
                }) -join "`n"
            }
            $told[0] -ceq $told[1]
            $told[0]
            """);

        Assert.Equal("True", result.Text[0]);
        Assert.Contains("D Succeeded 0    \nTrue True \n", result.Text[1], StringComparison.Ordinal);
        Assert.Contains("Q Skipped 1  enough", result.Text[1], StringComparison.Ordinal);
        Assert.Contains("F Failed 1 G", result.Text[1], StringComparison.Ordinal);
        Assert.Matches("Next Cancelled 0 .*\nTrue False Pool", result.Text[1]);
        Assert.Contains("it was at", result.Text[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_are_a_row_a_run()
    {
        ShellResult result = RunThere(Nights + """
            $figures = Get-DagRun $folder | Measure-DagRun
            $figures.Count
            $figures[0].Failed
            $figures[0].StartTime -eq (Get-DagRun $folder)[0].StartTime
            ($figures | Out-String -Width 200).Trim() -split '\r?\n'
            """);

        Assert.Equal(["5", "1", "True"], result.Text.Take(3));
        Assert.Equal(7, result.Text.Skip(3).Count());
        Assert.Matches("Name +StartTime +Status +Nodes +Failed", result.Text[3]);
    }

    [Fact]
    public void One_run_is_a_page_and_figures_of_its_own()
    {
        ShellResult result = RunThere(Nights + """
            Get-DagRun $folder | Select-Object -First 1 | Export-DagRun $folder/run.html
            (Get-DagRun $folder | Select-Object -First 1 | Measure-DagRun | Out-String) -match 'Makespan +:'
            """);

        Assert.Equal(["True"], result.Text);
        Assert.Contains("disk full", File.ReadAllText(Path.Combine(Folder.FullName, "run.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_formats_take_one_run()
    {
        ShellResult result = Shell.Run(Nights + "Get-DagRun $folder | Export-DagRun $folder/runs.csv", ("folder", Folder.FullName));

        Assert.StartsWith("InvalidRun,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(".html", result.Thrown!.Message, StringComparison.Ordinal);
    }

    private ShellResult RunThere(string script) => Run(script, ("folder", Folder.FullName));
}
