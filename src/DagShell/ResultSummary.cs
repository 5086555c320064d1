using System.Collections;
using System.Management.Automation;
using System.Text;

namespace DagShell;

/// <summary>What became of a node, in one line.</summary>
internal static class ResultSummary
{
    private const int MostObjects = 4;
    private const int ObjectsOfMany = 3;
    private const int MostMembers = 5;
    private const int LongestText = 2000;

    /// <summary>Why it did not succeed, or what it gave out. Secrets are taken out before lines are joined and cut.</summary>
    public static string Of(
        string? fallback, string? obstacle, object?[] output, bool fromCheckpoint, bool isUpToDate, Func<string?, string?> withoutSecrets)
    {
        string text = withoutSecrets(obstacle ?? OfOutput(output))!;
        text = fallback is null ? text : $"({fallback} stands for it) {text}";
        return OneLine(fromCheckpoint ? $"(from checkpoint) {text}" : isUpToDate ? $"({Messages.UpToDate}) {text}" : text);
    }

    /// <summary>What a value is.</summary>
    public static string Of(object? value, Func<string?, string?> withoutSecrets) => OneLine(withoutSecrets(TextOf(value))!);

    private static string OfOutput(object?[] output)
    {
        int shown = output.Length > MostObjects ? ObjectsOfMany : output.Length;
        string text = string.Join(' ', output.Take(shown).Select(TextOf));
        return output.Length > shown ? $"{text} … ({output.Length} objects)" : text;
    }

    /// <summary>Hashtables and custom objects have no text of their own, and other objects may have that of their type alone.</summary>
    private static string TextOf(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        try
        {
            return bare switch
            {
                null => string.Empty,
                IDictionary table => Members(table.Cast<DictionaryEntry>().Select(entry => (entry.Key, entry.Value))),
                PSCustomObject => Members(PropertiesOf(value!)),
                _ when Text(value) is var text && text != bare.GetType().ToString() => text,
                _ => Members(PropertiesOf(value!)),
            };
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidOperationException)
        {
            // A table may be changed by others meanwhile, and text and properties may be scripts of the user's.
            return bare!.GetType().ToString();
        }
    }

    private static IEnumerable<(object, object?)> PropertiesOf(object value) =>
        PSObject.AsPSObject(value).Properties.Select(property => ((object)property.Name, ValueOf(property)));

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // As everywhere in PowerShell's tables.
            return null;
        }
    }

    private static string Members(IEnumerable<(object Key, object? Value)> members)
    {
        string[] shown = [.. members.Take(MostMembers + 1).Select((member, i) =>
            i == MostMembers ? "…" : $"{Text(member.Key)}={Text(member.Value)}")];
        return $"@{{{string.Join("; ", shown)}}}";
    }

    private static string Text(object? value) =>
        value is not null && LanguagePrimitives.TryConvertTo(value, out string text) ? text : string.Empty;

    /// <summary>A text without line ends and what a console would take for more than text.</summary>
    private static string OneLine(string text)
    {
        StringBuilder line = new();
        bool isAtEnd = false;
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, LongestText)))
        {
            if (letter is '\r' or '\n' or '\t')
            {
                isAtEnd = true;
            }
            else if (!char.IsControl(letter) && !(isAtEnd && letter == ' '))
            {
                line.Append(isAtEnd ? " " : string.Empty).Append(letter);
                isAtEnd = false;
            }
        }

        return line.ToString();
    }
}
