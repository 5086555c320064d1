using System.Management.Automation;

namespace DagShell.Host.Hosting;

/// <summary>Ends the pipelines of the host: hands each object to <see cref="Receiver"/> and passes on those it does not take.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScriptOutput")]
internal sealed class ReceiveScriptOutputCommand : PSCmdlet
{
    public const string Name = "Receive-ScriptOutput";

    /// <summary>Whether it took the object.</summary>
    [Parameter(Mandatory = true)]
    public Predicate<PSObject> Receiver { get; set; } = _ => false;

    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null || !Receiver(InputObject))
        {
            WriteObject(InputObject);
        }
    }
}
