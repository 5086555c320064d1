namespace DagShell.Capture;

/// <summary>An alias.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The name of what it stands for.</param>
internal sealed record CapturedAlias(string Name, string Definition) : CapturedCommand(Name);
