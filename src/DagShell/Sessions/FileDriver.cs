using System.Collections;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// The script that asks about the files of nodes in a session. It is sent as a script of the first node there that has any; sessions
/// without such nodes do not get it.
/// </summary>
internal static class FileDriver
{
    private const string Resource = "FileDriver.ps1";

    private static readonly Lazy<string> Text = new(Read);

    /// <summary>What it is known by among the scripts that a session was sent.</summary>
    public static object Key => Text;

    /// <summary>What is sent of it.</summary>
    public static Hashtable Script() => ScriptPieces.OfText(Text.Value);

    /// <summary>The script says what this process would say.</summary>
    private static string Read() =>
        DriverText.Read(Resource)
            .Replace("'BAD_PATTERN'", Quoted(Messages.BadPathPattern("{1}", "{0}", "{2}")), StringComparison.Ordinal)
            .Replace("'NOT_A_PATH'", Quoted(Messages.NotAPath("{0}", "{1}")), StringComparison.Ordinal)
            .Replace("'NOT_A_FILE_PATH'", Quoted(Messages.NotAFilePath("{0}")), StringComparison.Ordinal)
            .Replace("'INPUT_MISSING'", Quoted(Messages.InputMissing("{0}")), StringComparison.Ordinal)
            .Replace("'OUTPUT_MISSING'", Quoted(Messages.OutputMissing("{0}")), StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
