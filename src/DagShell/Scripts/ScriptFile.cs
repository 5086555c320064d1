using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>A file with a script.</summary>
internal static class ScriptFile
{
    /// <summary>The script in a file, as far as it can be parsed; null if it cannot be read, which whoever runs it will say.</summary>
    public static ScriptBlock? TryRead(string file)
    {
        try
        {
            return Parser.ParseFile(file, out _, out _).GetScriptBlock();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RuntimeException)
        {
            return null;
        }
    }
}
