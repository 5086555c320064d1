using System.Management.Automation;

namespace DagShell.Hosts;

/// <summary>An information record that is to be shown: its author's preference says so, as with -InformationAction Continue.</summary>
/// <param name="Record">The record.</param>
internal sealed record ShownInformation(InformationRecord Record);
