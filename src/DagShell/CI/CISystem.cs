namespace DagShell.CI;

/// <summary>The CI system that runs this process, or that its user names.</summary>
internal static class CISystem
{
    /// <summary>What it is told by; null where there is none.</summary>
    /// <param name="format">Which one.</param>
    /// <param name="environment">Gives the value of an environment variable.</param>
    public static CICommands? CommandsOf(DagCIFormat format, Func<string, string?> environment) => format switch
    {
        DagCIFormat.GitHubActions => new GitHubCommands(),
        DagCIFormat.AzureDevOps => new AzureCommands(),
        DagCIFormat.Auto when IsTrue(environment("TF_BUILD")) => new AzureCommands(),
        DagCIFormat.Auto when IsTrue(environment("GITHUB_ACTIONS")) => new GitHubCommands(),
        _ => null,
    };

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
