using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Parameters;

namespace DagShell.Nodes;

/// <summary>Finds the nodes that -Target or -Rerun names.</summary>
internal static class NamedNodes
{
    /// <summary>The nodes of that very name, or else those that match it as a pattern.</summary>
    /// <param name="graph">Where to look.</param>
    /// <param name="names">Names and patterns.</param>
    /// <param name="parameter">The parameter that they were given to.</param>
    /// <returns>The nodes' indexes; one that several names stand for comes more than once.</returns>
    /// <exception cref="CommandErrorException">One stands for no node, or is not a valid pattern.</exception>
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
                if (!WildcardText.IsValid(name))
                {
                    throw new CommandErrorException(
                        new PSArgumentException(Messages.BadPatternOf(parameter, name)), "InvalidPattern", ErrorCategory.InvalidArgument,
                        name);
                }

                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                found.AddRange(Enumerable.Range(0, graph.Count).Where(index => pattern.IsMatch(graph[index].Name)));
            }

            if (found.Count == before)
            {
                RefuseUnknownInside(graph, name, parameter);
                string? nearest = NameSuggestion.Nearest(name, Enumerable.Range(0, graph.Count).Select(index => graph[index].Name));
                throw new CommandErrorException(
                    new ItemNotFoundException(Messages.NodeNotFound(parameter, name, nearest)), parameter + "NotFound",
                    ErrorCategory.ObjectNotFound, name);
            }
        }

        return found;
    }

    /// <summary>A node whose dag comes at its turn can be named, what is inside cannot.</summary>
    private static void RefuseUnknownInside(DagGraph graph, string name, string parameter)
    {
        for (int node = 0; node < graph.Count; node++)
        {
            string around = graph[node].Name;
            if (graph[node].ExpandsAtTurn && name.Length > around.Length && name[around.Length] is '/' or '#'
                && name.StartsWith(around, StringComparison.OrdinalIgnoreCase))
            {
                throw new CommandErrorException(
                    new ItemNotFoundException(Messages.InsideNotKnown(parameter, name, around)), parameter + "NotFound",
                    ErrorCategory.ObjectNotFound, name);
            }
        }
    }

    /// <summary>The names of nodes, of all that depends on them, and of what is inside those that are dags.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodes">The nodes' indexes.</param>
    public static IReadOnlySet<string> WithDownstream(DagGraph graph, IEnumerable<int> nodes)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        Stack<int> left = new(nodes);
        while (left.TryPop(out int node))
        {
            if (!names.Add(graph[node].Name))
            {
                continue;
            }

            for (int inner = node + 1; inner <= node + graph.CountInside(node); inner++)
            {
                left.Push(inner);
            }

            // What depends on a dag depends on all that is inside.
            for (int from = node; from >= 0; from = graph.Outer(from))
            {
                foreach (int dependent in graph.Downstream(from))
                {
                    left.Push(dependent);
                }
            }
        }

        return names;
    }
}
