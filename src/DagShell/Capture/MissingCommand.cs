using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>A command that a node will not find.</summary>
/// <param name="Use">Where it is called.</param>
/// <param name="Module">The module that has it and cannot be brought; null for a command that is known nowhere.</param>
internal sealed record MissingCommand(CommandUse Use, string? Module);
