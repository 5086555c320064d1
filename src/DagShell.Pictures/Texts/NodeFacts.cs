using System.Globalization;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Texts;

/// <summary>What is said of a node beside its name.</summary>
internal static class NodeFacts
{
    /// <summary>The second line in its box, in the picture of a run: state, duration, attempts.</summary>
    public static string? Subtitle(PictureNode node)
    {
        if (node.Folded is { } folded)
        {
            return folded.States.Count == 0
                ? $"{folded.Count} nodes"
                : string.Join(", ", folded.States.Select(count => $"{count.Count} {StateText.Sign(count.State)}"));
        }

        if (node.State is not { } state)
        {
            return null;
        }

        string text = node.IsRestored ? $"{StateText.Restored} restored" : $"{StateText.Sign(state)} {StateText.Word(state)}";
        text += node.Duration is { } duration ? $" · {DurationText.Of(duration)}" : string.Empty;
        text += node.Items is { } items ? $" · {ItemsOf(items)}" : string.Empty;
        return text + (node.Attempts > 1 ? $" · {node.Attempts} attempts" : string.Empty);
    }

    /// <summary>How many of a node's items have ended, and how many of those failed.</summary>
    public static string ItemsOf(ItemCounts items)
    {
        string count = items.Done < items.Total ? $"{Number(items.Done)} of {Number(items.Total)} items"
            : items.Total == 1 ? "1 item" : $"{Number(items.Total)} items";
        return items.Failed == 0 ? count : $"{count}, {Number(items.Failed)} failed";
    }

    /// <summary>How many nodes are inside of a box, and of a run how they stand.</summary>
    public static string Inside(FoldedNodes nodes)
    {
        string count = nodes.Count == 1 ? "1 node" : $"{Number(nodes.Count)} nodes";
        return nodes.States.Count == 0
            ? count
            : $"{count}: {string.Join(", ", nodes.States.Select(state => $"{Number(state.Count)} {StateText.Sign(state.State)}"))}";
    }

    private static string Number(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>All there is to say, a line each; the name first.</summary>
    public static IEnumerable<string> Lines(PictureNode node)
    {
        yield return node.Name;
        if (!string.IsNullOrWhiteSpace(node.Description))
        {
            yield return node.Description;
        }

        if (Subtitle(node) is { } subtitle)
        {
            yield return subtitle;
        }

        if (node.Folded is { } folded)
        {
            yield return $"{folded.Count} nodes: {string.Join(", ", folded.Names)}"
                + (folded.Count > folded.Names.Count ? $" and {folded.Count - folded.Names.Count} more" : string.Empty);
            yield break;
        }

        if (node.Note is not null)
        {
            yield return node.Note;
        }

        foreach (string rule in Rules(node.Node, node.State is not null))
        {
            yield return rule;
        }

        if (node.IsCritical)
        {
            yield return "on the critical path";
        }
    }

    /// <summary>What it is to others besides a dependent.</summary>
    public static IEnumerable<string> Relations(Node node)
    {
        if (node.CleanUpOf.Count > 0)
        {
            yield return $"cleans up after {string.Join(", ", node.CleanUpOf)}";
        }

        if (node.FallbackFor is { } other)
        {
            yield return $"fallback for {other}";
        }
    }

    /// <summary>The rules it runs under, as far as they are not the usual ones.</summary>
    public static IEnumerable<string> Rules(Node node, bool ofRun)
    {
        if (node.TriggerRule != TriggerRule.AllSucceeded)
        {
            yield return $"trigger rule {node.TriggerRule}";
        }

        foreach (string relation in Relations(node))
        {
            yield return relation;
        }

        if (node.Pool is { } pool)
        {
            yield return $"pool {pool}";
        }

        if (node.Retry is { } retry)
        {
            yield return retry.Count == 1 ? "1 retry" : $"{retry.Count} retries";
        }

        if (node.Timeout is { } timeout)
        {
            yield return $"timeout {DurationText.Of(timeout)}";
        }

        if (node.ContinueOnError)
        {
            yield return "the run goes on if it fails";
        }

        if (!ofRun && node.EstimatedDuration is { } estimate)
        {
            yield return $"takes about {DurationText.Of(estimate)}";
        }
    }
}
