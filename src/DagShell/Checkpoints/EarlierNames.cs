using System.Collections.Concurrent;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;

namespace DagShell.Checkpoints;

/// <summary>
/// The names that nodes whose dags come at the turn of another had in the run before. The dags of items go by the items' values, whatever
/// their places.
/// </summary>
/// <remarks>Nodes are asked on their own threads.</remarks>
/// <param name="contents">What is known of that run.</param>
/// <param name="isKnown">Whether it has what is inside of a node that was known before the run.</param>
internal sealed class EarlierNames(JournalContents contents, Func<string, bool> isKnown)
{
    /// <summary>Nodes that came at the turn of another, and stand for dags themselves: the names that they had before.</summary>
    private readonly ConcurrentDictionary<string, string> _ofDags = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names that the nodes of a dag had; null for those that cannot have been there.</summary>
    /// <param name="node">The node that the dag is of.</param>
    /// <param name="graph">The dag.</param>
    /// <param name="keys">What stands for the values of items, by index; null for all that are none, or cannot be known.</param>
    public string?[] Of(string node, DagGraph graph, string?[] keys)
    {
        var names = new string?[graph.Count];
        if ((_ofDags.GetValueOrDefault(node) ?? (isKnown(node) ? node : null)) is not { } before)
        {
            return names;
        }

        var byKey = contents.DagsOfItems(before).GroupBy(dag => dag.Value, StringComparer.Ordinal)
            .ToDictionary(dags => dags.Key, dags => new Queue<string>(dags.Select(dag => dag.Name)), StringComparer.Ordinal);
        for (int index = 0; index < names.Length; index++)
        {
            string name = graph[index].Name;
            int outer = graph.Outer(index);
            if (graph[index].IsItem && outer < 0)
            {
                names[index] = keys[index] is { } key && byKey.TryGetValue(key, out Queue<string>? same)
                    && same.TryDequeue(out string? first) ? first : null;
            }
            else
            {
                string? around = outer < 0 ? before : names[outer];
                names[index] = around is null ? null : around + name[(outer < 0 ? node : graph[outer].Name).Length..];
            }
        }

        return names;
    }

    /// <summary>A dag of this kind has one in it whose turn is still to come.</summary>
    public void Note(string dag, string earlier) => _ofDags[dag] = earlier;
}
