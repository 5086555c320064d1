using System.Collections;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// A script that helps <see cref="NodeDriver"/> with what not all nodes have. It is sent as a script of the first node there that has it;
/// sessions without such nodes do not get it.
/// </summary>
internal sealed class SentDriver
{
    private readonly Lazy<string> _text;

    private SentDriver(string resource, Func<string, string>? fill = null) =>
        _text = new Lazy<string>(() => fill is null ? DriverText.Read(resource) : fill(DriverText.Read(resource)));

    /// <summary>Notices with which code a script file ended that a node called last.</summary>
    public static SentDriver ForExits { get; } = new("ExitDriver.ps1");

    /// <summary>Asks about the files of nodes, and says what this process would say.</summary>
    public static SentDriver ForFiles { get; } = new("FileDriver.ps1", FillMessages);

    /// <summary>Says where a node's script is as its time runs out.</summary>
    public static SentDriver ForPositions { get; } = new("PositionDriver.ps1");

    /// <summary>What is sent of it.</summary>
    public Hashtable Script() => ScriptPieces.OfText(_text.Value);

    private static string FillMessages(string text) => text
        .Replace("'BAD_PATTERN'", Quoted(Messages.BadPathPattern("{1}", "{0}", "{2}")), StringComparison.Ordinal)
        .Replace("'NOT_A_PATH'", Quoted(Messages.NotAPath("{0}", "{1}")), StringComparison.Ordinal)
        .Replace("'NOT_A_FILE_PATH'", Quoted(Messages.NotAFilePath("{0}")), StringComparison.Ordinal)
        .Replace("'INPUT_MISSING'", Quoted(Messages.InputMissing("{0}")), StringComparison.Ordinal)
        .Replace("'OUTPUT_MISSING'", Quoted(Messages.OutputMissing("{0}")), StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
