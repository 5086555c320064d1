using System.Globalization;
using System.Management.Automation;

namespace DagShell.Scripts;

/// <summary>What an item is, in a few words, for messages; only where that runs nobody's code.</summary>
internal static class ItemText
{
    private const int Longest = 60;

    /// <summary>The text of a value; null of one that cannot be told without asking it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mask">Takes secrets out of a text: before it is cut, or a part of one would be left.</param>
    public static string? Of(object? value, Func<string, string> mask)
    {
        string? text = (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            string known => known,
            FileSystemInfo file => file.Name,
            Uri or Version or Guid or Enum or DateTime or TimeSpan => Convert.ToString(value, CultureInfo.InvariantCulture),
            IConvertible number and not bool => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        text = text is null ? null : mask(text);
        return text is null || text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
    }
}
