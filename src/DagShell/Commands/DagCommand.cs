using System.Management.Automation;
using DagShell.Capture;

namespace DagShell.Commands;

/// <summary>A cmdlet of the module. All of them end with an error in the same way, which is written here alone.</summary>
/// <remarks>
/// A terminating error of a cmdlet ends only its statement, whatever <c>-ErrorAction</c> says: the script would go on, and exit with 0.
/// So with <c>Stop</c> the error is written, and the preference makes it the end of the script, as with PowerShell's own cmdlets.
/// </remarks>
public abstract class DagCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Do(Begin);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Do(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Do(End);

    /// <summary>What is done before there is any input. Errors that are to end the command are thrown.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>What is done with each input object. Errors that are to end the command are thrown.</summary>
    private protected virtual void Process()
    {
    }

    /// <summary>What is done when all input has come. Errors that are to end the command are thrown.</summary>
    private protected virtual void End()
    {
    }

    private void Do(Action step)
    {
        try
        {
            step();
        }
        catch (CommandErrorException exception)
        {
            EndWith(exception.Error);
        }
        catch (Exception exception) when (EndsStatementAlone(exception) && CallerPreferences.Of(this).StopsOnError)
        {
            EndWith(exception is IContainsErrorRecord { ErrorRecord: { } record }
                ? record
                : new ErrorRecord(exception, exception.GetType().FullName, ErrorCategory.NotSpecified, null));
        }
    }

    /// <summary>
    /// Whether PowerShell would make of it an error that ends the statement; the others end more than that, or are no errors.
    /// </summary>
    private static bool EndsStatementAlone(Exception exception) => exception
        is not (PipelineStoppedException or ActionPreferenceStopException or FlowControlException)
        and not RuntimeException { WasThrownFromThrowStatement: true };

    private void EndWith(ErrorRecord error)
    {
        if (CallerPreferences.Of(this).StopsOnError)
        {
            WriteError(error);
        }

        ThrowTerminatingError(error);
    }
}
