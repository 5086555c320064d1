using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.8: Failed comes before Cancelled, and that before Succeeded.</summary>
public sealed class RunStatusTests
{
    [Fact]
    public void Until_every_node_is_final_it_is_running()
    {
        TestRun run = new TestRun([Node("bad"), Node("A")]).Script("bad", Step.Fail()).Script("A", Step.Succeed(after: 5)).To(4);

        Assert.Equal(RunStatus.Running, run.Status);
        Assert.Equal(RunStatus.Failed, run.ToEnd().Status);
    }

    [Fact]
    public void Skipped_nodes_do_not_keep_it_from_succeeding()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.ConditionFalse()).ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_failed_node_makes_it_failed()
    {
        TestRun run = new TestRun([Node("A"), Node("B")]).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void Two_of_them_do_so_as_well()
    {
        TestRun run = new TestRun([Node("A"), Node("B")]).Script("A", Step.Fail()).Script("B", Step.Fail(after: 2)).ToEnd();

        Assert.Equal(RunStatus.Failed, run.Status);
    }

    [Fact]
    public void A_failed_node_with_continue_on_error_does_not()
    {
        TestRun run = new TestRun([new Node("A") { ContinueOnError = true }]).Script("A", Step.Fail()).ToEnd();

        Assert.Equal(RunStatus.Succeeded, run.Status);
    }

    [Fact]
    public void A_stopped_run_is_cancelled()
    {
        TestRun run = new TestRun([Node("A")]).StopAt(0.5).ToEnd();

        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_stopped_run_is_cancelled_even_if_all_nodes_end_well()
    {
        TestRun run = new TestRun([Node("A")]).Script("A", Step.Succeed() with { StopsAfter = null }).StopAt(0.5).ToEnd();

        Assert.Equal(NodeState.Succeeded, run.StateOf("A"));
        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_stopped_run_in_which_a_node_failed_is_cancelled()
    {
        TestRun run = new TestRun([Node("bad"), Node("A")]).Script("bad", Step.Fail()).Script("A", Step.Hang()).StopAt(5).ToEnd();

        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_stopped_run_in_which_a_node_failed_that_may_is_cancelled()
    {
        TestRun run = new TestRun([new Node("bad") { ContinueOnError = true }, Node("A")])
            .Script("bad", Step.Fail())
            .Script("A", Step.Hang())
            .StopAt(5)
            .ToEnd();

        Assert.Equal(RunStatus.Cancelled, run.Status);
    }

    [Fact]
    public void A_failed_clean_up_makes_it_failed()
    {
        TestRun run = new TestRun([Node("A"), CleanUp("clean-up", "A")], timeout: 5)
            .Script("A", Step.Hang())
            .Script("clean-up", Step.Fail())
            .ToEnd();

        Assert.Equal(RunStatus.Failed, run.Status);
    }
}
