using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Nesting;

/// <summary>A journal knows the dags of items that are values by these values, whatever their places in the list.</summary>
public sealed class DagForEachResumeTests : CheckpointTests
{
    private const string Dag = """
        $n = @(
            New-DagNode P -ForEach $list -Dag {
                New-DagNode X { "$($DagNode.Item) done" }
                New-DagNode Y { if ($env:DAGSHELL_TEST_FAIL_EACH -eq $DagNode.Item) { throw 'no route' }; "$($Upstream.X)!" } -DependsOn X
            }
        )

        """;

    private const string Restored = """
        @($all | Where-Object FromCheckpoint | Sort-Object Name).Name
        """;

    [Fact]
    public void What_is_done_is_not_done_again_wherever_its_item_stands()
    {
        ShellResult result = Resume(Dag, "b", "$list = 'a', 'b', 'c'", "$list = 'c', 'new', 'b'", """
            $all | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Status) $($_.FromCheckpoint)" }
            ($all | Where-Object Name -eq P).Output | ForEach-Object { $_.Y }
            (Get-DagRun $journal)[0].Nodes['P#0/Y'].FromCheckpoint
            """);

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            [
                "P Succeeded False",
                "P#0 Succeeded True", "P#0/X Succeeded True", "P#0/Y Succeeded True",
                "P#1 Succeeded False", "P#1/X Succeeded False", "P#1/Y Succeeded False",
                "P#2 Succeeded False", "P#2/X Succeeded True", "P#2/Y Succeeded False",
                "c done!", "new done!", "b done!", "True",
            ],
            result.Text);
    }

    [Fact]
    public void Runs_that_move_them_again_and_again_lose_nothing()
    {
        ShellResult result = Run("$list = 'a', 'b', 'c'\n" + Dag + """
            try {
                $env:DAGSHELL_TEST_FAIL_EACH = 'b'
                $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
                $list = 'new', 'b', 'c', 'a'
            """ + "\n" + Dag + """
                $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue | Out-Null
                $list = 'b', 'c', 'new'
            """ + "\n" + Dag + """
                $n | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue | Out-Null
                $list = 'a', 'new', 'b', 'c'
            """ + "\n" + Dag + """
                $env:DAGSHELL_TEST_FAIL_EACH = ''
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
            """ + "\n" + Restored + "\n} finally { $env:DAGSHELL_TEST_FAIL_EACH = $null }");

        Assert.Empty(result.Streams.Error);

        // The first was gone for one run, and is new.
        Assert.Equal(["P#1", "P#1/X", "P#1/Y", "P#2/X", "P#3", "P#3/X", "P#3/Y"], result.Text);
    }

    [Theory]
    [InlineData("'a', 'a', 'b'", "'b', 'a'", "P#0/X,P#1,P#1/X,P#1/Y")]
    [InlineData("'b', 'a'", "'a', 'a', 'b'", "P#0,P#0/X,P#0/Y,P#2/X")]
    [InlineData("@('a', @(1, 2), 'b')", "@('b', @(1, 2), @(2, 1))", "P#0/X,P#1,P#1/X,P#1/Y")]
    [InlineData("@(1, '1', 'b')", "@('1', 'b')", "P#0,P#0/X,P#0/Y,P#1/X")]
    [InlineData("@($null, 'b')", "@('b', $null)", "P#0/X,P#1,P#1/X,P#1/Y")]
    public void Values_are_told_apart(string first, string second, string restored)
    {
        Assert.Equal(restored.Split(','), Resume(Dag, "b", $"$list = {first}", $"$list = {second}", Restored).Text);
    }

    [Fact]
    public void Dags_of_items_inside_of_dags_of_items_go_by_both_values()
    {
        const string Nested = """
            $n = New-DagNode P -ForEach $hosts -Dag {
                New-DagNode Q -ForEach $using:list -Dag {
                    New-DagNode X { "$($DagNode.Item)" }
                    New-DagNode Y { if ($env:DAGSHELL_TEST_FAIL_EACH -eq $DagNode.Item) { throw 'no' }; $Upstream.X } -DependsOn X
                }
            }

            """;
        ShellResult result = Resume(
            Nested, "2", "$hosts = 'a', 'b'; $list = 1, 2", "$hosts = 'new', 'b', 'a'; $list = 2, 1", Restored);

        Assert.Empty(result.Streams.Error);
        Assert.Equal(
            [
                "P#1/Q#0/X", "P#1/Q#1", "P#1/Q#1/X", "P#1/Q#1/Y",
                "P#2/Q#0/X", "P#2/Q#1", "P#2/Q#1/X", "P#2/Q#1/Y",
            ],
            result.Text);
    }

    [Fact]
    public void Items_and_dags_that_come_late_inside_of_them_move_with_them()
    {
        const string Nested = """
            $n = New-DagNode P -ForEach $list -Dag {
                New-DagNode Patch -ForEach 1, 2, 3 {
                    ($using:ran).Enqueue("$($DagNode.Outer) $_")
                    if ($env:DAGSHELL_TEST_FAIL_EACH -eq $_) { throw 'no' }
                }
                New-DagNode Late -ForEach { 4, 5 } -Dag {
                    New-DagNode X { ($using:ran).Enqueue("$($DagNode.Item)"); if ($env:DAGSHELL_TEST_FAIL_EACH -eq 2) { throw 'no' } }
                    New-DagNode W { }
                }
            }

            """;
        ShellResult first = Run("$list = 'a', 'b'\n" + Nested + """
            $env:DAGSHELL_TEST_FAIL_EACH = '2'
            $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
            """);
        Assert.Equal(10, TakeRan().Length);
        ShellResult second = Run("$list = 'new', 'b', 'a'\n" + Nested + """
            try {
                $env:DAGSHELL_TEST_FAIL_EACH = ''
                $all = $n | Invoke-Dag -Checkpoint $journal -Resume
            """ + "\n" + Restored + "\n} finally { $env:DAGSHELL_TEST_FAIL_EACH = $null }");

        Assert.Empty(second.Streams.Error);
        Assert.Equal(["P#1/Late#0/W", "P#1/Late#1/W", "P#2/Late#0/W", "P#2/Late#1/W"], second.Text);
        Assert.Equal(11, TakeRan().Length);
    }

    [Fact]
    public void Why_a_new_item_in_the_place_of_another_is_run_is_told()
    {
        ShellResult result = Resume(Dag, "b", "$list = 'a', 'b'", "$list = 'new', 'a', 'b'", """
            $n | Invoke-Dag -Checkpoint $journal -Resume -Rerun P#1/Y -WhatIf | Sort-Object Name |
                ForEach-Object { "$($_.Name): $($_.Reason)" }
            """, plan: true);

        Assert.Contains("P#0/X: runs: the checkpoint does not know it", result.Text);
        Assert.Contains("P#1/X: restored from the checkpoint: it is done, and has not changed", result.Text);
    }

    [Fact]
    public void What_its_output_files_were_made_by_is_known_wherever_the_item_stands()
    {
        const string Files = """
            $n = New-DagNode P -ForEach $list -Dag {
                New-DagNode Make -OutputPath { Join-Path $using:folder "$($DagNode.Item).out" } {
                    Set-Content (Join-Path $using:folder "$($DagNode.Item).out") TEXT
                }
            }

            """;
        Shell["folder"] = Folder.FullName;
        string states = "$all | Where-Object Name -like *Make | Sort-Object Name | ForEach-Object { \"$($_.Name) $($_.UpToDate)\" }";
        string start = $"$null = $n | Invoke-Dag -Checkpoint $folder/runs/";
        string go = $"$all = $n | Invoke-Dag -Checkpoint $folder/runs/\n{states}";
        ShellResult result = Run(
            $"$null = New-Item -ItemType Directory $folder/runs\n$list = 'a', 'b'\n{Files}{start}\n"
            + $"$list = 'b', 'new', 'a'\n{Files}{go}\n{Files.Replace("TEXT", "OTHER", StringComparison.Ordinal)}{go}");

        Assert.Equal(
            [
                "P#0/Make True", "P#1/Make False", "P#2/Make True",
                "P#0/Make False", "P#1/Make False", "P#2/Make False",
            ],
            result.Text);
    }

    /// <summary>Runs a dag of which a step fails for one item, and resumes it with other items.</summary>
    private ShellResult Resume(string dag, string failing, string first, string second, string then, bool plan = false) => Run(
        $$"""
        try {
            $env:DAGSHELL_TEST_FAIL_EACH = '{{failing}}'
            {{first}}
            {{dag}}
            $n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue | Out-Null
            $env:DAGSHELL_TEST_FAIL_EACH = ''
            {{second}}
            {{dag}}
            {{(plan ? string.Empty : "$all = $n | Invoke-Dag -Checkpoint $journal -Resume")}}
            {{then}}
        } finally { $env:DAGSHELL_TEST_FAIL_EACH = $null }
        """);
}
