using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>Writes the errors that it gets, under whatever preference it is called with.</summary>
/// <remarks>Not exported; called by type, under the name of the command that users called, which is what their errors begin with.</remarks>
[Cmdlet(VerbsCommunications.Write, "DagError")]
internal sealed class PassErrorCommand : PSCmdlet
{
    /// <summary>What to call.</summary>
    private static readonly CmdletInfo Info = new("Invoke-Dag", typeof(PassErrorCommand));

    /// <summary>An error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public ErrorRecord? Record { get; set; }

    /// <summary>Makes a pipeline that writes the errors that it is fed, or one.</summary>
    /// <param name="preference">Its preference.</param>
    /// <param name="session">The session.</param>
    /// <param name="error">The error; null for those that it is fed.</param>
    public static SteppablePipeline NewPipeline(ActionPreference preference, SessionState session, ErrorRecord? error = null)
    {
        string given = error is null ? string.Empty : "$Record ";
        var call = (ScriptBlockAst)ScriptBlock.Create($"param($Command, $Record) & $Command {given}-ErrorAction {preference}").Ast;
        return TrustedScript.Of(call, session).GetSteppablePipeline(CommandOrigin.Internal, [Info, error]);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteError(Record!);
}
