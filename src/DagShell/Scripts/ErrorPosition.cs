using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace DagShell.Scripts;

/// <summary>Has errors point to the user's line.</summary>
internal static partial class ErrorPosition
{
    private const string NoFile = "<No file>";

    /// <summary>
    /// Write-Error says that the error is where the script or function was called that it stands in. For a script that DagShell
    /// calls that is DagShell's own call, so there the error is where Write-Error stands.
    /// </summary>
    /// <param name="record">The error; its invocation is changed.</param>
    /// <param name="script">The tree of the script that DagShell called.</param>
    public static void PointInto(ErrorRecord record, Ast script)
    {
        if (record.InvocationInfo is not { } invocation || IsIn(script.Extent, invocation))
        {
            return;
        }

        if (InnermostLine(record.ScriptStackTrace, script.Extent.File) is { } line && IsWithin(script.Extent, line))
        {
            invocation.DisplayScriptPosition = WholeLine(script.Extent.File, line, LineOf(script.Extent, line));
        }
    }

    /// <summary>The line of the innermost call on a stack, which is only to be had as text.</summary>
    /// <param name="stack">The stack: <c>at &lt;ScriptBlock&gt;, /etc/nightly.dag.ps1: line 5</c> and so on; null for none.</param>
    /// <param name="file">The file that the call must be in; null for a script that is in none.</param>
    /// <returns>The line; null if that call is in another file.</returns>
    public static int? InnermostLine(string? stack, string? file)
    {
        Match frame = InnermostFrame().Match(stack ?? string.Empty);
        return frame.Success
            && (frame.Groups["file"].Value == (file ?? NoFile) || (file is null && frame.Groups["file"].Length == 0)) // as in a session
            && int.TryParse(frame.Groups["line"].ValueSpan, out int line)
                ? line
                : null;
    }

    /// <summary>
    /// A parameter that could not be bound is an error where the script has its parameters, and not at DagShell's call of it.
    /// </summary>
    /// <param name="record">The error; its invocation is changed.</param>
    /// <param name="script">The tree of the script that DagShell called.</param>
    public static void PointToParameters(ErrorRecord record, Ast script)
    {
        if (record.InvocationInfo is { } invocation
            && string.IsNullOrEmpty(invocation.ScriptName)
            && invocation.Line.Length == 0 // as a ScriptCall is
            && script is ScriptBlockAst { ParamBlock: { } parameters })
        {
            int line = parameters.Extent.StartLineNumber;
            invocation.DisplayScriptPosition = WholeLine(script.Extent.File, line, LineOf(script.Extent, line));
        }
    }

    /// <summary>Has an error go on pointing to the user's line when another command writes it, which would point it to itself.</summary>
    /// <param name="record">The error; its invocation is changed.</param>
    /// <param name="script">
    /// A script of the user's: if a copy of it was called (UsingRewriter), its own line is shown. Null for none.
    /// </param>
    public static void Keep(ErrorRecord record, Ast? script = null)
    {
        if (record.InvocationInfo is { DisplayScriptPosition: null, ScriptLineNumber: > 0 } invocation)
        {
            string own = script is null ? string.Empty : LineOf(script.Extent, invocation.ScriptLineNumber);
            invocation.DisplayScriptPosition = Extent(
                invocation.ScriptName,
                invocation.ScriptLineNumber,
                invocation.OffsetInLine,
                IsCopy(invocation.Line.TrimEnd('\r', '\n'), own) ? own : invocation.Line);
        }
    }

    /// <summary>Whether a line differs from another only in what UsingRewriter changes.</summary>
    private static bool IsCopy(string line, string own) =>
        line.Length == own.Length && line.Zip(own).All(pair => pair.First == pair.Second || pair is (' ', _) or ('_', ':'));

