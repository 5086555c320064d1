using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Nesting;

/// <summary>A journal knows dags that came at the turn of their node, those of items by the items' values.</summary>
public sealed class DagAtTurnResumeTests : CheckpointTests
{
    private const string Dag = """
        $n = @(
            New-DagNode Find { 'a', 'b', 'c' }
            New-DagNode P -ForEach { $using:list } -DependsOn Find -Dag {
                New-DagNode X { "$($DagNode.Item) done" }
                New-DagNode Y { if ($env:FailAt -eq $DagNode.Item) { throw 'no route' }; "$($Upstream.X)!" } -DependsOn X
            }
        )

        """;

    [Fact]
    public void What_is_done_is_not_done_again_wherever_its_item_stands()
    {
        ShellResult result = Run(
            "$list = 'a', 'b', 'c'\n" + Dag + """
            try {
                $env:FailAt = 'b'
                $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
                $env:FailAt = ''
                $list = 'c', 'new', 'b'
            """ + "\n" + Dag + """
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
                $all | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Status) $($_.FromCheckpoint)" }
                ($all | Where-Object Name -eq P).Output | ForEach-Object { $_.Y }
                (Get-DagRun $journal)[0].NodeCount
                (Get-DagRun $journal)[0].Nodes['P#0/Y'].FromCheckpoint
                $again = $n | Invoke-Dag -Checkpoint $journal -Resume -Rerun P
                @($again | Where-Object FromCheckpoint).Name
            } finally { $env:FailAt = $null }
            """);

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            [
                "Find Succeeded True", "P Succeeded False",
                "P#0 Succeeded True", "P#0/X Succeeded True", "P#0/Y Succeeded True",
                "P#1 Succeeded False", "P#1/X Succeeded False", "P#1/Y Succeeded False",
                "P#2 Succeeded False", "P#2/X Succeeded True", "P#2/Y Succeeded False",
                "c done!", "new done!", "b done!", "11", "True", "Find",
            ],
            result.Text);
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_turn_keeps_what_an_earlier_one_has_done()
    {
        ShellResult result = Run(
            "$list = 'a', 'b'\n" + Dag + """
            try {
                $env:FailAt = 'b'
                $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
                $broken = @($n; New-DagNode First { throw 'early' })
                $broken | Invoke-Dag -Checkpoint $journal -Resume -Target First -ErrorAction SilentlyContinue | Out-Null
                $env:FailAt = ''
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
                @($all | Where-Object FromCheckpoint | Sort-Object Name).Name
            } finally { $env:FailAt = $null }
            """);

        Assert.Equal(["Find", "P#0", "P#0/X", "P#0/Y", "P#1/X"], result.Text);
    }

