using System.Management.Automation;

namespace DagShell.Hosts;

/// <summary>An information record that is to be shown, since its author's preference says so: as with -InformationAction Continue.</summary>
internal sealed record ShownInformation(InformationRecord Record);
