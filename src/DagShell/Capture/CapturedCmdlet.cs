namespace DagShell.Capture;

/// <summary>A cmdlet.</summary>
/// <param name="Name">The name by which it is called.</param>
/// <param name="Module">The module that it is imported from; null for those that every session has.</param>
/// <param name="Type">The class that does its work.</param>
internal sealed record CapturedCmdlet(string Name, CapturedModule? Module, Type Type) : CapturedCommand(Name);
