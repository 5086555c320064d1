namespace DagShell.CI;

/// <summary>Logging and formatting commands of Azure Pipelines.</summary>
internal sealed class AzureCommands : CICommands
{
    /// <remarks>Formatting commands take their text as it is.</remarks>
    public override string BeginGroup(string title) => "##[group]" + title;

    public override string EndGroup => "##[endgroup]";

    public override string Annotate(CIAnnotation annotation)
    {
        string place = annotation.File is null ? string.Empty : $"sourcepath={Property(annotation.File)};linenumber={annotation.Line};";
        return $"##vso[task.logissue type={(annotation.IsError ? "error" : "warning")};{place}]"
            + Data($"{annotation.Title}: {annotation.Message}");
    }

    private static string Data(string text) =>
        text.Replace("%", "%AZP25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
