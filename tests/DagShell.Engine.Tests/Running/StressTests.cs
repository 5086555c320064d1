using CsCheck;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using DagShell.Engine.Tests.Running.Model;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>
/// Random runs on real threads, with seconds that last a millisecond or much less: attempts end, time out, are stopped and
/// are given up all at once. How they end depends on the threads, but they must end, and keep the invariants.
/// </summary>
[Collection(Alone.Name)]
public sealed class StressTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1_000, 2_000)]
    [InlineData(20_000, 4_000)]
    [InlineData(1_000_000, 4_000)]
    public async Task Random_runs_end_and_keep_the_invariants(int speed, int runs) =>
        await Scenario.Any(maxNodes: 12).SampleAsync(scenario => RunAsync(scenario, new FastClock(speed)), iter: runs, threads: 32);

    private static async Task RunAsync(Scenario scenario, FastClock clock)
    {
        RunLog log = new(scenario.Graph, clock);
        FakeRunner runner = new(clock, log);
        for (int node = 0; node < scenario.Scripts.Count; node++)
        {
            runner.Script(node, scenario.Scripts[node]);
        }

        RunOptions options = new()
        {
            ThrottleLimit = scenario.ThrottleLimit,
            FailFast = scenario.FailFast,
            Timeout = scenario.Timeout,
            TimeProvider = clock,
        };
        Scheduler scheduler = new(DagPlan.Create(scenario.Graph), runner, options, log);
        if (scenario.StopAt is { } stopAt)
        {
            clock.CreateTimer(_ => scheduler.Stop(), null, stopAt, Timeout.InfiniteTimeSpan);
        }

        scheduler.Start();
        Task ended = await Task.WhenAny(scheduler.Completion, Task.Delay(LongEnough));
        Assert.True(ended == scheduler.Completion, $"The run hangs: {scheduler.Counts}");
        RunInvariants.Check(scenario.Graph, scenario.ThrottleLimit, scheduler, log);
    }
}
