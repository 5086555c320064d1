namespace DagShell.Tests.Running;

/// <summary>Which final states of the dependencies let a node run.</summary>
public sealed class TriggerRuleTests : ShellTests
{
    [Theory]
    [InlineData("AllSucceeded", "Good1,Good2", "Succeeded", null)]
    [InlineData("AllSucceeded", "Good1,Bad", "Skipped", "dependency 'Bad' failed")]
    [InlineData("AllSucceeded", "Good1,Off", "Skipped", "dependency 'Off' was skipped")]
    [InlineData("AllSucceeded", "Good1,Tolerated", "Succeeded", null)]
    [InlineData("AllDone", "Good1,Bad,Off", "Succeeded", null)]
    [InlineData("AnySucceeded", "Good1,Bad,Off", "Succeeded", null)]
    [InlineData("AnySucceeded", "Bad,Off", "Skipped", "no dependency succeeded")]
    [InlineData("AnyFailed", "Good1,Bad", "Succeeded", null)]
    [InlineData("AnyFailed", "Good1,Off", "Skipped", "no dependency failed")]
    [InlineData("NoneFailed", "Good1,Off", "Succeeded", null)]
    [InlineData("NoneFailed", "Good1,Bad", "Skipped", "dependency 'Bad' failed")]
    public void A_node_runs_when_its_rule_holds_and_says_why_not(string rule, string dependencies, string status, string? reason)
    {
        ShellResult result = Run($$"""
            $nodes = @(
                New-DagNode Good1 { }
                New-DagNode Good2 { }
                New-DagNode Bad { throw 'x' }
                New-DagNode Off { } -When { $false }
                New-DagNode Tolerated { throw 'x' } -ContinueOnError
                New-DagNode Sink { 'ran' } -DependsOn {{dependencies}} -TriggerRule {{rule}}
            )
            $nodes | Invoke-Dag -ErrorAction Ignore
            """);

        Assert.Equal(status, result.Status("Sink"));
        Assert.Equal(reason, result.SkipReason("Sink"));
        Assert.Equal(status == "Succeeded" ? ["ran"] : [], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Independent_branches_go_on_and_a_diamond_with_one_arm_skipped_ends()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Top { }
                New-DagNode Left { } -DependsOn Top -When { $false }
                New-DagNode Right { 'r' } -DependsOn Top
                New-DagNode Bottom { } -DependsOn Left, Right
                New-DagNode Loose { $Upstream.Right } -DependsOn Left, Right -TriggerRule AnySucceeded
                New-DagNode Alone { 'a' }
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["Alone Succeeded", "Bottom Skipped", "Left Skipped", "Loose Succeeded", "Right Succeeded", "Top Succeeded"],
            result.Statuses);
        Assert.Equal(["r"], result.NodeOutput("Loose"));
    }

    [Fact]
    public void A_tolerated_failure_is_shown_and_the_run_succeeds()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { throw 'x' } -ContinueOnError), (New-DagNode B { 'b' } -DependsOn A)
            $nodes | Invoke-Dag -RunVariable run
            "$($run.Status)"
            """);

        Assert.Equal(["A Failed", "B Succeeded"], result.Statuses);
        Assert.Equal("Succeeded", result.Text[^1]);
        Assert.Single(result.Streams.NodeFailures);
    }
}
