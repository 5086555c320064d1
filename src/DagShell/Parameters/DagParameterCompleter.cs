using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Parameters;

/// <summary>Completes the table of -Parameter: with one of the names that dag files and nodes take, to be given a value.</summary>
internal sealed class DagParameterCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(commandAst);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        return KnownDag.Complete(new KnownDag(commandAst, fakeBoundParameters).Parameters(), wordToComplete)
            .Select(name => new CompletionResult(
                $"@{{ {name.CompletionText} = ", name.ListItemText, CompletionResultType.ParameterValue, name.ToolTip));
    }
}
