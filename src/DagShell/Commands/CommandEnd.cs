using System.Management.Automation;
using DagShell.Runs;

namespace DagShell.Commands;

/// <summary>How a cmdlet ends with an error.</summary>
internal static class CommandEnd
{
    /// <summary>Ends the command; and with <c>-ErrorAction Stop</c> the script around it too, as it is with PowerShell's own cmdlets.</summary>
    /// <remarks>A terminating error of a cmdlet ends its statement alone, whatever <c>-ErrorAction</c> says: a script would go on, and exit with 0.</remarks>
    public static void EndWith(this PSCmdlet cmdlet, ErrorRecord error)
    {
        if (CallerPreferences.Of(cmdlet).StopsOnError)
        {
            cmdlet.WriteError(error);
        }

        cmdlet.ThrowTerminatingError(error);
    }
}
