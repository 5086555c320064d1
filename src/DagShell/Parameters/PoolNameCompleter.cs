using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Parameters;

/// <summary>Completes the names of pools.</summary>
internal sealed class PoolNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(commandAst);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        return KnownDag.Complete(new KnownDag(commandAst, fakeBoundParameters).Pools(), wordToComplete);
    }
}
