using CsCheck;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using DagShell.Engine.Tests.Running.Model;
using Xunit;
using Xunit.Abstractions;

namespace DagShell.Engine.Tests.Running;

/// <summary>Random runs in virtual time: what must hold for every run does, and each ends as the reference says.</summary>
[Collection(Alone.Name)]
public sealed class RandomRunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(12, 4_000)]
    [InlineData(60, 500)]
    [InlineData(300, 60)]

    // To go through more of them, set DAGSHELL_RUNS.
    public void Random_runs_go_as_the_reference_says(int maxNodes, int runs)
    {
        runs = int.TryParse(Environment.GetEnvironmentVariable("DAGSHELL_RUNS"), out int wanted) ? wanted : runs;
        int compared = 0;
        Scenario.Any(maxNodes).Sample(
            scenario =>
            {
                TestRun run = Run(scenario);
                RunInvariants.Check(scenario.Graph, scenario.ThrottleLimit, run.Scheduler, run.Log);
                ReferenceRun reference = ReferenceRun.Of(scenario);
                if (!reference.IsAmbiguous)
                {
                    Interlocked.Increment(ref compared);
                    Assert.All(run.Results, result => Assert.Equal(Describe(reference.Nodes[result.Index]), Describe(run, result)));
                    Assert.Equal(reference.Status, run.Status);
                }
            },
            iter: runs);

        output.WriteLine($"{compared} of {runs} runs were compared; in the others two things happened at once.");
        Assert.True(compared > runs * 0.7);
    }

    private static TestRun Run(Scenario scenario)
    {
        TestRun run =
            new(scenario.Graph, scenario.ThrottleLimit, scenario.FailFast, scenario.Timeout, cleanUpTimeout: scenario.CleanUpTimeout);
        for (int node = 0; node < scenario.Scripts.Count; node++)
        {
            run.Runner.Script(node, scenario.Scripts[node]);
            for (int item = 0; item < scenario.ItemScripts[node].Count; item++)
            {
                run.Runner.Script(node, scenario.ItemScripts[node][item], item);
            }
        }

        if (scenario.StopAt is { } stopAt)
        {
            run.At(stopAt, run.Scheduler.Stop);
        }

        return run.ToEnd();
    }

    private static string Describe(ReferenceNode node) =>
        $"{node.Node.Name} {node.State}, {node.Attempts} attempts, from {node.StartTime} to {node.EndTime}"
        + string.Concat((node.Items ?? []).Select(item =>
            $"; #{item.Item} {item.State}, {item.Attempts} attempts, from {item.StartTime} to {item.EndTime}"));

    private static string Describe(TestRun run, NodeResult result) =>
        $"{result.Node.Name} {result.State}, {result.Attempts} attempts, "
        + $"from {result.StartTime - run.Clock.Start} to {result.EndTime - run.Clock.Start}"
        + string.Concat((result.Items ?? Enumerable.Empty<ItemResult>()).Select(item => $"; #{item.Index} {item.State}, "
            + $"{item.Attempts} attempts, from {item.StartTime - run.Clock.Start} to {item.EndTime - run.Clock.Start}"));
}
