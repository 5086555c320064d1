using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace DagShell.Host.Hosting;

/// <summary>An error as the user is to read it: the message, then the place in the user's own script. Never a stack trace.</summary>
internal static partial class ErrorText
{
    public static string Of(ErrorRecord error)
    {
        if (error.Exception is ParseException { Errors: { } mistakes })
        {
            return string.Join('\n', mistakes.Select(mistake => Format(mistake.Message, PlaceOf(mistake.Extent))));
        }

        return Format(error.ToString(), PlaceOf(error) ?? PlaceOf(CauseOf(error)));
    }

    private static string Format(string message, string? place) =>
        place is null ? $"ERROR: {message.Trim()}" : $"ERROR: {message.Trim()}\n{place}";

    /// <summary>A failed node's error has the node's result as target, which has the cause.</summary>
    private static ErrorRecord? CauseOf(ErrorRecord error) =>
        error.TargetObject is null ? null : PSObject.AsPSObject(error.TargetObject).Properties["Error"]?.Value as ErrorRecord;

    private static string? PlaceOf(ErrorRecord? error)
    {
        if (error?.InvocationInfo is { ScriptName: { Length: > 0 } file } invocation && !ModuleFolders.Contain(file))
        {
            return $"  at {Shorten(file)}:{invocation.ScriptLineNumber}:{invocation.OffsetInLine}{Excerpt(invocation.PositionMessage)}";
        }

        // Within a command of dagsh the place is the line that called it.
        foreach (Match frame in FramePattern().Matches(error?.ScriptStackTrace ?? ""))
        {
            if (!ModuleFolders.Contain(frame.Groups["file"].Value))
            {
                return $"  at {Shorten(frame.Groups["file"].Value)}:{frame.Groups["line"].Value}";
            }
        }

        return Excerpt(error?.InvocationInfo?.PositionMessage) is { Length: > 0 } excerpt ? excerpt[1..] : null;
    }

    private static string PlaceOf(IScriptExtent extent)
    {
        string place = extent.File is null ? $"line {extent.StartLineNumber}" : $"{Shorten(extent.File)}:{extent.StartLineNumber}";
        string line = extent.StartScriptPosition.Line;
        return $"  at {place}:{extent.StartColumnNumber}\n  | {line}\n  | {new string(' ', extent.StartColumnNumber - 1)}~";
    }

    /// <summary>The lines of the position message that show the code: they start with a plus sign.</summary>
    private static string Excerpt(string? positionMessage)
    {
        StringBuilder excerpt = new();
        foreach (string line in (positionMessage ?? "").ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith('+')))
        {
            excerpt.Append("\n  | ").Append(line.AsSpan(Math.Min(2, line.Length)));
        }

        return excerpt.ToString();
    }

    private static string Shorten(string file)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }

    [GeneratedRegex(@"^at .*, (?<file>(/|[A-Za-z]:|\\\\).*): line (?<line>\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex FramePattern();
}
