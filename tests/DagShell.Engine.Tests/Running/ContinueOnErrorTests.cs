using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.7: the node is shown as failed, but its dependents and the run go on as if it had not.</summary>
public sealed class ContinueOnErrorTests
{
    [Fact]
    public void The_node_is_failed_and_its_dependents_run()
    {
        TestRun run = new TestRun([Lenient("A"), Node("B", "A")]).Script("A", Step.Fail(message: "never mind")).ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal("never mind", run["A"].Failure?.Message);
        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
    }

    [Fact]
    public void It_is_retried_first()
    {
        Node node = new("A") { ContinueOnError = true, Retry = new RetryPolicy { Count = 2 } };
        TestRun run = new TestRun([node, Node("B", "A")]).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(3, run["A"].Attempts);
        Assert.Equal("B 3", run.Starts[^1]);
    }

    [Theory]
    [InlineData("a precondition")]
    [InlineData("a timeout")]
    [InlineData("an attempt that was given up")]
    public void It_covers_any_way_to_fail(string way)
    {
        Step step = way switch
        {
            "a precondition" => Step.PreconditionNotMet(1),
            "a timeout" => Step.Hang(),
            _ => Step.HangAndIgnoreStop(),
        };
        TestRun run = new TestRun([new Node("A") { ContinueOnError = true, Timeout = TimeSpan.FromSeconds(5) }, Node("B", "A")])
            .Script("A", step)
            .ToEnd();

        Assert.Equal(NodeState.Failed, run.StateOf("A"));
        Assert.Equal(NodeState.Succeeded, run.StateOf("B"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void It_does_not_cover_a_skipped_node()
    {
        TestRun run = new TestRun([Node("bad"), new Node("A") { DependsOn = ["bad"], ContinueOnError = true }, Node("B", "A")])
            .Script("bad", Step.Fail())
            .ToEnd();

        Assert.Equal(NodeState.Skipped, run.StateOf("A"));
        Assert.Equal(NodeState.Skipped, run.StateOf("B"));
    }

    [Fact]
    public void Dependents_get_no_output_of_it()
    {
        object? output = "unset";
        TestRun run = new TestRun([Lenient("A"), Node("B", "A")]).Script("A", Step.Fail());
        run.Runner.OnStart = attempt => output = attempt.Node.Name == "B" ? attempt.OutputOf(0) : output;
        run.ToEnd();

        Assert.Null(output);
    }

    private static Node Lenient(string name) => new(name) { ContinueOnError = true };
}
