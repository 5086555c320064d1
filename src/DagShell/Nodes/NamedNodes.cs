using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Nodes;

/// <summary>Finds the nodes that -Target or -Rerun names.</summary>
internal static class NamedNodes
{
    /// <summary>The nodes of that very name, or else those that match it as a pattern.</summary>
    /// <param name="graph">Where to look.</param>
    /// <param name="names">Names and patterns.</param>
    /// <param name="parameter">The parameter that they were given to.</param>
    /// <returns>The nodes' indexes; one that several names stand for comes more than once.</returns>
    /// <exception cref="CommandErrorException">One stands for no node.</exception>
    public static IReadOnlyList<int> Find(DagGraph graph, IEnumerable<string> names, string parameter)
    {
        List<int> found = [];
        foreach (string name in names)
        {
            int before = found.Count;
            if (graph.TryGetIndex(name, out int exact))
            {
                found.Add(exact);
            }
            else
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                found.AddRange(Enumerable.Range(0, graph.Count).Where(index => pattern.IsMatch(graph[index].Name)));
            }

            if (found.Count == before)
            {
                string? nearest = NameSuggestion.Nearest(name, Enumerable.Range(0, graph.Count).Select(index => graph[index].Name));
                throw new CommandErrorException(
                    new ItemNotFoundException(Messages.NodeNotFound(parameter, name, nearest)), parameter + "NotFound",
                    ErrorCategory.ObjectNotFound, name);
            }
        }

        return found;
    }
}
