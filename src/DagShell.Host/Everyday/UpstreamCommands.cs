using System.Management.Automation;

namespace DagShell.Host.Everyday;

/// <summary>The commands before a command in its pipeline.</summary>
public static class UpstreamCommands
{
    private static readonly Type? StopException =
        typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException");

    /// <summary>
    /// Ends them, as <c>Select-Object -First</c> does when it has enough. The engine keeps that to its own commands;
    /// where it does not let us, they go on to their end, which costs time but changes no result.
    /// </summary>
    /// <param name="command">The command that has enough.</param>
    public static void Stop(PSCmdlet command)
    {
        if (StopException is not null && Activator.CreateInstance(StopException, command) is Exception stop)
        {
            throw stop;
        }
    }
}
