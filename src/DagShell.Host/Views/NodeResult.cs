using System.Collections;
using System.Management.Automation;

namespace DagShell.Host.Views;

/// <summary>
/// What the host shows of a DagShell.DagNodeResult. It is read by its properties: the host does not reference the module.
/// </summary>
internal sealed record NodeResult(string Name, string Status, int Attempts, TimeSpan Duration, string Detail)
{
    public const string TypeName = "DagShell.DagNodeResult";

    private const int ShownOutputs = 3;

    /// <summary>How long it took, for those that were tried at all.</summary>
    public string DurationText => Attempts > 0 ? Views.DurationText.Of(Duration) : "";

    public bool IsGood => Status is "Succeeded" or "Skipped";

    /// <summary>Reads a result.</summary>
    public static NodeResult From(PSObject result)
    {
        string status = Get<object>(result, "Status")?.ToString() ?? "";
        return new(
            OneLine.Of(Get<string>(result, "Name")),
            status,
            Get<int>(result, "Attempts"),
            Get<TimeSpan>(result, "Duration"),
            OneLine.Of(DetailOf(result, status), 200));
    }

    private static string? DetailOf(PSObject result, string status) => status switch
    {
        "Succeeded" => OutputOf(result),
        "Failed" => Get<ErrorRecord>(result, "Error")?.ToString(),
        _ => Get<string>(result, "SkipReason") ?? Get<ErrorRecord>(result, "Error")?.ToString(),
    };

    private static string OutputOf(PSObject result)
    {
        object?[] output = [.. Get<IEnumerable>(result, "Output")?.Cast<object?>() ?? []];
        string shown = string.Join(", ", output.Take(ShownOutputs).Select(Text));
        return output.Length > ShownOutputs ? $"{shown}, … ({output.Length} objects)" : shown;
    }

    private static string Text(object? value)
    {
        try
        {
            return value?.ToString() ?? "";
        }
        catch (Exception exception) when (exception is ExtendedTypeSystemException or RuntimeException)
        {
            // The user's own ToString() is no reason to lose the table.
            return PSObject.AsPSObject(value).BaseObject.GetType().Name;
        }
    }

    private static T? Get<T>(PSObject result, string property) =>
        LanguagePrimitives.TryConvertTo(result.Properties[property]?.Value, out T value) ? value : default;
}
