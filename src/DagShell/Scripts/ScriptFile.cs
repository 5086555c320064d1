using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>A file with a script.</summary>
internal static class ScriptFile
{
    /// <summary>The script in a file; null if it cannot be read or parsed, which whoever runs it will say.</summary>
    public static ScriptBlock? TryRead(string file)
    {
        try
        {
            ScriptBlockAst tree = Parser.ParseFile(file, out _, out ParseError[] errors);
            return errors.Length == 0 ? tree.GetScriptBlock() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RuntimeException)
        {
            return null;
        }
    }
}
