using System.Globalization;
using System.Management.Automation;

namespace DagShell.Host.Everyday;

/// <summary>Compares values the way Sort-Object does: as PowerShell compares them, or else as text; nothing comes last.</summary>
/// <param name="caseSensitive">Whether A and a differ.</param>
/// <param name="descending">For each key, whether the order is turned round.</param>
public sealed class ValueComparer(bool caseSensitive, bool[] descending) : IComparer<object?[]>
{
    private readonly CompareOptions _options = caseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase;

    /// <summary>Sorts by keys. What has equal keys stays in order.</summary>
    /// <param name="keys">The keys of each item.</param>
    /// <returns>The indexes of the items, sorted.</returns>
    public int[] Sort(IEnumerable<object?[]> keys) => [.. keys.Index().OrderBy(item => item.Item, this).Select(item => item.Index)];

    /// <inheritdoc/>
    public int Compare(object?[]? x, object?[]? y)
    {
        for (int i = 0; i < descending.Length; i++)
        {
            int order = CompareValues(x?[i], y?[i]);
            if (order != 0)
            {
                return descending[i] ? -order : order;
            }
        }

        return 0;
    }

    private int CompareValues(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return (left is null).CompareTo(right is null);
        }

        return LanguagePrimitives.TryCompare(left, right, !caseSensitive, CultureInfo.CurrentCulture, out int order)
            ? order
            : CultureInfo.CurrentCulture.CompareInfo.Compare(left.ToString(), right.ToString(), _options);
    }
}
