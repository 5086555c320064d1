using DagShell.Engine.Analysis;
using DagShell.Pictures.Folding;

namespace DagShell.Pictures.Reports;

/// <summary>
/// The pictures of a run's graph that its page has: of a small graph all of it; of a large one the failed nodes with what led to them and
/// what they broke, and the whole; in both several nodes are a box.
/// </summary>
internal sealed class GraphViews
{
    /// <summary>So many failed nodes have a box each.</summary>
    private const int MostFailedApart = 60;

    private GraphViews(bool isFolded, IReadOnlyList<(string Name, DagPicture Picture, int[] BoxOf)> all)
    {
        IsFolded = isFolded;
        All = all;
    }

    /// <summary>Whether boxes stand for several nodes.</summary>
    public bool IsFolded { get; }

    /// <summary>The pictures, the one that is shown first first: its name, and the box of each node, or -1.</summary>
    public IReadOnlyList<(string Name, DagPicture Picture, int[] BoxOf)> All { get; }

    /// <summary>The pictures of a run.</summary>
    public static GraphViews Of(RunSnapshot run)
    {
        DagPicture picture = DagPicture.Of(run);
        if (GraphFolding.IsSmall(picture))
        {
            return new GraphViews(isFolded: false, [("whole", picture, [])]);
        }

        RunHistory history = run.History;
        int failed = run.Figures.CountOf(NodeState.Failed);
        bool IsApart(int node) => failed <= MostFailedApart && history.Nodes[node].State == NodeState.Failed;
        List<(string Name, DagPicture Picture, int[] BoxOf)> views = [];
        if (failed > 0)
        {
            bool[] isNear = NearFailed(history);
            Add("failed", node => isNear[node], IsApart);
        }

        Add("whole", _ => true, _ => false);
        return new GraphViews(isFolded: true, views);

        void Add(string name, Func<int, bool> isShown, Func<int, bool> isKept)
        {
            int[] boxOf = GraphFolding.Fold(picture, isShown, isKept);
            views.Add((name, FoldedPicture.Of(picture, boxOf), boxOf));
        }
    }

    /// <summary>Failed nodes, all that led to them, and all that was skipped because of them.</summary>
    private static bool[] NearFailed(RunHistory run)
    {
        bool[] isNear = new bool[run.Nodes.Count];
        Stack<int> open = new(Enumerable.Range(0, run.Nodes.Count).Where(node => run.Nodes[node].State == NodeState.Failed));
        foreach (int node in open)
        {
            isNear[node] = true;
        }

        int[] failed = [.. open];
        Visit(node => run.Graph.Awaited(node), _ => true);
        failed.ToList().ForEach(open.Push);
        Visit(node => run.Graph.Awaiting(node), node => run.Nodes[node].State == NodeState.Skipped);
        return isNear;

        void Visit(Neighbours neighboursOf, Func<int, bool> belongs)
        {
            while (open.TryPop(out int node))
            {
                foreach (int other in neighboursOf(node))
                {
                    if (!isNear[other] && belongs(other))
                    {
                        isNear[other] = true;
                        open.Push(other);
                    }
                }
            }
        }
    }

    private delegate ReadOnlySpan<int> Neighbours(int node);
}