    [Fact]
    public void What_is_done_in_a_dag_in_such_a_dag_is_kept_by_runs_that_come_only_as_far_as_the_outer_one()
    {
        const string Nested = """
            $n = @(
                New-DagNode Find { }
                New-DagNode P -ForEach { $using:list } -DependsOn Find -Dag {
                    New-DagNode W { }
                    New-DagNode Q -ForEach { if ($env:DAGSHELL_TEST_HOLD_LATE) { throw 'not yet' }; 1, 2 } -DependsOn W -Dag {
                        New-DagNode X { "$($DagNode.Item) x" }
                        New-DagNode Y { if ($env:DAGSHELL_TEST_FAIL_LATE -eq $DagNode.Item) { throw 'no' }; $Upstream.X } -DependsOn X
                    }
                }
            )

            """;
        ShellResult result = Run(
            "$list = 'a', 'b'\n" + Nested + """
            try {
                $env:DAGSHELL_TEST_HOLD_LATE = ''
                $env:DAGSHELL_TEST_FAIL_LATE = '2'
                $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
                $env:DAGSHELL_TEST_HOLD_LATE = '1'
                $list = 'b', 'a'
            """ + "\n" + Nested + """
                $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue | Out-Null
                $list = 'new', 'a', 'b'
            """ + "\n" + Nested + """
                $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue | Out-Null
                $env:DAGSHELL_TEST_HOLD_LATE = ''
                $env:DAGSHELL_TEST_FAIL_LATE = ''
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
                @($all | Where-Object FromCheckpoint | Sort-Object Name).Name
                ($all | Where-Object Name -eq P).Status
            } finally { $env:DAGSHELL_TEST_HOLD_LATE = $env:DAGSHELL_TEST_FAIL_LATE = $null }
            """);

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            [
                "Find", "P#0/W",
                "P#1/Q#0", "P#1/Q#0/X", "P#1/Q#0/Y", "P#1/Q#1/X", "P#1/W",
                "P#2/Q#0", "P#2/Q#0/X", "P#2/Q#0/Y", "P#2/Q#1/X", "P#2/W",
                "Succeeded",
            ],
            result.Text);
    }

    [Fact]
    public void The_page_of_a_journal_has_the_scripts_of_nodes_that_came_late()
    {
        ShellResult result = Run(
            "$list = 'a', 'b'\n" + Dag + """
            $n | Invoke-Dag -Checkpoint $journal | Out-Null
            Get-Content $journal -Raw
            """);

        string text = result.Text[^1];
        Assert.Equal(2, text.Split("($DagNode.Item) done").Length);
        string expanded = text.Split('\n').Single(line => line.Contains("\"event\":\"expanded\"", StringComparison.Ordinal));
        Assert.Contains("($DagNode.Item) done", expanded, StringComparison.Ordinal);
        Assert.Equal(5, expanded.Split("\"script\":").Length);
    }

    [Fact]
    public void What_a_dag_in_such_a_dag_restores_is_found_again_when_the_outer_one_stood_elsewhere()
    {
        const string Nested = """
            $n = New-DagNode P -ForEach { $using:list } -Dag {
                New-DagNode Q -ForEach { 1, 2 } -Dag {
                    New-DagNode X { "$($DagNode.Item) x" }
                    New-DagNode Y { if ($env:DAGSHELL_TEST_FAIL_LATE -eq $DagNode.Item) { throw 'no' }; $Upstream.X } -DependsOn X
                }
            }

            """;
        ShellResult result = Run(
            "$list = 'a', 'b'\n" + Nested + """
            try {
                $env:DAGSHELL_TEST_FAIL_LATE = '2'
                $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
                $list = 'b', 'a'
            """ + "\n" + Nested + """
                $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue | Out-Null
                $env:DAGSHELL_TEST_FAIL_LATE = ''
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
                @($all | Where-Object FromCheckpoint | Sort-Object Name).Name
            } finally { $env:DAGSHELL_TEST_FAIL_LATE = $null }
            """);

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            [
                "P#0/Q#0", "P#0/Q#0/X", "P#0/Q#0/Y", "P#0/Q#1/X",
                "P#1/Q#0", "P#1/Q#0/X", "P#1/Q#0/Y", "P#1/Q#1/X",
            ],
            result.Text);
    }

    [Fact]
    public void Items_that_are_done_of_a_node_inside_are_not_done_again_wherever_its_dag_stands()
    {
        const string Inside = """
            $n = New-DagNode P -ForEach { $using:list } -Dag {
                New-DagNode Patch -ForEach 1, 2, 3 {
                    ($using:ran).Enqueue("$_")
                    if ($env:DAGSHELL_TEST_FAIL_LATE -eq $_) { throw 'no' }
                    "done $_"
                }
            }

            """;
        const string Go = """
            $all = $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            ($all | Where-Object Name -eq P).Output | ForEach-Object { "$($_.Patch)" }
            """;
        Run("$list = 'a', 'b'\n$env:DAGSHELL_TEST_FAIL_LATE = '2'\n" + Inside
            + "$n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null");
        Assert.Equal(["1", "1", "2", "2", "3", "3"], TakeRan());

        Run("$list = 'new', 'b', 'a'\n$env:DAGSHELL_TEST_FAIL_LATE = '3'\n" + Inside + Go);
        Assert.Equal(["1", "2", "2", "2", "3"], TakeRan());

        ShellResult third = Run("$list = 'b', 'a', 'new'\n$env:DAGSHELL_TEST_FAIL_LATE = $null\n" + Inside + Go);
        Assert.Equal(["done 1 done 2 done 3", "done 1 done 2 done 3", "done 1 done 2 done 3"], third.Text);
        Assert.Equal(["3"], TakeRan());
    }

    [Theory]
    [InlineData("$folder/one.journal -Force")]
    [InlineData("$folder/runs/")]
    public void A_node_inside_that_made_its_files_as_another_makes_them_again(string checkpoint)
    {
        const string Inside = """
            $n = New-DagNode P -ForEach { $using:list } -Dag {
                New-DagNode Make -OutputPath { Join-Path $using:folder "$($DagNode.Item).out" } {
                    Set-Content (Join-Path $using:folder "$($DagNode.Item).out") TEXT
                }
            }

            """;
        Shell["folder"] = Folder.FullName;
        string go = "$all = $n | Invoke-Dag -Checkpoint " + checkpoint + """

            $all | Where-Object Name -like *Make | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.UpToDate)" }

            """;
        ShellResult result = Run(
            $"$null = New-Item -ItemType Directory $folder/runs\n$list = 'a', 'b'\n{Inside}{go}"
            + $"$list = 'b', 'new', 'a'\n{Inside}{go}{Inside.Replace("TEXT", "OTHER", StringComparison.Ordinal)}{go}{go}");

        Assert.Equal(
            [
                "P#0/Make False", "P#1/Make False",
                "P#0/Make True", "P#1/Make False", "P#2/Make True",
                "P#0/Make False", "P#1/Make False", "P#2/Make False",
                "P#0/Make True", "P#1/Make True", "P#2/Make True",
            ],
            result.Text);
    }
}
