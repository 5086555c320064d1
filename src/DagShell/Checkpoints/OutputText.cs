using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Text.RegularExpressions;

namespace DagShell.Checkpoints;

/// <summary>
/// Writes what a node gave out as text, and reads it. The text is CLIXML, of the same depth as what comes back from Start-Job and
/// Invoke-Command: arrays, hashtables and custom objects are kept in full, however deep; numbers, texts, times and their kind
/// as they are; of other objects the properties, those that are objects themselves as text.
/// </summary>
internal static partial class OutputText
{
    /// <summary>More than this would make the journal too slow to be of use (characters).</summary>
    private const int LongestText = 64 * 1024 * 1024;

    private const int DeepestNesting = 64;

    /// <summary>Only secure strings are written with this element; a text that contains it is escaped.</summary>
    private const string SecretElement = "<SS";

    /// <summary>Writes an output.</summary>
    /// <param name="output">What the node gave out.</param>
    /// <param name="obstacle">Why it cannot be written, if it cannot.</param>
    /// <returns>The text; empty for no output; null if it cannot be written.</returns>
    public static string? Write(object?[] output, out string? obstacle)
    {
        obstacle = null;
        if (output.Length == 0)
        {
            return string.Empty;
        }

        int nesting = new Nesting().Of(output);
        string? text = nesting <= DeepestNesting ? Indentation().Replace(PSSerializer.Serialize(output, nesting + 1), "><") : null;
        obstacle = text switch
        {
            _ when nesting == Nesting.OfSecret => Messages.OutputIsSecret,
            null => Messages.OutputTooDeep,
            _ when text.Contains(SecretElement, StringComparison.Ordinal) => Messages.OutputIsSecret,
            { Length: > LongestText } => Messages.OutputTooLong,
            _ => null,
        };
        return obstacle is null ? text : null;
    }

    /// <summary>Reads a text that <see cref="Write"/> made.</summary>
    public static object?[] Read(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        object? value = PSSerializer.Deserialize(text);
        return (value is PSObject wrapped ? wrapped.BaseObject : value) is IList items ? [.. items.Cast<object?>()] : [value];
    }

    /// <summary>Line ends inside of texts are escaped in CLIXML; all that are left are between its elements.</summary>
    [GeneratedRegex(@">\r?\n\s*<")]
    private static partial Regex Indentation();

    /// <summary>Measures how deep arrays, hashtables and custom objects lie inside each other, and looks for secrets in them.</summary>
    private sealed class Nesting
    {
        public const int OfSecret = int.MaxValue;

        /// <summary>Also of what contains itself.</summary>
        private const int WithoutEnd = int.MaxValue - 1;

        private readonly Dictionary<object, int> _known = new(ReferenceEqualityComparer.Instance);

        /// <summary>0 for a value, 1 for a collection of values, and so on.</summary>
        public int Of(object? value, int level = 0)
        {
            object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
            if (bare is SecureString or PSCredential)
            {
                return OfSecret;
            }

            // A custom object is all wrapping: what it is made of stands in its properties.
            object? container = bare is PSCustomObject ? value : bare;
            if (bare is null or string || Parts(container!) is not { } parts)
            {
                return 0;
            }

            if (level > DeepestNesting)
            {
                return WithoutEnd;
            }

            if (_known.TryGetValue(container!, out int known))
            {
                return known;
            }

            _known[container!] = WithoutEnd;
            int deepest = 0;
            foreach (object? part in parts)
            {
                deepest = Math.Max(deepest, Of(part, level + 1));
            }

            return _known[container!] = deepest >= WithoutEnd ? deepest : deepest + 1;
        }

        private static IEnumerable<object?>? Parts(object container) => container switch
        {
            IDictionary dictionary => dictionary.Keys.Cast<object?>().Concat(dictionary.Values.Cast<object?>()),
            Array { Rank: 1 } array when array.GetType().GetElementType()!.IsPrimitive => [],
            IList list => list.Cast<object?>(),
            PSObject { BaseObject: PSCustomObject } custom => custom.Properties.OfType<PSNoteProperty>().Select(property => property.Value),
            _ => null,
        };
    }
}
