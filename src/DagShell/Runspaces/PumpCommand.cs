using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>
/// The command that is the pump: it runs inside a pipeline of the session and gives its body that session to run nodes in.
/// </summary>
/// <remarks>Not exported; a <see cref="Pump"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsLifecycle.Invoke, "DagPump")]
internal sealed class PumpCommand : PSCmdlet
{
    /// <summary>The command. It keeps what PowerShell finds out about its parameters, which takes it as long as many a script.</summary>
    public static CmdletInfo Info { get; } = new("Invoke-DagPump", typeof(PumpCommand));

    /// <summary>What to do in the session.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Action<PSCmdlet> Body { get; set; } = null!;

    /// <summary>Called on another thread when its pipeline is stopped; null for nothing.</summary>
    [Parameter(Position = 1)]
    public Action? Stopped { get; set; }

    /// <inheritdoc/>
    protected override void StopProcessing() => Stopped?.Invoke();

    /// <inheritdoc/>
    protected override void EndProcessing() => Body(this);
}
