using DagShell.Engine.Planning;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Planning;

public sealed class SearchEffortTests
{
    [Fact]
    public void For_more_than_40_000_nodes_and_edges_less_is_done()
    {
        SearchEffort small = SearchEffort.For(GraphOf(Chain(2)));
        SearchEffort middle = SearchEffort.For(GraphOf([.. Chain(20_000), Node("alone")]));
        SearchEffort large = SearchEffort.For(GraphOf(Chain(20_001)));

        Assert.Equal(small, middle);
        Assert.True(large.Improvements < small.Improvements);
        Assert.True(large.Shuffles < small.Shuffles);
        Assert.True(large.Scenarios < small.Scenarios);
    }
}
