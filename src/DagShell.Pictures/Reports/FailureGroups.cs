using DagShell.Engine.Analysis;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>Gathers failed nodes by what they failed with: five hundred of one cause are one thing to look at.</summary>
internal static class FailureGroups
{
    /// <summary>Of so many groups, the largest, it is worked out what was skipped because of them.</summary>
    private const int MostTraced = 50;

    /// <summary>The groups: those that count first, of these the largest first.</summary>
    public static IReadOnlyList<FailureGroup> Of(RunSnapshot run)
    {
        RunHistory history = run.History;
        var groups = Enumerable.Range(0, history.Nodes.Count)
            .Where(node => history.Nodes[node].State == NodeState.Failed)
            .GroupBy(node => (Counts: Failures.Counts(history, node), Mask: MaskOf(run, node)))
            .Select(group => (group.Key.Counts, Nodes: group.OrderBy(node => history.Nodes[node].EndTime).ToArray()))
            .OrderByDescending(group => group.Counts)
            .ThenByDescending(group => group.Nodes.Length)
            .ThenBy(group => history.Nodes[group.Nodes[0]].EndTime)
            .ToList();
        return [.. groups.Select((group, index) => new FailureGroup(
            group.Counts, group.Nodes, index < MostTraced ? SkippedBecauseOf(history, group.Nodes) : []))];
    }

    private static string MaskOf(RunSnapshot run, int node) =>
        run.Endings[node].Message is { } message ? MessageMask.Of(message, run.History.Graph[node].Name, run.History.Graph) : string.Empty;

    private static List<int> SkippedBecauseOf(RunHistory run, IEnumerable<int> failed)
    {
        Stack<int> open = new(failed);
        HashSet<int> seen = [];
        while (open.TryPop(out int node))
        {
            foreach (int dependent in run.Graph.Downstream(node))
            {
                if (run.Nodes[dependent].State == NodeState.Skipped && seen.Add(dependent))
                {
                    open.Push(dependent);
                }
            }
        }

        return [.. seen.Order()];
    }
}
