using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Nodes;

/// <summary>Finds the nodes that -Target names.</summary>
internal static class TargetNodes
{
    /// <summary>The nodes of that very name, or else those that match it as a pattern.</summary>
    /// <param name="graph">Where to look.</param>
    /// <param name="targets">Names and patterns.</param>
    /// <returns>The nodes' indexes; one that several targets stand for comes more than once.</returns>
    /// <exception cref="CommandErrorException">A target stands for no node.</exception>
    public static IReadOnlyList<int> Find(DagGraph graph, IEnumerable<string> targets)
    {
        List<int> found = [];
        foreach (string target in targets)
        {
            int before = found.Count;
            if (graph.TryGetIndex(target, out int exact))
            {
                found.Add(exact);
            }
            else
            {
                var pattern = WildcardPattern.Get(target, WildcardOptions.IgnoreCase);
                found.AddRange(Enumerable.Range(0, graph.Count).Where(index => pattern.IsMatch(graph[index].Name)));
            }

            if (found.Count == before)
            {
                string? nearest = NameSuggestion.Nearest(target, Enumerable.Range(0, graph.Count).Select(index => graph[index].Name));
                throw new CommandErrorException(
                    new ItemNotFoundException(Messages.TargetNotFound(target, nearest)), "TargetNotFound", ErrorCategory.ObjectNotFound,
                    target);
            }
        }

        return found;
    }
}
