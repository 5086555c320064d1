using System.Diagnostics.CodeAnalysis;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Checkpoints;

/// <summary>Reads what a node gave out in an earlier run, as a run takes it that restores the node.</summary>
internal static class RestoredOutput
{
    /// <summary>Reads it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="success">What the journal has of it.</param>
    /// <param name="output">The objects; of a node with items those of each, as far as they are known.</param>
    /// <returns><see langword="false"/> if it cannot be read.</returns>
    public static bool TryRead(DagNode node, JournalSuccess success, [NotNullWhen(true)] out object? output)
    {
        output = null;
        object?[]? objects = null;
        if (success.Items is not { AnySkipped: false } && !OutputText.TryRead(success.Output, out objects))
        {
            return false;
        }

        if (success.Items is not { } items)
        {
            output = objects;
            return output is not null;
        }

        var ends = new RestoredItem[items.Ends.Count];
        for (int item = 0; item < ends.Length; item++)
        {
            (string text, SkipCause cause, string? reason) = items.Ends[item];
            if (!OutputText.TryRead(text, out object?[]? given))
            {
                return false;
            }

            ends[item] = new RestoredItem(given, cause, reason);
        }

        output = new RestoredItems(ValuesOf(node, items), ends, objects);
        return true;
    }

    /// <summary>What the items are: of a node that is as it was its own, unless a script block gave them.</summary>
    private static object?[] ValuesOf(DagNode node, JournalItemEnds items)
    {
        object?[]? values = node.ItemScript is null ? node.ForEach
            : items.Values is { } text && OutputText.TryRead(text, out object?[]? read) ? read
            : null;
        return values?.Length == items.Ends.Count ? values : new object?[items.Ends.Count];
    }
}
