using System.Management.Automation;

namespace DagShell.Nodes;

/// <summary>
/// Passes on what a script gives out that makes nodes, and hands over what comes of its other streams: errors that it went on after, and,
/// where secrets are to be taken out of them, warnings and the like.
/// </summary>
/// <remarks>Not exported; <see cref="NodeSource"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsCommunications.Send, "DagNode")]
internal sealed class SendNodesCommand : PSCmdlet
{
    /// <summary>Takes a record of a stream, and gives what is to be written in its place; null for nothing.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Func<object, object?> Tell { get; set; } = null!;

    /// <summary>An object, or a record of a merged stream.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject
            is not (ErrorRecord or WarningRecord or VerboseRecord or DebugRecord or InformationRecord))
        {
            WriteObject(InputObject);
            return;
        }

        // What was not to be shown has not come: so this is called with preferences that show it.
        switch (Tell(InputObject!.BaseObject))
        {
            case WarningRecord warning:
                WriteWarning(warning.Message);
                break;
            case VerboseRecord verbose:
                WriteVerbose(verbose.Message);
                break;
            case DebugRecord debug:
                WriteDebug(debug.Message);
                break;
            case InformationRecord information:
                WriteInformation(information);
                break;
        }
    }
}
