using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace DagShell.Results;

/// <summary>Says what a node gave out. Nobody's code is run for that: of an object that is no plain value its type is told.</summary>
internal static class OutputSummary
{
    private const int MostObjects = 10;
    private const int MostLetters = 2_000;
    private const string Deserialized = "Deserialized.";

    /// <summary>The first objects, a line each, and how many more there are; null if there are none.</summary>
    /// <param name="output">The objects.</param>
    /// <param name="withoutSecrets">Takes secrets out of a text, before it is cut.</param>
    public static string? Of(object?[] output, Func<string?, string?> withoutSecrets)
    {
        if (output.Length == 0)
        {
            return null;
        }

        IEnumerable<string> lines = output.Take(MostObjects).Select(TextOf);
        string text = withoutSecrets(
            string.Join('\n', output.Length > MostObjects ? lines.Append($"… and {output.Length - MostObjects} more") : lines))!;
        return text.Length <= MostLetters ? text : string.Concat(text.AsSpan(0, MostLetters), "…");
    }

    private static string TextOf(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => "$null",
        string text => text,
        bool truth => truth ? "True" : "False",
        IFormattable plain when plain.GetType().Assembly == typeof(object).Assembly =>
            plain.ToString(null, CultureInfo.InvariantCulture),
        FileSystemInfo file => file.FullName,
        PSCustomObject or Hashtable or ArrayList => TextOfLifeless(PSObject.AsPSObject(value)),
        var other => $"[{other.GetType()}]",
    };

    /// <summary>What an object is, or was before it came from another process or a journal.</summary>
    private static string TextOfLifeless(PSObject value)
    {
        string type = value.TypeNames.FirstOrDefault() ?? nameof(PSCustomObject);
        string own = type.StartsWith(Deserialized, StringComparison.Ordinal) ? type[Deserialized.Length..] : type;
        return own is "System.IO.FileInfo" or "System.IO.DirectoryInfo"
            && value.Properties["FullName"] is (PSProperty or PSNoteProperty) and { Value: string name } ? name : $"[{own}]";
    }
}
