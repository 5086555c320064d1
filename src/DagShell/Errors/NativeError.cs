using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>What a native program wrote to its standard error, of which PowerShell makes error records, a line each.</summary>
internal static class NativeError
{
    /// <summary>Whether an error says that a program left with a code other than 0.</summary>
    public static bool IsExitCode(ErrorRecord record) =>
        record.FullyQualifiedErrorId.StartsWith("ProgramExitedWithNonZeroCode", StringComparison.Ordinal);

    /// <summary>Has the error of a program say what the program said.</summary>
    /// <param name="record">The error; its details are changed.</param>
    /// <param name="lines">What it said.</param>
    public static void AddLines(ErrorRecord record, string[] lines)
    {
        if (lines.Length > 0)
        {
            record.ErrorDetails = new ErrorDetails(string.Join(Environment.NewLine, [record.Exception.Message, .. lines]));
        }
    }

    /// <summary>The line that a program wrote; null if the record is of something else.</summary>
    public static string? LineOf(ErrorRecord record) =>
        record.Exception is RemoteException
        && record.FullyQualifiedErrorId.StartsWith("NativeCommandError", StringComparison.Ordinal)
            ? record.Exception.Message
            : null;
}
