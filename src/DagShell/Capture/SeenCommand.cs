using System.Management.Automation;

namespace DagShell.Capture;

/// <summary>
/// A function or alias as it was where a node was made: PowerShell changes the object that stands for it when it is defined anew.
/// </summary>
/// <param name="Command">The function or alias.</param>
/// <param name="Body">The function's body; null for an alias.</param>
/// <param name="Definition">What the alias stands for; null for a function.</param>
internal sealed record SeenCommand(CommandInfo Command, ScriptBlock? Body, string? Definition)
{
    /// <summary>Notes how a command is now.</summary>
    public static SeenCommand Of(CommandInfo command) => command is FunctionInfo function
        ? new SeenCommand(command, function.ScriptBlock, null)
        : new SeenCommand(command, null, command.Definition);

    /// <summary>Whether it is a function that a file defines: it is what the file's nodes mean, whatever has that name later on.</summary>
    public bool IsOfFile => Body?.File is not null;
}
