using System.Collections.Concurrent;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Files;

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
    private readonly MadeFiles _made;
    private readonly CheckpointItems _items;
    private readonly EarlierNames _names;
    private readonly EarlierNames _namesWhereMade;

    /// <summary>The nodes that go by the times of files, and are not what they were when they last made those.</summary>
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prepares.</summary>
    /// <param name="contents">What earlier runs have done.</param>
    /// <param name="request">What is asked of the journal.</param>
    /// <param name="secrets">Stands for secrets.</param>
    /// <param name="made">What the files that are there were made by.</param>
    /// <param name="items">Knows which nodes need not do all that is inside of them again, and is told of those that come.</param>
    public CheckpointInside(
        JournalContents contents, CheckpointRequest request, SecretDigest secrets, MadeFiles made, CheckpointItems items)
    {
        _contents = contents;
        _request = request;
        _secrets = secrets;
        _made = made;
        _items = items;
        _names = new EarlierNames(contents, items.Keeps);
        _namesWhereMade = new EarlierNames(made.Contents, static _ => true);
    }

    /// <summary>Whether a node has output files, and they were made when it was another.</summary>
    public bool IsOtherThanMade(string node) => _changed.ContainsKey(node);

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
        string?[] itemDefinitions = [.. Enumerable.Range(0, graph.Count)
            .Select(index => graph[index].IsMapped && !graph.IsDag(index) ? definition.OfItems(graph, index) : null)];
        string?[] keys = [.. Enumerable.Range(0, graph.Count).Select(index => graph[index].IsItem
            ? definition.KeyOf(node, DagNode.Of(graph[index]).Item!.Value)
            : null)];
        string?[] earlier = _names.Of(node.Name, graph, keys);
        string?[] made = FindMade(node, graph, definitions, keys);
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
                _names.Note(graph[index].Name, name);
            }
        }

        HashSet<int> kept = KeepItems(graph, itemDefinitions, earlier, plan);

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
                ItemDefinition = itemDefinitions[index],
                LastDefinition = made[index],
                KeepsItems = kept.Contains(index),
                ItemValue = keys[index],
                RestoredFrom = (restored.ContainsKey(index) || kept.Contains(index)) && earlier[index] != described.Name
                    ? earlier[index]
                    : later[index],
                Origin = restored.ContainsKey(index) ? _contents.DoneInside(earlier[index]!)!.Origin : null,
                Script = graph.IsDag(index) ? null : scripts.Of(DagNode.Of(graph[index]).ScriptBlock),
            };
        }
    }

    /// <summary>Finds the nodes that need not do all of their items again.</summary>
    private HashSet<int> KeepItems(DagGraph graph, string?[] itemDefinitions, string?[] earlier, RestorePlan plan)
    {
        HashSet<int> kept = [];
        foreach (int index in plan.Fresh)
        {
            if (itemDefinitions[index] is { } definition && earlier[index] is { } name
                && _contents.ItemDefinitionOf(name) == definition)
            {
                _items.Keep(graph[index].Name, name);
                kept.Add(index);
            }
        }

        return kept;
    }

    /// <summary>How nodes with output files were defined when they last made them, as far as that is known.</summary>
    private string?[] FindMade(DagNode node, DagGraph graph, string[] definitions, string?[] keys)
    {
        var made = new string?[graph.Count];
        if (!KnownFiles.AreMadeIn(graph))
        {
            return made;
        }

        string?[] names = _namesWhereMade.Of(node.Name, graph, keys);
        for (int index = 0; index < graph.Count; index++)
        {
            if (names[index] is not { } name)
            {
                continue;
            }

            if (graph[index].ExpandsAtTurn)
            {
                _namesWhereMade.Note(graph[index].Name, name);
            }

            if (DagNode.Of(graph[index]).OutputPath.Length > 0)
            {
                made[index] = _made.Definitions.GetValueOrDefault(name);
                if (made[index] is { } then && then != definitions[index])
                {
                    _changed[graph[index].Name] = true;
                }
            }
        }

        return made;
    }

    /// <summary>What a node gave back, if it need not run again. One that has output files asks those when it runs.</summary>
    private string? Restore(DagGraph graph, int index, string? earlier, string definition, Dictionary<int, object?> restored)
    {
        if (earlier is null || _contents.DoneInside(earlier) is not { } success || success.Definition != definition
            || DagNode.Of(graph[index]).OutputPath.Length > 0)
        {
            return null;
        }

        if (restored.ContainsKey(index))
        {
            return success.Output;
        }

        if (!RestoredOutput.TryRead(DagNode.Of(graph[index]), success, out object? output))
        {
            return null;
        }

        restored[index] = output;
        return success.Output;
    }
}
