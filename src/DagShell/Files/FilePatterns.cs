using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Files;

/// <summary>Refuses patterns of -InputPath and -OutputPath that can fit nothing.</summary>
internal static class FilePatterns
{
    /// <summary>Looks at all that is known before the nodes run; of what script blocks give nothing is.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="paths">The location that paths are relative to.</param>
    /// <param name="runInSessions">
    /// Whether nodes of a pool, or of none, run in sessions: what looks like a bad pattern may be the name of a file there.
    /// </param>
    /// <exception cref="CommandErrorException">One is not valid. The error tells all that are not.</exception>
    public static void Check(DagGraph graph, PathIntrinsics paths, Func<string?, bool> runInSessions)
    {
        List<string> problems = [];
        string? first = null;
        for (int index = 0; index < graph.Count; index++)
        {
            var node = DagNode.Of(graph[index]);
            if (node.InputPath.Length + node.OutputPath.Length == 0 || runInSessions(graph[index].Pool))
            {
                continue;
            }

            foreach ((string parameter, object[] entries) in new[]
                { (nameof(node.InputPath), node.InputPath), (nameof(node.OutputPath), node.OutputPath) })
            {
                foreach (string path in entries.OfType<string>().Where(path => !IsValid(path, paths)))
                {
                    first ??= path;
                    problems.Add(Messages.BadPathPattern(graph[index].Name, parameter, path));
                }
            }
        }

        if (problems.Count > 0)
        {
            string message = string.Join(Environment.NewLine, problems);
            throw new CommandErrorException(
                new PSArgumentException(message), "InvalidPattern", ErrorCategory.InvalidArgument, first);
        }
    }

    private static bool IsValid(string path, PathIntrinsics paths)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return true;
        }

        try
        {
            PathPattern.Of(path, paths);
            return true;
        }
        catch (WildcardPatternException)
        {
            return false;
        }
        catch (RuntimeException)
        {
            // The node fails by it when its turn has come, and says so.
            return true;
        }
    }
}