    /// <summary>The place of an error, as the console is to show it; null if it has none.</summary>
    public static IScriptExtent? Of(ErrorRecord record) =>
        record.InvocationInfo is { ScriptLineNumber: > 0 } invocation
            ? Extent(invocation.ScriptName, invocation.ScriptLineNumber, invocation.OffsetInLine, invocation.Line)
            : null;

    /// <summary>The place of an error in a copy of a script, as the script's own process is to show it.</summary>
    /// <param name="script">The script's tree.</param>
    /// <param name="stack">The stack there, as text.</param>
    /// <param name="file">The file, as the error has it; null for none.</param>
    /// <param name="line">The line; null if that is not known.</param>
    /// <param name="column">The column.</param>
    /// <param name="width">How many letters of the line it is; null if that is not known.</param>
    /// <param name="text">The text of the line, as it is there.</param>
    /// <returns><see langword="null"/> if there is none.</returns>
    public static IScriptExtent? Of(Ast script, string? stack, string? file, int? line, int? column, int? width, string? text)
    {
        bool isOwnFile = (file ?? string.Empty) == (script.Extent.File ?? string.Empty);
        if (InnermostLine(stack, script.Extent.File) is { } innermost && IsWithin(script.Extent, innermost)
            && (!isOwnFile || line != innermost))
        {
            return WholeLine(script.Extent.File, innermost, LineOf(script.Extent, innermost));
        }

        return line is not (> 0 and { } at) ? null
            : Extent(
                file,
                at,
                column ?? 1,
                isOwnFile && IsWithin(script.Extent, at) ? LineOf(script.Extent, at) : text ?? string.Empty,
                width);
    }

    /// <summary>A line of the file, or of what was entered, that a script is in.</summary>
    /// <param name="script">The script.</param>
    /// <param name="position">The file and the line, as messages tell it; where it is null or of another file, the script's first.</param>
    public static IScriptExtent LineIn(Ast script, string? position)
    {
        int line = script.Extent.StartLineNumber;
        if (position is not null)
        {
            string start = Messages.Position(script.Extent.File, line)[..^line.ToString(CultureInfo.InvariantCulture).Length];
            line = position.StartsWith(start, StringComparison.Ordinal)
                && int.TryParse(position.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int told)
                    ? told
                    : line;
        }

        return WholeLine(script.Extent.File, line, LineOf(script.Extent, line));
    }

    /// <summary>
    /// Whether the invocation is in the script, or in another one of the user's. The text tells: lines of a prompt have no file.
    /// </summary>
    private static bool IsIn(IScriptExtent script, InvocationInfo invocation) =>
        !string.IsNullOrEmpty(invocation.ScriptName)
            ? invocation.ScriptName != script.File || IsWithin(script, invocation.ScriptLineNumber)
            : string.IsNullOrEmpty(script.File)
                && IsWithin(script, invocation.ScriptLineNumber)
                && LineOf(script, invocation.ScriptLineNumber).TrimEnd() == invocation.Line.TrimEnd();

    private static bool IsWithin(IScriptExtent script, int line) => line >= script.StartLineNumber && line <= script.EndLineNumber;

    private static string LineOf(IScriptExtent script, int line)
    {
        // The text of a script block made at a prompt begins with what was entered there, and so do its lines.
        string[] lines = (script.StartScriptPosition.GetFullScript() ?? script.Text).Split('\n');
        return line <= lines.Length ? lines[line - 1].TrimEnd('\r') : string.Empty;
    }

    private static ScriptExtent WholeLine(string? file, int line, string text) =>
        Extent(file, line, text.Length - text.TrimStart().Length + 1, text);

    private static ScriptExtent Extent(string? file, int line, int column, string text, int? width = null) =>
        new(new ScriptPosition(file, line, column, text),
            new ScriptPosition(file, line, width > 0 ? column + width.Value : Math.Max(column, text.TrimEnd().Length + 1), text));

    [GeneratedRegex(@"^at [^\n]*?, (?<file>[^\n]*): line (?<line>\d+)\r?(\n|$)")]
    private static partial Regex InnermostFrame();
}
