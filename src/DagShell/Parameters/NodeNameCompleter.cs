using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Parameters;

/// <summary>Completes the names of nodes.</summary>
internal sealed class NodeNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(commandAst);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);

        // A node does not depend on itself.
        string? own = fakeBoundParameters["Name"]?.ToString();
        KnownDag known = new(commandAst, fakeBoundParameters);

        // Only a run knows nodes inside of others; a dag knows its own.
        bool isOfRun = "Invoke-Dag".Equals(commandAst.GetCommandName(), StringComparison.OrdinalIgnoreCase);
        return KnownDag.Complete(
            (isOfRun ? known.NodeNames() : known.LocalNames()).Where(name => !name.Equals(own, StringComparison.OrdinalIgnoreCase)),
            wordToComplete);
    }
}
