namespace DagShell.Capture;

/// <summary>An alias.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The name of what it stands for.</param>
/// <param name="IsForModule">Whether a script of a module uses it: that sees nothing but its module and what is global.</param>
internal sealed record CapturedAlias(string Name, string Definition, bool IsForModule = false) : CapturedCommand(Name);
