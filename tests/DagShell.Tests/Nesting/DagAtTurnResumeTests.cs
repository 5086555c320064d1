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
}
