using System.Management.Automation;

namespace DagShell.Runs;

/// <summary>Writes records of nodes under preferences of its own, which it is called with.</summary>
/// <remarks>Not exported; <see cref="CmdletOutput"/> calls it by type.</remarks>
[Cmdlet(VerbsCommon.Show, "DagRecord")]
internal sealed class ShowRecordCommand : PSCmdlet
{
    /// <summary>The record.</summary>
    [Parameter(ValueFromPipeline = true)]
    public object Record { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Write(this, Record is PSObject wrapped ? wrapped.BaseObject : Record);

    /// <summary>Writes a record to the pipeline of a cmdlet, whose preferences decide what becomes of it.</summary>
    internal static void Write(Cmdlet cmdlet, object record)
    {
        switch (record)
        {
            case WarningRecord warning:
                cmdlet.WriteWarning(warning.Message);
                break;
            case VerboseRecord verbose:
                cmdlet.WriteVerbose(verbose.Message);
                break;
            case DebugRecord debug:
                cmdlet.WriteDebug(debug.Message);
                break;
            case InformationRecord information:
                cmdlet.WriteInformation(information);
                break;
        }
    }
}
