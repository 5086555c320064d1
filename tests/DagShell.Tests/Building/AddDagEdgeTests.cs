namespace DagShell.Tests.Building;

public sealed class AddDagEdgeTests : ShellTests
{
    /// <summary>Nodes that give out who came before them.</summary>
    private const string Nodes = """
        $nodes = 'A', 'B', 'C', 'D' | ForEach-Object { New-DagNode $_ { "$($Upstream.Keys | Sort-Object)" } }

        """;

    [Theory]
    [InlineData("$nodes | Add-DagEdge -From A -To B", "A:|B:A|C:|D:")]
    [InlineData("$nodes | Add-DagEdge A B", "A:|B:A|C:|D:")]
    [InlineData("$nodes | Add-DagEdge -From A, B -To C, D", "A:|B:|C:A B|D:A B")]
    [InlineData("$nodes | Add-DagEdge -Chain A, B, C, D", "A:|B:A|C:B|D:C")]
    [InlineData("$nodes | Add-DagEdge -Chain $nodes", "A:|B:A|C:B|D:C")]
    [InlineData("$nodes | Add-DagEdge -From $nodes[0] -To $nodes[1], $nodes[2]", "A:|B:A|C:A|D:")]
    [InlineData("$nodes | Add-DagEdge a c | Add-DagEdge B C | Add-DagEdge -Chain c, d", "A:|B:|C:A B|D:C")]
    [InlineData("$nodes | New-Dag d | Add-DagEdge -Chain A, D", "A:|B:|C:|D:A")]
    [InlineData("$nodes | Add-DagEdge A B | Add-DagEdge A B", "A:|B:A|C:|D:")]
    [InlineData("$nodes | Add-DagEdge -From [ab] -To D", "A:|B:|C:|D:A B")]
    [InlineData("$nodes | Add-DagEdge -From A -To *", "A:|B:A|C:A|D:A")]
    [InlineData("$nodes | Add-DagEdge -Chain A, [bc], D", "A:|B:A|C:A|D:B C")]
    [InlineData("$nodes | Add-DagEdge -Chain A, @('B', @($nodes[2])), $nodes[3]", "A:|B:A|C:B|D:C")]
    [InlineData("$nodes | Add-DagEdge -From @('A', $nodes[1..2]) -To D", "A:|B:|C:|D:A B C")]
    public void Edges_wire_the_nodes_that_come_through_the_pipeline(string pipeline, string expected)
    {
        ShellResult result = Run(Nodes + pipeline + " | Invoke-Dag");

        Assert.Equal(expected, string.Join('|', result.Names.Order().Select(name => $"{name}:{result.NodeOutput(name)[0]}")));
    }

    [Fact]
    public void Edges_come_on_top_of_DependsOn()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { }
                New-DagNode B { }
                New-DagNode C { } -DependsOn B
            )
            $nodes | Add-DagEdge A C | Get-DagPlan | ForEach-Object { "$($_.Name): $($_.Upstream -join ',')" }
            """);

        Assert.Contains("C: B,A", result.Text);
    }

    [Fact]
    public void A_dag_that_comes_alone_is_changed_and_passed_on()
    {
        ShellResult result = Run(Nodes + """
            $dag = $nodes | New-Dag d
            $none = $dag.Edges.Count
            $same = $dag | Add-DagEdge A B
            [object]::ReferenceEquals($dag, $same), $dag.Edges.Count
            """);

        Assert.Equal([true, 1], result.Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void Dags_and_nodes_that_come_together_become_a_new_dag()
    {
        ShellResult result = Run(Nodes + """
            $one = $nodes[0], $nodes[1] | New-Dag one
            $whole = $one, $nodes[2] | Add-DagEdge A C
            $whole.Nodes.Count, $whole.Edges.Count, $one.Nodes.Count, $one.Edges.Count
            """);

        Assert.Equal([3, 1, 2, 0], result.Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void What_is_wrong_with_the_edges_is_found_before_the_run()
    {
        ShellResult result = Shell.Run(Nodes + "$nodes | Add-DagEdge -Chain A, B, A | Add-DagEdge C X | Invoke-Dag");

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("A → B → A", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains("'X', which is not in the dag", result.Thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$nodes | Add-DagEdge -Chain A")]
    [InlineData("$nodes | Add-DagEdge -From @() -To B")]
    [InlineData("$nodes | Add-DagEdge -From A -To $null")]
    [InlineData("$nodes | Add-DagEdge -From A -To ''")]
    public void Edges_have_two_ends(string pipeline)
    {
        ShellResult result = Shell.Run(Nodes + pipeline);

        Assert.StartsWith("ParameterArgumentValidationError", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void From_and_To_do_not_go_with_Chain() =>
        Assert.StartsWith(
            "AmbiguousParameterSet", Shell.Run(Nodes
                + "$nodes | Add-DagEdge -From A -To B -Chain A, B").ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_node_is_refused()
    {
        ShellResult result = Shell.Run("'junk' | Add-DagEdge A B");

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'junk'", result.Thrown!.Message, StringComparison.Ordinal);
    }
}
