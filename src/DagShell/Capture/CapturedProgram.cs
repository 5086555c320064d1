namespace DagShell.Capture;

/// <summary>A program or a script file, which every session finds by itself if nothing else there has its name.</summary>
/// <param name="Name">The name by which it is called.</param>
internal sealed record CapturedProgram(string Name) : CapturedCommand(Name);
