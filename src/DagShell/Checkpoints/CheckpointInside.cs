using System.Collections.Concurrent;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Checkpoints;

/// <summary>Finds what is done already of dags that come at the turn of the nodes that stand for them.</summary>
/// <remarks>
/// Nodes are asked on their own threads. What a journal knows goes by the names that nodes had; the dags of items go by the items' values,
/// whatever their places.
/// </remarks>
internal sealed class CheckpointInside
{
    private readonly JournalContents _contents;
    private readonly CheckpointRequest _request;
    private readonly SecretDigest _secrets;
    private readonly Func<string, bool> _keeps;

    /// <summary>Nodes that came at the turn of another, and stand for dags themselves: the names that they had before.</summary>
    private readonly ConcurrentDictionary<string, string> _earlierNames = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prepares.</summary>
    /// <param name="contents">What earlier runs have done.</param>
    /// <param name="request">What is asked of the journal.</param>
    /// <param name="secrets">Stands for secrets.</param>
    /// <param name="keeps">Whether what is done inside of a node that was known before the run need not be done again.</param>
    public CheckpointInside(JournalContents contents, CheckpointRequest request, SecretDigest secrets, Func<string, bool> keeps)
    {
        _contents = contents;
        _request = request;
        _secrets = secrets;
        _keeps = keeps;
    }

    /// <summary>Finds it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="graph">Its dag.</param>
    /// <param name="commands">What its nodes call.</param>
    /// <param name="journal">Is told how these are to be described.</param>
    /// <param name="scripts">The texts of scripts that the journal keeps.</param>
    /// <param name="stop">Cancelled when the attempt is stopped.</param>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public Expansion Expand(
        DagNode node, DagGraph graph, CalledCommands commands, RunJournal journal, ScriptTexts scripts, CancellationToken stop)
    {
        NodeDefinition definition = new(_request.Parameters, commands, _secrets, stop);

        // What an item has a dag for does not depend on where the items come from.
        string[] definitions = [.. Enumerable.Range(0, graph.Count)
            .Select(index => graph[index].IsItem ? definition.OfItems(graph, index) : definition.Of(graph, index))];
        string?[] keys = [.. Enumerable.Range(0, graph.Count).Select(index => graph[index].IsItem
            ? definition.KeyOf(node, DagNode.Of(graph[index]).Item!.Value)
            : null)];
        string?[] earlier = EarlierNames(node.Name, graph, keys);
        Dictionary<int, object?> restored = [];
        RestorePlan plan = JournalContents.FindDoneInside(
            graph, index => Restore(graph, index, earlier[index], definitions[index], restored));
        foreach (int index in restored.Keys.Where(index => !plan.Done.ContainsKey(index)).ToArray())
        {
            restored.Remove(index);
        }

        // Dags that are to come inside of this one.
        var later = new string?[graph.Count];
        for (int index = 0; index < graph.Count; index++)
        {
            if (graph[index].ExpandsAtTurn && earlier[index] is { } name && plan.Fresh.Contains(index))
            {
                later[index] = name;
                _earlierNames[graph[index].Name] = name;
            }
        }

        // Names are of the run as a whole; what is outermost here is inside of the node.
        journal.Prepare(node.Name, [.. Enumerable.Range(0, graph.Count).Select(index => Describe(index))]);
        return new Expansion(graph)
        {
            Restored = restored,
            Origins = restored.Keys.ToDictionary(index => index, index => _contents.DoneInside(earlier[index]!)!.Origin),
        };

        JournalNode Describe(int index)
        {
            JournalNode described = JournalNode.Of(graph, index, definitions[index]);
            return described with
            {
                Outer = described.Outer ?? node.Name,
                IsRestored = restored.ContainsKey(index),
                ItemValue = keys[index],
                RestoredFrom = restored.ContainsKey(index) && earlier[index] != described.Name ? earlier[index] : later[index],
                Origin = restored.ContainsKey(index) ? _contents.DoneInside(earlier[index]!)!.Origin : null,
                Script = graph.IsDag(index) ? null : scripts.Of(DagNode.Of(graph[index]).ScriptBlock),
            };
        }
    }

    /// <summary>The names that nodes had in the run before; null for those that cannot have been there.</summary>
    private string?[] EarlierNames(string node, DagGraph graph, string?[] keys)
    {
        var names = new string?[graph.Count];
        if ((_keeps(node) ? node : _earlierNames.GetValueOrDefault(node)) is not { } before)
        {
            return names;
        }

        var byKey = _contents.DagsOfItems(before).GroupBy(dag => dag.Value, StringComparer.Ordinal)
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

    /// <summary>What a node gave back, if it need not run again. One that has output files asks those when it runs.</summary>
    private string? Restore(DagGraph graph, int index, string? earlier, string definition, Dictionary<int, object?> restored)
    {
        if (earlier is null || _contents.DoneInside(earlier) is not { } success || success.Definition != definition
            || DagNode.Of(graph[index]).OutputPath.Length > 0)
        {
            return null;
        }

        if (!restored.ContainsKey(index))
        {
            if (!OutputText.TryReadAll(success.ItemOutputs ?? [success.Output], out object?[]? objects))
            {
                return null;
            }

            restored.Add(index, objects);
        }

        return success.Output;
    }
}
