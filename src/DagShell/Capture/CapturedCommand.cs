namespace DagShell.Capture;

/// <summary>What a name that a script calls means to its author.</summary>
/// <param name="Name">The name.</param>
internal abstract record CapturedCommand(string Name);
