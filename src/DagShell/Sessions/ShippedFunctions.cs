using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace DagShell.Sessions;

/// <summary>Functions that each session has of its own, such as Clear-Host: those of another system are not the caller's.</summary>
internal static class ShippedFunctions
{
    private static readonly Lazy<InitialSessionState> AsShipped = new(InitialSessionState.CreateDefault2);

    /// <summary>Whether a function is one of these, as PowerShell ships it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="definition">Its definition.</param>
    public static bool Contains(string name, Ast definition) =>
        definition is ScriptBlockAst { Extent.File: null }
        && AsShipped.Value.Commands[name].OfType<SessionStateFunctionEntry>().Any(entry => entry.Definition == definition.Extent.Text);
}
