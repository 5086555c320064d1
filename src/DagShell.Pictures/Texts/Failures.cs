using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Texts;

/// <summary>Tells failures that count from those that do no harm.</summary>
internal static class Failures
{
    /// <summary>Whether a node failed, and the run with it: it is not tolerated, and no fallback stands for it.</summary>
    public static bool Counts(RunHistory run, int node) =>
        run.Nodes[node].State == NodeState.Failed && !run.Graph.IsTolerated(node) && !IsStoodFor(run, node);

    /// <summary>Whether a node failed and a fallback, or one of that, stands for it.</summary>
    public static bool IsStoodFor(RunHistory run, int node) => run.StandInFor(node) >= 0;
}
