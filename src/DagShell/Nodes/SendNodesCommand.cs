using System.Management.Automation;

namespace DagShell.Nodes;

/// <summary>Passes on what a script gives out that makes nodes, and hands over errors that it went on after, as they come.</summary>
/// <remarks>Not exported; <see cref="NodeSource"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsCommunications.Send, "DagNode")]
internal sealed class SendNodesCommand : PSCmdlet
{
    /// <summary>Takes the errors.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Action<ErrorRecord> Tell { get; set; } = null!;

    /// <summary>An object, or an error from the merged error stream.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord error)
        {
            Tell(error);
        }
        else
        {
            WriteObject(InputObject);
        }
    }
}
