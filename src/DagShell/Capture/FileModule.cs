namespace DagShell.Capture;

/// <summary>A module that is loaded from a file: the very same file, so the very same version.</summary>
internal sealed class FileModule(string name, Version version, string path) : CapturedModule(name, version)
{
    /// <summary>Its manifest, or the file that was imported.</summary>
    public string Path { get; } = path;

    /// <summary>What was given to its script by Import-Module -ArgumentList.</summary>
    public object?[] Arguments { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<object?> PassedValues => Arguments;

    /// <summary>The variables that it exports and that the caller has from it.</summary>
    public string[] Variables { get; init; } = [];

    /// <summary>Whether it comes with PowerShell, so that every session loads it by itself.</summary>
    public bool IsShipped { get; init; }

    /// <summary>Whether importing it runs scripts in the session that imports it (ScriptsToProcess).</summary>
    public bool RunsScripts { get; init; }
}
