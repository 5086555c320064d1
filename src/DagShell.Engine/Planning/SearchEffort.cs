using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>
/// How much is done to find a good order of start. A node costs 2 to 4 µs of planning with it; of a large graph, whose nodes
/// the processor's caches do not hold, less is done, so that it is no more there.
/// </summary>
/// <param name="Improvements">How often an order is played backward and forward again to make it better.</param>
/// <param name="Shuffles">How many orders by shuffled remaining paths are tried.</param>
/// <param name="Finalists">How many of the shortest orders are compared with durations that are a little off.</param>
/// <param name="Scenarios">How many such durations they are compared with.</param>
internal sealed record SearchEffort(int Improvements, int Shuffles, int Finalists, int Scenarios)
{
    // Nodes and edges.
    private const int Small = 40_000;

    private static readonly SearchEffort Full = new(Improvements: 2, Shuffles: 4, Finalists: 5, Scenarios: 3);
    private static readonly SearchEffort Light = new(Improvements: 1, Shuffles: 0, Finalists: 2, Scenarios: 1);

    public static SearchEffort For(DagGraph graph) => graph.Count + graph.EdgeCount <= Small ? Full : Light;
}
