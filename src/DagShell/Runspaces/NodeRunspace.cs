using System.Management.Automation.Runspaces;
using DagShell.Capture;
using DagShell.Hosts;

namespace DagShell.Runspaces;

/// <summary>A runspace for nodes, with its host.</summary>
/// <param name="Runspace">The runspace.</param>
/// <param name="Host">What nodes show is written to it.</param>
internal sealed record NodeRunspace(Runspace Runspace, NodeHost Host) : IDisposable
{
    /// <summary>PowerShell's own modules that runs have loaded there.</summary>
    public ShippedModules Shipped { get; } = new();

    /// <summary>Closes the runspace, for good. A host that ends may be closing it at the same moment.</summary>
    public void Dispose() => RunspaceClosing.Quietly(Runspace.Dispose);
}
