using System.Management.Automation;

namespace DagShell.Tests.Checking;

public sealed class TestDagTests : ShellTests
{
    [Theory]
    [InlineData("New-DagNode A { } | Test-Dag")]
    [InlineData("Test-Dag (New-DagNode A { }), (New-DagNode B { } -DependsOn A)")]
    [InlineData("New-Dag d { New-DagNode A { } -Pool p } -PoolLimit @{ p = 1 } | Test-Dag")]
    [InlineData("(New-DagNode A { }), (New-DagNode B { }) | Add-DagEdge A B | Test-Dag")]
    public void A_valid_dag_is_true(string command)
    {
        ShellResult result = Run(command);

        Assert.Equal(true, result.Single);
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void Every_problem_of_another_one_is_an_error_of_its_own()
    {
        ShellResult result =
            Run("(New-DagNode A { } -DependsOn B -Pool p), (New-DagNode B { } -DependsOn A), (New-DagNode b { }) | Test-Dag");

        Assert.Equal(false, result.Single);
        Assert.Equal(
            ["InvalidDag.Cycle", "InvalidDag.DuplicateName", "InvalidDag.UnknownPool"],
            result.Streams.Error.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.All(result.Streams.Error, error => Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category));
        ErrorRecord cycle =
            result.Streams.Error.Single(error => error.FullyQualifiedErrorId.StartsWith("InvalidDag.Cycle", StringComparison.Ordinal));
        Assert.Contains("A → B → A", cycle.ToString(), StringComparison.Ordinal);
        Assert.Equal("GraphProblem", cycle.TargetObject.GetType().Name);
    }

    [Fact]
    public void Nothing_at_all_is_false()
    {
        ShellResult result = Run("@() | Test-Dag");

        Assert.Equal(false, result.Single);
        Assert.StartsWith("InvalidDag.NoNodes,", Assert.Single(result.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SilentlyContinue")]
    [InlineData("Ignore")]
    public void Without_errors_the_answer_is_the_same(string action)
    {
        ShellResult result = Run($"New-DagNode A {{ }} -DependsOn B | Test-Dag -ErrorAction {action}");

        Assert.Equal(false, result.Single);
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void Nothing_is_run()
    {
        using Gate ran = new();
        Run("New-DagNode A { ($using:ran).Open() } -When { ($using:ran).Open(); $true } | Test-Dag", ("ran", ran));

        Assert.False(ran.IsOpen);
    }
}
