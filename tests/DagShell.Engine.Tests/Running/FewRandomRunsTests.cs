using Xunit;
using Xunit.Abstractions;

namespace DagShell.Engine.Tests.Running;

/// <summary>The first of the random runs, in a moment: what is asked of each of the many changes that Mutate makes.</summary>
public sealed class FewRandomRunsTests(ITestOutputHelper output)
{
    private const int Runs = 150;

    [Fact]
    public void They_go_as_the_reference_says() => new RandomRunTests(output).Random_runs_go_as_the_reference_says(maxNodes: 12, Runs);

    [Fact]
    public void They_end_though_places_come_and_go() =>
        new RandomPlacesTests().Random_runs_end_though_places_come_and_go(maxNodes: 12, Runs);

    [Fact]
    public void They_go_inside_of_a_node_as_they_do_by_themselves() =>
        new RandomNestingTests().A_dag_inside_of_a_node_runs_as_it_does_by_itself(maxNodes: 12, depth: 2, Runs);

    [Fact]
    public void They_go_as_ever_where_they_are_known_at_the_turn_of_a_node() =>
        new RandomNestingTests().A_dag_that_is_known_at_its_turn_runs_as_one_that_was_known_before(maxNodes: 12, depth: 2, Runs);
}
