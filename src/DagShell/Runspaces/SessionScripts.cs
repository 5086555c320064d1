using System.Collections;
using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>What is run once in each session of a run, before its first node and before it closes.</summary>
/// <param name="Initialization">The first; null for none.</param>
/// <param name="Finalization">The last; null for none.</param>
/// <param name="UsingValues">The values of their <c>$using:</c> expressions; null if there are none.</param>
internal sealed record SessionScripts(ScriptBlock? Initialization, ScriptBlock? Finalization, IDictionary? UsingValues)
{
    /// <summary>Runs a script in the scope of the pump that it is run in, so that what it leaves is there.</summary>
    /// <param name="pump">The pump's command.</param>
    /// <param name="script">The script.</param>
    /// <param name="isCallers">Whether the session is the caller's, where the script block belongs.</param>
    /// <returns>What it failed with; null if it did not.</returns>
    /// <exception cref="PipelineStoppedException">It was stopped.</exception>
    public static Exception? Run(PSCmdlet pump, ScriptBlock script, bool isCallers)
    {
        try
        {
            pump.InvokeCommand.InvokeScript(
                useLocalScope: false, isCallers ? script : NodeScript.Of(script).NewUnboundScriptBlock(), input: null);
            return null;
        }
        catch (ExitException exit) when (exit.Argument is null or 0)
        {
            return null;
        }
        catch (Exception exception) when (exception is not (PipelineStoppedException or OutOfMemoryException))
        {
            if (exception is IContainsErrorRecord { ErrorRecord: { } record })
            {
                ErrorPosition.PointInto(record, script.Ast);
            }

            return exception;
        }
    }

    /// <summary>Hands a pump the values of <c>$using:</c> expressions.</summary>
    public void SetUsingValues(Hashtable table)
    {
        foreach (DictionaryEntry entry in UsingValues ?? new Hashtable())
        {
            table[entry.Key] = entry.Value;
        }
    }
}

/// <summary>A warning about the end of a session, which is told after a stop too.</summary>
internal sealed class SessionEndWarning(string message) : WarningRecord(message);
