namespace DagShell.CI;

/// <summary>The lines by which a CI system is told something: it reads them out of what a build shows.</summary>
internal abstract class CICommands
{
    /// <summary>Begins lines that are shown folded, under a title.</summary>
    public abstract string BeginGroup(string title);

    /// <summary>Ends them.</summary>
    public abstract string EndGroup { get; }

    /// <summary>A line, or a title, that is told and is no command: those of runners are found in the middle of a line, too.</summary>
    public static string Told(string text) => text.Replace("##vso[", "##vso [", StringComparison.Ordinal)
        .Replace("##[", "## [", StringComparison.Ordinal);

    /// <summary>The line that tells of an error or a warning.</summary>
    public abstract string Annotate(CIAnnotation annotation);
}
