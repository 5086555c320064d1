namespace DagShell.Capture;

/// <summary>
/// PowerShell's own modules that are loaded in a runspace. They stay from one run to the next: to ask PowerShell for them takes longer than
/// most short runs.
/// </summary>
/// <remarks>Belongs to the thread of the worker whose runspace it is, and between runs to nobody.</remarks>
internal sealed class ShippedModules
{
    private readonly Dictionary<string, LoadedModule> _byPath = new(StringComparer.Ordinal);

    /// <summary>The module that was loaded from a file; null for one that was not.</summary>
    public LoadedModule? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>Notes one that was loaded.</summary>
    public void Add(string path, LoadedModule module) => _byPath[path] = module;
}
