using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>Ends a pump's pipeline: takes what nodes write there, as it is written.</summary>
/// <remarks>Not exported; a <see cref="Pump"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsCommunications.Receive, "DagOutput")]
internal sealed class ReceiveOutputCommand : PSCmdlet
{
    /// <summary>The command.</summary>
    public static CmdletInfo Info { get; } = new("Receive-DagOutput", typeof(ReceiveOutputCommand));

    /// <summary>Takes an object, or <c>$null</c>, which a script can put out too.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Action<PSObject?> Receive { get; set; } = null!;

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Makes what parts the output of scripts from records of other streams that were merged into it.</summary>
    /// <param name="output">Takes the output.</param>
    /// <param name="write">Takes the records.</param>
    public static Action<PSObject?> Into(PumpOutput output, Action<object> write) => item =>
    {
        if (item?.BaseObject is not { } record || !NodeStreams.IsRecord(record))
        {
            output.Add(item!);
        }
        else if (!NodeStreams.IsOfModules(record))
        {
            write(record);
        }
    };

    /// <inheritdoc/>
    protected override void ProcessRecord() => Receive(InputObject);
}
