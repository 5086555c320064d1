using System.Collections.Concurrent;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Scripts;

namespace DagShell.Checkpoints;

/// <summary>Finds which items of a node are done already, when the node was asked for them.</summary>
/// <remarks>Nodes are asked on their own threads.</remarks>
internal sealed class CheckpointItems
{
    /// <summary>Letters of a text of all items of a node: beyond that no run needs to know them that does nothing with them.</summary>
    private const int LongestText = 16 * 1024 * 1024;

    private readonly JournalContents _contents;
    private readonly SecretDigest _secrets;
    private readonly string _path;
    /// <summary>Nodes, and the names that they had in the run before.</summary>
    private readonly ConcurrentDictionary<string, string> _kept = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prepares.</summary>
    /// <param name="contents">What earlier runs have done.</param>
    /// <param name="secrets">Stands for secrets.</param>
    /// <param name="path">The journal, for messages.</param>
    public CheckpointItems(JournalContents contents, SecretDigest secrets, string path)
    {
        _contents = contents;
        _secrets = secrets;
        _path = path;
    }

    /// <summary>The items of a node that are done need not be done again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="earlier">The name that it had in the run before.</param>
    public void Keep(string node, string earlier) => _kept[node] = earlier;

    /// <summary>Whether that was said.</summary>
    public bool Keeps(string node) => _kept.ContainsKey(node);

    /// <summary>How many items of a node need not be done again, if they are still in its list.</summary>
    public int CountOf(string node) => DoneOf(node).Count;

    /// <summary>Finds those that are done.</summary>
    /// <param name="attempt">The attempt that asked for them.</param>
    /// <param name="values">The items.</param>
    /// <param name="describe">What an item is, in a few words.</param>
    /// <param name="hasSecret">Whether there is a secret of the run in a text; null if there are none.</param>
    /// <param name="warn">Is told, by the node's index, of what cannot be known.</param>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public AttemptOutcome Map(
        NodeAttempt attempt, object?[] values, Func<object?, string?> describe, Func<string, bool>? hasSecret, Action<int, string> warn)
    {
        string?[] keys = KeysOf(attempt, values, warn);
        Dictionary<int, object?> restored = [];
        if (DoneOf(attempt.Node.Name) is { Count: > 0 } items)
        {
            var done = items.GroupBy(item => item.Value, StringComparer.Ordinal)
                .ToDictionary(equal => equal.Key, equal => new Queue<JournalItem>(equal), StringComparer.Ordinal);
            for (int item = 0; item < keys.Length; item++)
            {
                attempt.StopToken.ThrowIfCancellationRequested();
                if (keys[item] is { } key && done.TryGetValue(key, out Queue<JournalItem>? same)
                    && same.TryDequeue(out JournalItem? earlier))
                {
                    Restore(attempt, item, earlier, restored, warn);
                }
            }
        }

        return AttemptOutcome.Mapped(values, restored, describe, keys, TextOf(attempt, values, hasSecret));
    }

    /// <summary>
    /// What items are that a script block gave, for a run that restores the node; null if they cannot be written, or are not to be: a
    /// secret among them was never meant to be kept.
    /// </summary>
    private static string? TextOf(NodeAttempt attempt, object?[] values, Func<string, bool>? hasSecret) =>
        DagNode.Of(attempt.Node).ItemScript is not null
            && OutputText.Write(values, attempt.StopToken, out _) is { Length: <= LongestText } text
            && (hasSecret is null || !(hasSecret(text) || hasSecret(OutputText.Decode(text)))) ? text : null;

    private IReadOnlyList<JournalItem> DoneOf(string node) =>
        _kept.TryGetValue(node, out string? earlier) ? _contents.ItemsOf(earlier) : [];

    private void Restore(
        NodeAttempt attempt, int item, JournalItem earlier, Dictionary<int, object?> restored, Action<int, string> warn)
    {
        if (OutputText.TryRead(earlier.Output, out object?[]? objects))
        {
            restored.Add(item, objects);
        }
        else
        {
            warn(attempt.Index, Messages.RecordOfItemNotRead(NodeItems.NameOf(attempt.Node.Name, item), _path));
        }
    }

    private string?[] KeysOf(NodeAttempt attempt, object?[] values, Action<int, string> warn)
    {
        var classes = FileTypes.Around(DagNode.Of(attempt.Node).ScriptBlock.Ast);
        var keys = new string?[values.Length];
        int unknown = 0;
        string? cause = null;
        for (int item = 0; item < values.Length; item++)
        {
            attempt.StopToken.ThrowIfCancellationRequested();
            keys[item] = ValueDigest.OfItem(values[item], _secrets, classes, attempt.StopToken, out string? obstacle);
            cause ??= obstacle;
            unknown += obstacle is null ? 0 : 1;
        }

        if (cause is not null)
        {
            warn(attempt.Index, Messages.ItemsNotKnown(attempt.Node.Name, unknown, cause));
        }

        return keys;
    }
}
