using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace DagShell.Sessions;

/// <summary>Functions that each session has of its own, such as Clear-Host: those of another system are not the caller's.</summary>
internal static class ShippedFunctions
{
    private static readonly Lazy<Dictionary<string, string>> Known = new(() =>
        InitialSessionState.CreateDefault2().Commands.OfType<SessionStateFunctionEntry>()
            .GroupBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static entries => entries.Key, static entries => entries.Last().Definition, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a function is one of these, as PowerShell ships it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="definition">Its definition.</param>
    public static bool Contains(string name, Ast definition) =>
        definition is ScriptBlockAst { Extent.File: null }
        && Known.Value.TryGetValue(name, out string? text)
        && text == definition.Extent.Text;
}
