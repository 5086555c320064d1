using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>A command that a script calls by a name that stands in its text.</summary>
/// <param name="Name">The name.</param>
/// <param name="Extent">Where it stands.</param>
/// <param name="IsConditional">Whether it is only called under a condition, in a loop, or where an error is caught.</param>
/// <param name="SetsKnownVariable">Whether it sets a variable that the text names, and does nothing else.</param>
internal sealed record CommandUse(string Name, IScriptExtent Extent, bool IsConditional, bool SetsKnownVariable = false)
{
    /// <summary>Where it stands, as text.</summary>
    public string Position => Messages.Position(Extent.File, Extent.StartLineNumber);
}
