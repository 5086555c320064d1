namespace DagShell;

/// <summary>For which CI system a run's lines are written.</summary>
public enum DagCIFormat
{
    /// <summary>For the one that runs this process, by its environment variables; for none where there is no such.</summary>
    Auto,

    /// <summary>For none.</summary>
    None,

    /// <summary>GitHub Actions, and what understands its workflow commands.</summary>
    GitHubActions,

    /// <summary>Azure Pipelines.</summary>
    AzureDevOps,
}
