using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>Passes on what a dag file gives out, and writes errors that it went on after with their place in the file.</summary>
/// <remarks>Not exported; <see cref="DagFile"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsCommunications.Send, "DagFileOutput")]
internal sealed class SendDagFileOutputCommand : PSCmdlet
{
    /// <summary>The syntax tree of the dag file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Ast File { get; set; } = null!;

    /// <summary>An object, or an error from the merged error stream.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord error)
        {
            ErrorPosition.PointInto(error, File);
            ErrorPosition.Keep(error);
            WriteError(error);
        }
        else
        {
            WriteObject(InputObject);
        }
    }
}
