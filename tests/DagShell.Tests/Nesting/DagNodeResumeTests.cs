using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Nesting;

/// <summary>A run with dags as nodes goes on where it was, inside of them too.</summary>
public sealed class DagNodeResumeTests : CheckpointTests
{
    private const string Nodes = """
        $n = @(
            New-DagNode A { ($using:ran).Enqueue('A'); 'a' }
            New-DagNode D -DependsOn A -Dag {
                New-DagNode X { ($using:ran).Enqueue('X'); 'x' }
                New-DagNode Y -DependsOn X {
                    ($using:ran).Enqueue('Y'); if ($env:DAGSHELL_TEST_BREAK_DAG) { throw 'broken' }; "$($Upstream.X)y"
                }
            }
            New-DagNode B -DependsOn D { ($using:ran).Enqueue('B'); $Upstream.D.Y }
        )

        """;

    [Fact]
    public void What_is_done_inside_is_not_run_again()
    {
        Run("$env:DAGSHELL_TEST_BREAK_DAG = '1';" + Nodes + "$n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue");
        Assert.Equal(["A", "X", "Y"], TakeRan());

        ShellResult second = Run("$env:DAGSHELL_TEST_BREAK_DAG = $null;" + Nodes + "$n | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["B", "Y"], TakeRan());
        Assert.Equal(["xy"], second.NodeOutput("B"));
        Assert.Equal("Succeeded", second.Status("D"));
    }

    [Fact]
    public void A_dag_that_is_done_is_restored_with_its_output()
    {
        Run("$env:DAGSHELL_TEST_BREAK_DAG = $null;" + Nodes.Replace("$Upstream.D.Y", "throw 'later'", StringComparison.Ordinal)
            + "$n | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue");
        Assert.Equal(["A", "B", "X", "Y"], TakeRan());

        ShellResult second = Run(Nodes + "$n | Invoke-Dag -Checkpoint $journal -Resume");
        Assert.Equal(["B"], TakeRan());
        Assert.Equal(["xy"], second.NodeOutput("B"));
        Assert.Equal(true, second.Node("D").Properties["FromCheckpoint"].Value);
    }

    [Fact]
    public void A_report_of_the_journal_knows_what_is_inside()
    {
        Run("$env:DAGSHELL_TEST_BREAK_DAG = $null;" + Nodes + "$n | Invoke-Dag -Checkpoint $journal");

        ShellResult result = Run("Show-Dag -Checkpoint $journal; (Measure-DagRun -Checkpoint $journal).NodeCount");
        Assert.Contains(result.Text, line => line.Contains("D/Y", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("D/Y", "B,Y")]
    [InlineData("D/X", "B,X,Y")]
    [InlineData("D/*", "B,X,Y")]
    [InlineData("D", "B,X,Y")]
    [InlineData("A", "A,B,X,Y")]
    public void Rerun_takes_names_of_nodes_inside(string names, string ran)
    {
        Run("$env:DAGSHELL_TEST_BREAK_DAG = $null;" + Nodes + "$n | Invoke-Dag -Checkpoint $journal");
        TakeRan();

        ShellResult again = Run(Nodes + $"$n | Invoke-Dag -Checkpoint $journal -Resume -Rerun {names}");
        Assert.Equal(ran.Split(','), TakeRan());
        Assert.Equal("Succeeded", again.Status("D"));
        Assert.Equal(["xy"], again.NodeOutput("B"));
    }

    [Fact]
    public void Target_and_Rerun_of_nodes_inside_go_together()
    {
        Run("$env:DAGSHELL_TEST_BREAK_DAG = $null;" + Nodes + "$n | Invoke-Dag -Checkpoint $journal");
        TakeRan();

        ShellResult again = Run(Nodes + "$n | Invoke-Dag -Checkpoint $journal -Resume -Target D/Y -Rerun D/Y");
        Assert.Equal(["Y"], TakeRan());
        Assert.Equal(["A", "D", "D/X", "D/Y"], again.Names.Order());
    }
}
