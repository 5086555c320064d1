using CsCheck;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using DagShell.Engine.Tests.Running.Model;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>Random runs in places that come and go: what must hold for every run does, and each ends.</summary>
[Collection(Alone.Name)]
public sealed class RandomPlacesTests
{
    private static readonly AttemptOutcome Broken = AttemptOutcome.Failed(new NodeFailure(FailureKind.SessionLost, "the session broke"));

    [Theory]
    [InlineData(12, 5_000)]
    [InlineData(60, 500)]

    // To go through more of them, set DAGSHELL_RUNS.
    public void Random_runs_end_though_places_come_and_go(int maxNodes, int runs)
    {
        runs = int.TryParse(Environment.GetEnvironmentVariable("DAGSHELL_RUNS"), out int wanted) ? wanted : runs;
        Gen.Select(Scenario.Any(maxNodes), AnyChange.Array[0, 30]).Sample(
            (scenario, changes) =>
            {
                PlaceGroup places = new(scenario.ThrottleLimit);
                TestRun run = Prepare(scenario, places);
                foreach (Change change in changes)
                {
                    run.At(change.Time, () => Make(change, run, places));
                }

                // In the end there is a place for all that is left.
                run.At(TimeSpan.FromSeconds(400), () => run.Scheduler.AddPlaces(places, places.Limit));
                run.ToEnd();
                RunInvariants.Check(scenario.Graph, scenario.ThrottleLimit, run.Scheduler, run.Log);
                CheckLosses(run);
            },
            iter: runs);
    }

    private static readonly Gen<Change> AnyChange = Gen.Select(
        Gen.Long[1, 100 * TimeSpan.TicksPerSecond].Select(TimeSpan.FromTicks),
        Gen.Enum<Kind>(),
        Gen.Int[0, 9_999],
        (time, kind, which) => new Change(time, kind, which));

    private enum Kind
    {
        Comes,
        Idle,
        Busy,
        BeforeItBegan,
        TakenBack,
        Ends,
    }

    private static TestRun Prepare(Scenario scenario, PlaceGroup places)
    {
        TestRun run = new(
            scenario.Graph, throttleLimit: 1, scenario.FailFast, scenario.Timeout, cleanUpTimeout: scenario.CleanUpTimeout, places: places);
        for (int node = 0; node < scenario.Scripts.Count; node++)
        {
            run.Runner.Script(node, scenario.Scripts[node]);
        }

        if (scenario.StopAt is { } stopAt)
        {
            run.At(stopAt, run.Scheduler.Stop);
        }

        run.Scheduler.AddPlaces(places, Math.Max(1, places.Limit / 2));
        return run;
    }

    private static void Make(Change change, TestRun run, PlaceGroup places)
    {
        switch (change.Kind)
        {
            case Kind.Comes:
                run.Scheduler.AddPlaces(places, 1);
                break;
            case Kind.TakenBack:
                run.Scheduler.TryTakePlace(places);
                break;
            case Kind.Ends when change.Which % 20 == 0:
                run.Scheduler.EndPlaces(places);
                break;
            case Kind.Idle:
                run.Scheduler.LosePlace(places);
                break;
            case Kind.Busy or Kind.BeforeItBegan when run.Runner.Running is { Count: > 0 } running:
                run.Scheduler.LosePlace(places);
                run.Runner.End(running[change.Which % running.Count], change.Kind == Kind.Busy ? Broken : AttemptOutcome.Lost);
                break;
        }
    }

    /// <summary>A place that was gone costs no attempt: all others count that the runner reported, and were waited for.</summary>
    private static void CheckLosses(TestRun run)
    {
        foreach (NodeResult result in run.Results)
        {
            int ran = run.Log.Reports.Count(report => report is { WasAwaited: true, Attempt.IsInquiry: false }
                && report.Attempt.Index == result.Index && report.Attempt.Items is null
                && report.Outcome.Kind is not (AttemptOutcomeKind.Lost or AttemptOutcomeKind.ConditionFalse)
                && report.Outcome.Failure?.Kind != FailureKind.PreconditionNotMet);
            int abandoned = run.Abandonments.Count(given => given.StartsWith(result.Node.Name + " ", StringComparison.Ordinal));
            Assert.InRange(result.Attempts, ran, ran + abandoned);
        }
    }

    private sealed record Change(TimeSpan Time, Kind Kind, int Which);
}
