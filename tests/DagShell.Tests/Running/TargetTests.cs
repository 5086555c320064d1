namespace DagShell.Tests.Running;

/// <summary>-Target runs some nodes and all that they depend on.</summary>
public sealed class TargetTests : ShellTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode Fetch { }
            New-DagNode 'Build web' { } -DependsOn Fetch
            New-DagNode 'Build api' { } -DependsOn Fetch
            New-DagNode 'Test api' { } -DependsOn 'Build api'
            New-DagNode 'Odd [x]' { }
            New-DagNode x { }
        )

        """;

    [Theory]
    [InlineData("Fetch", "Fetch")]
    [InlineData("'build WEB'", "Build web,Fetch")]
    [InlineData("'Build*'", "Build api,Build web,Fetch")]
    [InlineData("'* api'", "Build api,Fetch,Test api")]
    [InlineData("'Test?api', x", "Build api,Fetch,Test api,x")]
    [InlineData("Fetch, Fetch, 'F*'", "Fetch")]
    [InlineData("'*'", "Build api,Build web,Fetch,Odd [x],Test api,x")]
    [InlineData("'Odd [x]'", "Odd [x]")]
    [InlineData("$nodes[3]", "Build api,Fetch,Test api")]
    public void Names_and_patterns_choose_nodes(string target, string expected) =>
        Assert.Equal(expected, string.Join(',', Run(Nodes + $"$nodes | Invoke-Dag -Target {target}").Names.Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("Fetsh", "-Target 'Fetsh' is no node of the dag. Did you mean 'Fetch'?")]
    [InlineData("Fetch, 'Tset api'", "-Target 'Tset api' is no node of the dag. Did you mean 'Test api'?")]
    [InlineData("'Nothing*'", "-Target 'Nothing*' is no node of the dag.")]
    [InlineData("zzzzzzzzzz", "-Target 'zzzzzzzzzz' is no node of the dag.")]
    public void One_that_matches_nothing_is_an_error_with_a_suggestion_and_nothing_runs(string target, string message)
    {
        ShellResult result = Shell.Run(Nodes + $"$nodes | Invoke-Dag -Target {target}");

        Assert.StartsWith("TargetNotFound,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(message, result.Thrown!.Message);
        Assert.Empty(result.Output);
    }
}
