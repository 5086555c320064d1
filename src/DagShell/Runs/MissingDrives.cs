using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>Drives of providers that came with modules, which runspaces of nodes do not have: the module may keep what is there.</summary>
internal sealed class MissingDrives
{
    private readonly PSDriveInfo[] _drives;

    /// <summary>Finds them.</summary>
    /// <param name="drives">The drives of the caller's session.</param>
    public MissingDrives(DriveManagementIntrinsics drives)
    {
        string shipped = Path.GetDirectoryName(typeof(PSObject).Assembly.Location) ?? string.Empty;
        _drives = [.. drives.GetAll().Where(drive =>
            drive.Provider.Module is { } module
            && !(module.ModuleBase ?? string.Empty).StartsWith(shipped, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Warnings about those that a node's scripts name.</summary>
    public IEnumerable<string> Of(DagNode node) => _drives.Length == 0 ? [] : _drives
        .Where(drive => IsNamed(drive.Name + ":", node))
        .Select(drive => Messages.DriveMissing(node.Name, drive.Name + ":", drive.Provider.Module.Name));

    private static bool IsNamed(string start, DagNode node) => node.Scripts().Any(script =>
        NodeScript.Of(script.Script).Tree.Extent.Text.Contains(start, StringComparison.OrdinalIgnoreCase));
}
