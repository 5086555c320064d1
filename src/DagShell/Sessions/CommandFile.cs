using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>The program that a session's command names.</summary>
internal static class CommandFile
{
    /// <summary>Finds a program as the prompt does: by its path, or by its name where programs are searched for.</summary>
    /// <param name="name">The name or path.</param>
    /// <param name="cmdlet">The command that asks.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="CommandErrorException">There is no such program.</exception>
    public static string Find(string name, PSCmdlet cmdlet)
    {
        CommandInfo? found = cmdlet.InvokeCommand.GetCommands(name, CommandTypes.Application, nameIsPattern: false).FirstOrDefault();
        return found is ApplicationInfo program
            ? program.Path
            : throw new CommandErrorException(
                new CommandNotFoundException(SessionMessages.ProgramNotFound(name)), "ProgramNotFound", ErrorCategory.ObjectNotFound, name);
    }
}
