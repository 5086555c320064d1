using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;
using Xunit;
using Xunit.Abstractions;

namespace DagShell.Engine.Tests.Running.Systematic;

/// <summary>Coyote goes through the orders in which the threads of a run can meet, and says when one ends badly or not at all.</summary>
[Collection(Alone.Name)]
public sealed class SystematicTests(RewrittenCode code, ITestOutputHelper output) : IClassFixture<RewrittenCode>
{
    // The same ones each time. To go through more of them, set DAGSHELL_ORDERS.
    private const int Orders = 60;

    // Coyote does not see that disposing of a cancellation callback waits until that has run. Where it holds the callback's
    // thread back at that very moment, nothing moves any more, and it suspects a hang. A real one it knows for what it is.
    private const string Suspicion = "Potential deadlock or hang detected.";
    private const int MostInconclusive = 2;

    [Fact]
    public void Nodes_end_while_others_start() => Explore(Races.Nodes_end_while_others_start);

    [Fact]
    public void Attempts_fail_and_are_retried_at_once() => Explore(Races.Attempts_fail_and_are_retried_at_once);

    [Fact]
    public void Places_come_and_go() => Explore(Races.Places_come_and_go);

    [Fact]
    public void The_last_places_are_lost_at_once() => Explore(Races.The_last_places_are_lost_at_once);

    [Fact]
    public void Waits_end_while_others_end() => Explore(Races.Waits_end_while_others_end);

    [Fact]
    public void A_node_fails_fast_while_others_start() => Explore(Races.A_node_fails_fast_while_others_start);

    [Fact]
    public void A_node_fails_fast_while_another_is_retried() => Explore(Races.A_node_fails_fast_while_another_is_retried);

    [Fact]
    public void A_node_fails_fast_while_others_wait_or_come_back() => Explore(Races.A_node_fails_fast_while_others_wait_or_come_back);

    [Fact]
    public void The_run_is_stopped_while_nodes_start_and_end() => Explore(Races.The_run_is_stopped_while_nodes_start_and_end);

    [Fact]
    public void The_run_is_stopped_while_nodes_wait() => Explore(Races.The_run_is_stopped_while_nodes_wait);

    [Fact]
    public void The_run_times_out_while_nodes_start_and_end() => Explore(Races.The_run_times_out_while_nodes_start_and_end);

    [Fact]
    public void The_run_is_stopped_and_times_out_at_the_same_time() => Explore(Races.The_run_is_stopped_and_times_out_at_the_same_time);

    [Fact]
    public void The_run_is_stopped_while_clean_up_and_fallbacks_start_and_end() =>
        Explore(Races.The_run_is_stopped_while_clean_up_and_fallbacks_start_and_end);

    [Fact]
    public void Clean_up_is_stopped_as_its_time_is_over() => Explore(Races.Clean_up_is_stopped_as_its_time_is_over);

    [Fact]
    public void An_attempt_times_out_as_it_ends() => Explore(Races.An_attempt_times_out_as_it_ends);

    [Fact]
    public void An_attempt_is_given_up_as_it_ends() => Explore(Races.An_attempt_is_given_up_as_it_ends);

    [Fact]
    public void Items_fail_fast_while_others_start_and_end() => Explore(Races.Items_fail_fast_while_others_start_and_end);

    [Fact]
    public void The_run_is_stopped_while_items_are_asked_for_and_run() =>
        Explore(Races.The_run_is_stopped_while_items_are_asked_for_and_run);

    [Fact]
    public void The_run_is_stopped_while_dags_open_and_end() => Explore(Races.The_run_is_stopped_while_dags_open_and_end);

    [Fact]
    public void Nodes_inside_of_dags_fail_fast_while_others_start_and_end() =>
        Explore(Races.Nodes_inside_of_dags_fail_fast_while_others_start_and_end);

    [Fact]
    public void Dags_come_at_their_turn_while_others_start_and_end() => Explore(Races.Dags_come_at_their_turn_while_others_start_and_end);

    [Fact]
    public void The_run_is_stopped_while_dags_come_at_their_turn() => Explore(Races.The_run_is_stopped_while_dags_come_at_their_turn);

    [Fact]
    public void Dags_of_items_that_come_at_their_turn_fail_fast_while_others_start_and_end() =>
        Explore(Races.Dags_of_items_that_come_at_their_turn_fail_fast_while_others_start_and_end);

    private void Explore(Func<Task> race)
    {
        int orders = int.TryParse(Environment.GetEnvironmentVariable("DAGSHELL_ORDERS"), out int wanted) ? wanted : Orders;
        int explored = 0;
        int inconclusive = 0;
        for (uint seed = 1; explored < orders; seed++)
        {
            TestReport report = Run(race, orders - explored, seed);
            explored += report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths;
            if (report.NumOfFoundBugs > 0)
            {
                string bug = string.Join(Environment.NewLine, report.BugReports);
                inconclusive += bug.StartsWith(Suspicion, StringComparison.Ordinal) ? 1 : MostInconclusive + 1;
                Assert.True(inconclusive <= MostInconclusive, $"Seed {seed}: {bug}");
            }

            Assert.Empty(report.InternalErrors);
        }
    }

    private TestReport Run(Func<Task> race, int orders, uint seed)
    {
        Configuration configuration = Configuration.Create()
            .WithTestingIterations((uint)orders)
            .WithRandomGeneratorSeed(seed)
            .WithSystematicFuzzingFallbackEnabled(false)
            .WithPotentialDeadlocksReportedAsBugs()
            .WithDeadlockTimeout(3_000)
            .WithTelemetryEnabled(false);
        using TestingEngine engine = TestingEngine.Create(configuration, code.TwinOf(race));
        engine.Run();
        output.WriteLine(engine.GetReport());
        return engine.TestReport;
    }
}
