using System.Runtime.CompilerServices;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Running;

/// <summary>What a node gives back is handed to its dependents, and kept no longer than they need it.</summary>
public sealed class OutputTests
{
    [Fact]
    public void A_node_gets_the_outputs_of_its_dependencies_in_the_order_of_its_list()
    {
        List<object?> seen = [];
        TestRun run = new TestRun([Node("A"), Node("B"), Node("C", "B", "A")])
            .Script("A", Step.Succeed(after: 1, output: "of A"))
            .Script("B", Step.Succeed(after: 2, output: "of B"));
        run.Runner.OnStart = attempt =>
        {
            foreach (int dependency in attempt.Upstream)
            {
                seen.Add(attempt.OutputOf(dependency));
            }
        };
        run.ToEnd();

        Assert.Equal(["of B", "of A"], seen);
    }

    [Fact]
    public void Objects_are_passed_as_they_are()
    {
        object output = new();
        object? seen = null;
        TestRun run = new TestRun([Node("A"), Node("B", "A")]).Script("A", Step.Succeed(output: output));
        run.Runner.OnStart = attempt => seen = attempt.Index == 1 ? attempt.OutputOf(0) : null;
        run.ToEnd();

        Assert.Same(output, seen);
        Assert.Same(output, run["A"].Output);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("skipped")]
    [InlineData("cancelled")]
    public void There_is_none_of_a_dependency_that_did_not_succeed(string end)
    {
        Step step = end switch { "failed" => Step.Fail(), "skipped" => Step.ConditionFalse(), _ => Step.StopByItself() };
        object? seen = "unset";
        TestRun run = new TestRun([Node("A"), CleanUp("B", "A")]).Script("A", step);
        run.Runner.OnStart = attempt => seen = attempt.Index == 1 ? attempt.OutputOf(0) : seen;
        run.ToEnd();

        Assert.Null(seen);
    }

    [Fact]
    public void A_retry_sees_the_outputs_again()
    {
        List<object?> seen = [];
        TestRun run = new TestRun([Node("A"), new Node("B") { DependsOn = ["A"], Retry = new RetryPolicy { Count = 1 } }])
            .Script("A", Step.Succeed(output: 1))
            .Script("B", Step.Fail(), Step.Succeed());
        run.Runner.OnStart = attempt =>
        {
            if (attempt.Index == 1)
            {
                seen.Add(attempt.OutputOf(0));
            }
        };
        run.ToEnd();

        Assert.Equal([1, 1], seen);
    }

    [Fact]
    public void An_output_is_let_go_when_the_last_dependent_is_final()
    {
        TestRun run = new TestRun([Node("A"), Node("B", "A"), Node("C", "A"), Node("rest", "B", "C")])
            .Script("A", Step.Succeed(after: 1, output: "big"))
            .Script("B", Step.Succeed(after: 1))
            .Script("C", Step.Fail(after: 3))
            .To(3);
        Assert.Equal("big", run.Scheduler.OutputOf(0));

        run.To(4);
        Assert.Null(run.Scheduler.OutputOf(0));
    }

    [Fact]
    public void An_output_nobody_depends_on_is_not_kept()
    {
        TestRun run = new TestRun([Node("A"), Node("slow")])
            .Script("A", Step.Succeed(output: "big"))
            .Script("slow", Step.Succeed(after: 10))
            .To(5);

        Assert.Null(run.Scheduler.OutputOf(0));
        Assert.Equal("big", run["A"].Output);
    }

    [Fact]
    public void Outputs_for_nodes_that_are_skipped_before_they_are_needed_are_not_kept()
    {
        TestRun run = new TestRun([Node("bad"), Node("A"), Node("B", "bad", "A"), Node("slow")])
            .Script("bad", Step.Fail(after: 1))
            .Script("A", Step.Succeed(after: 2, output: "big"))
            .Script("slow", Step.Succeed(after: 10))
            .To(5);

        Assert.Null(run.Scheduler.OutputOf(1));
    }

    [Fact]
    public void Outputs_can_be_collected_while_the_run_goes_on()
    {
        int alive = 0;
        List<WeakReference> outputs = [];
        SynchronousRunner runner = new(attempt =>
        {
            if (attempt.Index == 19)
            {
                GC.Collect();
                alive = outputs.Count(reference => reference.IsAlive);
            }

            attempt.Complete(AttemptOutcome.Succeeded(NewOutput(outputs)));
        });
        runner.Run(Chain(20));

        Assert.InRange(alive, 1, 3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object NewOutput(List<WeakReference> outputs)
    {
        object output = new byte[1000];
        outputs.Add(new WeakReference(output));
        return output;
    }
}
