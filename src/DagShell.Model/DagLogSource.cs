namespace DagShell;

/// <summary>Where a node said something.</summary>
public enum DagLogSource
{
    /// <summary>A string that it put out.</summary>
    Output,

    /// <summary>An error that its script went on after.</summary>
    Error,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>A verbose message.</summary>
    Verbose,

    /// <summary>A debug message.</summary>
    Debug,

    /// <summary>Something given to Write-Information.</summary>
    Information,

    /// <summary>Text for the host: Write-Host, Out-Host.</summary>
    Host,

    /// <summary>A line that a program wrote to its standard error.</summary>
    StandardError,
}
