namespace DagShell.CI;

/// <summary>The lines by which a CI system is told something: it reads them out of what a build shows.</summary>
internal abstract class CICommands
{
    /// <summary>Those of a CI system; null for none.</summary>
    /// <param name="format">Which one.</param>
    /// <param name="environment">Gives the value of an environment variable.</param>
    public static CICommands? Of(DagCIFormat format, Func<string, string?> environment) => format switch
    {
        DagCIFormat.GitHubActions => new GitHubCommands(),
        DagCIFormat.AzureDevOps => new AzureCommands(),
        DagCIFormat.Auto when IsTrue(environment("TF_BUILD")) => new AzureCommands(),
        DagCIFormat.Auto when IsTrue(environment("GITHUB_ACTIONS")) => new GitHubCommands(),
        _ => null,
    };

    /// <summary>Begins lines that are shown folded, under a title.</summary>
    public abstract string BeginGroup(string title);

    /// <summary>Ends them.</summary>
    public abstract string EndGroup { get; }

    /// <summary>The line that tells of an error or a warning.</summary>
    public abstract string Annotate(CIAnnotation annotation);

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
