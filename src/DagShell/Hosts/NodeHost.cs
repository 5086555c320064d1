using System.Management.Automation;
using System.Management.Automation.Host;

namespace DagShell.Hosts;

/// <summary>The host of a runspace in which nodes run: says of itself what the caller's host says, and shows nothing itself.</summary>
/// <remarks>
/// PowerShell calls a host for what is to be seen and for nothing else: not for what is redirected, nor for what a preference hides. So a
/// node shows what it would show at the prompt.
/// </remarks>
internal sealed class NodeHost : RecordingHost
{
    private readonly PSHost _caller;
    private readonly NodeUserInterface _ui;

    /// <summary>Makes a host.</summary>
    /// <param name="caller">The host of the caller.</param>
    public NodeHost(PSHost caller)
    {
        _caller = caller;
        _ui = new NodeUserInterface(caller.UI);
    }

    /// <inheritdoc/>
    public override string Name => _caller.Name;

    /// <inheritdoc/>
    public override Version Version => _caller.Version;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <inheritdoc/>
    public override PSObject PrivateData => _caller.PrivateData;

    /// <summary>Sets what takes the records of what is to be seen. Called on the thread that writes.</summary>
    public void SendTo(Action<object> write) => _ui.Target = write;

    /// <summary>Drops what is written from now on: nothing runs any more.</summary>
    public void SendToNobody() => _ui.Target = static _ => { };

    /// <summary>Hands on what was held back on the calling thread.</summary>
    public void Flush() => _ui.Flush();
}
