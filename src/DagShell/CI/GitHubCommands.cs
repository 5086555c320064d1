namespace DagShell.CI;

/// <summary>Workflow commands of GitHub Actions.</summary>
internal sealed class GitHubCommands : CICommands
{
    public override string BeginGroup(string title) => "::group::" + Data(title);

    public override string EndGroup => "::endgroup::";

    public override string Annotate(CIAnnotation annotation)
    {
        string place = annotation.File is null ? string.Empty : $"file={Property(annotation.File)},line={annotation.Line},";
        return $"::{(annotation.IsError ? "error" : "warning")} {place}title={Property(annotation.Title)}::{Data(annotation.Message)}";
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
