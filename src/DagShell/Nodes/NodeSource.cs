using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Capture;
using DagShell.Scripts;
using DagShell.Secrets;

namespace DagShell.Nodes;

/// <summary>
/// Runs a script that makes nodes, of a file or at New-Dag, in the caller's session and in a scope of its own. What it writes as an error
/// the command writes, with the place in the script, as the command's own errors: so it can be redirected, gathered and silenced.
/// </summary>
internal static class NodeSource
{
    private static readonly CmdletInfo Send = new("Send-DagNode", typeof(SendNodesCommand));

    /// <summary>Runs it.</summary>
    /// <param name="script">What to call: a script block, a command, a path.</param>
    /// <param name="parameters">Its parameters by name.</param>
    /// <param name="tree">Its tree.</param>
    /// <param name="command">The command that is running.</param>
    /// <param name="isWhole">Whether it ends with the first error that ends a statement; if not, it goes on as script files do.</param>
    /// <param name="variables">Variables that are to be there for it; null for none.</param>
    /// <returns>What it gave out.</returns>
    /// <exception cref="RuntimeException">It ended with an error.</exception>
    public static Collection<PSObject> Run(
        object script,
        Hashtable parameters,
        Ast tree,
        PSCmdlet command,
        bool isWhole = false,
        IReadOnlyDictionary<string, object?>? variables = null)
    {
        // The -ErrorAction Stop of New-Dag holds in its block, as in a function; that of Invoke-Dag is about the run.
        bool stops = isWhole && CallerPreferences.Of(command).StopsOnError;
        SecretMask secrets = new();
        secrets.Add([parameters, .. variables?.Values ?? []]);
        Func<object, object?> tell = record => Tell(record, secrets, tree, command);
        try
        {
            ScriptBlock call = ScriptCall.Merging(parameters.Count > 0, stops, isWhole, secrets.HasAny, [.. variables?.Keys ?? []])
                .GetScriptBlock();
            using MaskedProgress? progress = secrets.HasAny ? new MaskedProgress(command.SessionState, secrets) : null;
            object?[] arguments = [script, Send, tell, .. variables?.Values ?? []];
            return command.InvokeCommand.InvokeScript(
                useLocalScope: true, call, null, parameters.Count > 0 ? [parameters, .. arguments] : arguments);
        }
        catch (LoopFlowException flow)
        {
            // It would go on into a loop of the caller's, or end the caller's script, and nothing would be run.
            string message = Messages.StrayFlowInDag(tree.Extent.File, flow is ContinueException ? "continue" : "break");
            throw new CommandErrorException(
                new PSInvalidOperationException(message), "StrayFlow", ErrorCategory.InvalidOperation, tree.Extent.File);
        }
        catch (Exception exception) when (exception is IContainsErrorRecord and not PipelineStoppedException)
        {
            ErrorRecord error = ((IContainsErrorRecord)exception).ErrorRecord;
            if (exception is ParameterBindingException)
            {
                ErrorPosition.PointToParameters(error, tree);
            }

            ErrorPosition.PointInto(error, tree);
            ErrorPosition.Keep(error, tree);
            ErrorRecord own = ErrorText.RecordOf(exception);
            ErrorRecord? masked = Masked(own, error, secrets, command);
            if (exception is ActionPreferenceStopException or FlowControlException
                or RuntimeException { WasThrownFromThrowStatement: true })
            {
                if (masked is null)
                {
                    throw;
                }

                // As a throw it ends what a throw would.
                throw new RuntimeException(masked.Exception.Message, masked.Exception, masked) { WasThrownFromThrowStatement = true };
            }

            // As PowerShell throws it on, it would be shown at the command's own line.
            own = masked ?? own;
            if (own.InvocationInfo is { } invocation)
            {
                invocation.DisplayScriptPosition = error.InvocationInfo?.DisplayScriptPosition;
            }

            throw new CommandErrorException(own);
        }
    }

    /// <summary>Has an error, or what else the script said, that would show a secret say it without.</summary>
    /// <returns>What is to be written on; null for an error, which is written here.</returns>
    private static object? Tell(object record, SecretMask secrets, Ast tree, PSCmdlet command)
    {
        if (record is ErrorRecord error)
        {
            Tell(error, secrets, tree, command);
            return null;
        }

        return secrets.OfRecord(record);
    }

    private static void Tell(ErrorRecord error, SecretMask secrets, Ast tree, PSCmdlet command)
    {
        ErrorPosition.PointInto(error, tree);
        ErrorPosition.Keep(error, tree);
        error = Masked(error, error, secrets, command) ?? error;
        if (!CallerPreferences.Of(command).StopsOnError)
        {
            command.WriteError(error);
        }
        else
        {
            // The script goes on after it, and the command's Stop must not make it the end.
            using SteppablePipeline writing = PassErrorCommand.NewPipeline(ActionPreference.Continue, command.SessionState, error);
            writing.Begin(command);
            writing.Process();
            writing.End();
        }
    }

    /// <summary>An error that shows no secret, at the same place; null where there is none to hide.</summary>
    private static ErrorRecord? Masked(ErrorRecord error, ErrorRecord original, SecretMask secrets, PSCmdlet command)
    {
        if (secrets.OfRecord(error) is not ErrorRecord masked || masked == error)
        {
            return null;
        }

        // Only PowerShell can give an error the invocation that the place is kept with: so it is written into nothing first.
        using SteppablePipeline writing = PassErrorCommand.NewPipeline(ActionPreference.Ignore, command.SessionState, masked);
        writing.Begin(expectInput: false);
        writing.Process();
        writing.End();
        if (masked.InvocationInfo is { } invocation)
        {
            invocation.DisplayScriptPosition = original.InvocationInfo?.DisplayScriptPosition;
        }

        return masked;
    }
}
