using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Files;

/// <summary>What can be said before a run of which nodes are up to date.</summary>
internal static class KnownFiles
{
    /// <summary>
    /// For each node whether it is up to date as files are now: not if a node before it, which is not, writes what it reads. Null of nodes
    /// without -OutputPath, where script blocks give paths or items, and of nodes that run in sessions: their files are there.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="paths">The location that paths are relative to.</param>
    /// <param name="mustRun">Whether a node is to be run whatever the files say.</param>
    /// <param name="runInSessions">Whether nodes of a pool, or of none, run in sessions.</param>
    public static bool?[] AreUpToDate(
        DagGraph graph, PathIntrinsics paths, Func<int, bool> mustRun, Func<string?, bool> runInSessions)
    {
        bool?[] answers = new bool?[graph.Count];
        List<string> stale = [];
        foreach (int index in graph.TopologicalOrder)
        {
            var node = DagNode.Of(graph[index]);
            if (IsKnown(node) && !runInSessions(graph[index].Pool))
            {
                bool isFresh = !mustRun(index) && IsUpToDate(node, paths)
                    && !Read(node.InputPath, paths).Any(input => stale.Any(input.Means));
                answers[index] = isFresh;
                stale.AddRange(isFresh ? [] : Read(node.OutputPath, paths).Select(output => output.Literal).OfType<string>());
            }
        }

        return answers;
    }

    /// <summary>Whether some node has output files, or may have: of a dag that is to come at its node's turn nothing is known.</summary>
    public static bool AreMadeIn(DagGraph graph) =>
        Enumerable.Range(0, graph.Count).Any(node => graph[node].ExpandsAtTurn || DagNode.Of(graph[node]).OutputPath.Length > 0);

    /// <summary>Why a node that is done is to be run, as far as its files say it; null if they do not.</summary>
    /// <param name="node">The node.</param>
    /// <param name="paths">The location that paths are relative to.</param>
    /// <param name="runsInSession">Whether it runs in a session: then it is asked there, as its attempt begins.</param>
    public static string? WhyStale(DagNode node, PathIntrinsics paths, bool runsInSession) =>
        !IsKnown(node) ? null
        : runsInSession ? Messages.FilesAskedThere
        : IsUpToDate(node, paths) ? null
        : Messages.FilesStale;

    /// <summary>Whether it can be said before the run of which files a node makes which.</summary>
    private static bool IsKnown(DagNode node) =>
        node.OutputPath.Length > 0 && node.ForEach is null && node.OutputPath.Concat(node.InputPath).All(entry => entry is string);

    /// <summary>Whether a node, of which that can be said, is up to date as files are now.</summary>
    private static bool IsUpToDate(DagNode node, PathIntrinsics paths)
    {
        try
        {
            return FileTimes.AreUpToDate(Read(node.InputPath, paths), Read(node.OutputPath, paths));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The node fails by it when its turn has come, and says so.
            return false;
        }
    }

    private static List<PathPattern> Read(object[] entries, PathIntrinsics paths)
    {
        try
        {
            return [.. entries.Cast<string>().Select(path => PathPattern.Of(path, paths))];
        }
        catch (RuntimeException)
        {
            // The node fails by it when its turn has come, and says so.
            return [];
        }
    }
}
