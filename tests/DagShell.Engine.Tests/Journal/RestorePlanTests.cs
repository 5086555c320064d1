using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;
using static DagShell.Engine.Tests.Running.Harness.Nodes;

namespace DagShell.Engine.Tests.Journal;

/// <summary>What is run again when a run is resumed, where there is clean-up or a fallback: design, 2 and 10.</summary>
public sealed class RestorePlanTests
{
    private static readonly Node[] Environment =
        [Node("set up"), Node("A", "set up"), Node("B", "A"), Node("other"), CleanUpOf("tear down", "set up")];

    [Theory]
    [InlineData("set up, A, other", "tear down", "other")]
    [InlineData("set up, A, other", "", "set up, A, other")]
    [InlineData("set up, A, B", "tear down", "set up, A, B")]
    [InlineData("set up, A, B, tear down", "tear down", "set up, A, B, tear down")]
    [InlineData("set up, A, tear down, other", "tear down", "other")]
    public void A_set_up_that_was_torn_down_runs_again_where_what_is_left_needs_it(string done, string cleanedUp, string restored) =>
        Assert.Equal(restored, Restored(Environment, done, failed: "", cleanedUp));

    [Fact]
    public void What_is_no_part_of_the_run_needs_nothing() =>
        Assert.Equal("set up, A", Restored(Environment, "set up, A", "", "tear down", isLeft: name => name != "B"));

    [Fact]
    public void Of_nested_set_ups_the_outer_one_runs_again_with_the_inner_one() =>
        Assert.Equal(
            "",
            Restored(
                [Node("outer"), Node("inner", "outer"), Node("test", "inner"), CleanUpOf("drop inner", "inner"),
                    CleanUpOf("drop outer", "outer")],
                "outer, inner, drop inner",
                failed: "",
                "drop inner, drop outer"));

    [Theory]
    [InlineData("B, next", "A", "A, B, next")]
    [InlineData("B, next", "", "")]
    [InlineData("next", "A", "")]
    [InlineData("A, next", "", "A, next")]
    public void A_node_and_its_fallback_are_restored_together(string done, string failed, string restored) =>
        Assert.Equal(restored, Restored([Node("A"), Fallback("B", "A"), Node("next", "A")], done, failed, ""));

    [Fact]
    public void So_are_fallbacks_of_fallbacks() =>
        Assert.Equal("A, B, C, next",
            Restored([Node("A"), Fallback("B", "A"), Fallback("C", "B"), Node("next", "A")], "C, next", "A, B", ""));

    [Theory]
    [InlineData("other", "set up, A, B, tear down")]
    [InlineData("B", "other")]
    [InlineData("tear down", "set up, A, B, other")]
    [InlineData("set up, other", "")]
    public void What_is_named_runs_again_with_all_that_depends_on_it(string again, string restored) =>
        Assert.Equal(
            restored,
            Restored(Environment, "set up, A, B, other, tear down", failed: "", cleanedUp: "tear down", again: again));

    [Theory]
    [InlineData("A", "")]
    [InlineData("B", "")]
    [InlineData("next", "A, B")]
    public void A_node_and_its_fallback_run_again_together(string again, string restored) =>
        Assert.Equal(restored, Restored([Node("A"), Fallback("B", "A"), Node("next", "A")], "B, next", "A", "", again: again));

    private static string Restored(
        Node[] nodes, string done, string failed, string cleanedUp, Func<string, bool>? isLeft = null, string again = "")
    {
        DagGraph graph = DagGraph.Create(nodes, [], new Dictionary<string, int>());
        var plan = RestorePlan.Find(
            graph,
            node => done.Split(", ").Contains(graph[node].Name) ? "output" : null,
            node => failed.Split(", ").Contains(graph[node].Name),
            node => cleanedUp.Split(", ").Contains(graph[node].Name),
            node => isLeft is null || isLeft(graph[node].Name),
            Enumerable.Range(0, graph.Count).Where(node => again.Split(", ").Contains(graph[node].Name)).ToHashSet());
        return string.Join(", ", Enumerable.Range(0, graph.Count)
            .Where(node => plan.Done.ContainsKey(node) || plan.FallenBack.Contains(node))
            .Select(node => graph[node].Name));
    }
}
