using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>Ends a pump's pipeline: takes what nodes write there, as it is written.</summary>
/// <remarks>Not exported; a <see cref="Pump"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsCommunications.Receive, "DagOutput")]
internal sealed class ReceiveOutputCommand : PSCmdlet
{
    /// <summary>Takes an object, or <c>$null</c>, which a script can put out too.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Action<PSObject?> Receive { get; set; } = null!;

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Receive(InputObject);
}
