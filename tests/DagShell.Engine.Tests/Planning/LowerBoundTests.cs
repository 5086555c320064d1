using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Planning;

/// <summary>What no run can be shorter than, in ticks.</summary>
public sealed class LowerBoundTests
{
    private static readonly long[] Work = [6, 4, 2, 8];

    // A and B share a pool of one place, C and D have none.
    private static readonly DagGraph Pooled = DagGraph.Create(
        [new Node("A") { Pool = "sql" }, new Node("B") { Pool = "SQL" }, Node("C"), Node("D")], [],
        new Dictionary<string, int> { ["sql"] = 1 });

    [Theory]
    [InlineData(30, 30)]
    [InlineData(10, 10)]
    [InlineData(1, 10)]
    public void It_is_the_critical_path_or_what_each_slot_has_to_do(long criticalPath, long bound)
    {
        Assert.Equal(bound, LowerBound.Of(GraphOf(Node("A"), Node("B"), Node("C"), Node("D")), Work, criticalPath, throttleLimit: 2));
    }

    [Fact]
    public void It_is_what_each_place_of_a_pool_has_to_do_where_that_is_more()
    {
        Assert.Equal(10, LowerBound.Of(Pooled, Work, 1, throttleLimit: 4));
        Assert.Equal(20, LowerBound.Of(Pooled, Work, 1, throttleLimit: 1));
    }

    [Fact]
    public void It_says_which_pool_sets_it_and_none_where_the_slots_do_as_well()
    {
        Assert.Equal((10, "sql"), new LowerBound(Pooled, Work, throttleLimit: 4).Without(0, null));
        Assert.Equal((10, null), new LowerBound(Pooled, Work, throttleLimit: 2).Without(0, null));
    }

    [Fact]
    public void Without_some_work_both_its_slots_and_its_pool_have_less_to_do()
    {
        LowerBound bound = new(Pooled, Work, throttleLimit: 4);

        Assert.Equal((4, "sql"), bound.Without(6, "Sql"));
        Assert.Equal((10, "sql"), bound.Without(8, null));
        Assert.Equal((10, "sql"), bound.Without(8, "disk"));
    }

    [Fact]
    public void Work_too_long_to_add_is_no_trouble()
    {
        DagGraph graph = GraphOf(Node("A"), Node("B"), Node("C"));
        long[] work = [long.MaxValue, long.MaxValue, long.MaxValue];

        Assert.Equal(long.MaxValue, LowerBound.Of(graph, work, 0, throttleLimit: 1));
        Assert.Equal(long.MaxValue, LowerBound.Of(graph, work, 0, throttleLimit: 3));
    }
}
