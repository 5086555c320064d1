namespace DagShell.Scripts;

/// <summary>
/// Commands of PowerShell's own whose effect on the session that calls them cannot be taken back: nothing more is to run in that session.
/// </summary>
internal static class LastingCommands
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Update-TypeData", "Remove-TypeData", "Update-FormatData", "Register-ArgumentCompleter", "Add-History", "Clear-History",
        "Set-PSDebug", "Set-PSBreakpoint", "Enable-PSBreakpoint", "Set-TraceSource",
    };

    public static bool Contains(string command) => Names.Contains(command);
}
