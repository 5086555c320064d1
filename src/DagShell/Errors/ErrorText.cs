using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>Makes of what a script ended with what a user reads.</summary>
internal static class ErrorText
{
    /// <summary>Characters of an error's details, which may be a whole page of a web server; the record has them all.</summary>
    private const int LongestDetails = 4_000;

    /// <summary>The message of what ended a node's script.</summary>
    public static string Of(Exception exception, string node) => exception switch
    {
        ExitException exit => Messages.ExitCode(node, exit.Argument),
        BreakException => Messages.StrayFlow(node, "break"),
        ContinueException => Messages.StrayFlow(node, "continue"),
        IContainsErrorRecord { ErrorRecord: { } record } => Of(record),
        _ => exception.Message,
    };

    /// <summary>The text of an error: its exception's message, and after that its details, where those say more.</summary>
    public static string Of(ErrorRecord record)
    {
        string message = record.Exception?.Message ?? string.Empty;
        string details = record.ErrorDetails?.Message ?? string.Empty;
        if (details.Length == 0 || message.Contains(details, StringComparison.Ordinal))
        {
            return message;
        }

        if (details.Length > LongestDetails)
        {
            details = string.Concat(details.AsSpan(0, LongestDetails), "…");
        }

        return details.Contains(message, StringComparison.Ordinal) ? details : message + Environment.NewLine + details;
    }

    /// <summary>The error record behind an exception, with the user's own position, or a new one around it.</summary>
    public static ErrorRecord RecordOf(Exception exception) =>
        exception is IContainsErrorRecord { ErrorRecord: { } record }
            // A placeholder may stand in it for the exception itself.
            ? new NodeErrorRecord(record, exception, Of(record), ErrorPlaces.Of(exception))
            : new ErrorRecord(exception, exception.GetType().Name, ErrorCategory.NotSpecified, null);

    /// <summary>
    /// Where in the user's files an error happened: <c>file:line</c>, or <c>line n</c> at a prompt; null if it is not known.
    /// </summary>
    public static string? Position(ErrorRecord record)
    {
        InvocationInfo? invocation = record.InvocationInfo;
        if (invocation is null || invocation.ScriptLineNumber == 0)
        {
            return null;
        }

        return Messages.Position(invocation.ScriptName, invocation.ScriptLineNumber);
    }
}
