using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Files;

/// <summary>Finds nodes of which one writes what another one reads or writes, and nothing says which of them comes first.</summary>
internal static class FileRaces
{
    /// <summary>Of so many it is told.</summary>
    private const int MostTold = 20;

    /// <summary>The warnings; of paths that script blocks give, and of those on other machines, nothing is known.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="paths">The location that paths are relative to.</param>
    /// <param name="runInSessions">Whether nodes of a pool, or of none, run in sessions.</param>
    public static IEnumerable<string> Warnings(DagGraph graph, PathIntrinsics paths, Func<string?, bool> runInSessions)
    {
        List<(int Node, PathPattern Path)> written = [];
        List<(int Node, PathPattern Path)> read = [];
        for (int index = 0; index < graph.Count; index++)
        {
            var node = DagNode.Of(graph[index]);
            if ((node.OutputPath.Length == 0 && node.InputPath.Length == 0) || runInSessions(graph[index].Pool))
            {
                continue;
            }

            written.AddRange(KnownIn(node.OutputPath, paths).Select(path => (index, path)));
            read.AddRange(KnownIn(node.InputPath, paths).Select(path => (index, path)));
        }

        return written.Count == 0 ? [] : Find(graph, written, read).Distinct().Take(MostTold);
    }

    private static IEnumerable<string> Find(
        DagGraph graph, List<(int Node, PathPattern Path)> written, List<(int Node, PathPattern Path)> read)
    {
        foreach ((int reader, PathPattern input) in read)
        {
            foreach ((int writer, PathPattern output) in written)
            {
                if (reader != writer && input.Meets(output) && !AreOrdered(graph, reader, writer))
                {
                    yield return Messages.ReadsUnordered(graph[reader].Name, graph[writer].Name, output.Text);
                }
            }
        }

        for (int i = 0; i < written.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                ((int first, PathPattern one), (int second, PathPattern other)) = (written[j], written[i]);
                if (first != second && one.Meets(other) && !AreOrdered(graph, first, second))
                {
                    yield return Messages.BothWrite(graph[first].Name, graph[second].Name, other.Text);
                }
            }
        }
    }

    private static IEnumerable<PathPattern> KnownIn(object[] entries, PathIntrinsics paths)
    {
        foreach (string path in entries.OfType<string>())
        {
            PathPattern? known = null;
            try
            {
                known = PathPattern.Of(path, paths);
            }
            catch (RuntimeException)
            {
                // The node fails by it when its turn has come, and says so.
            }

            if (known is not null)
            {
                yield return known;
            }
        }
    }

    private static bool AreOrdered(DagGraph graph, int one, int other) => IsBefore(graph, one, other) || IsBefore(graph, other, one);

    private static bool IsBefore(DagGraph graph, int node, int later)
    {
        HashSet<int> seen = [later];
        Stack<int> left = new([later]);
        while (left.TryPop(out int next))
        {
            foreach (int before in graph.Awaited(next))
            {
                if (before == node)
                {
                    return true;
                }

                if (seen.Add(before))
                {
                    left.Push(before);
                }
            }
        }

        return false;
    }
}
