using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>What a native program wrote to its standard error, of which PowerShell makes error records, a line each.</summary>
internal static class NativeError
{
    /// <summary>Whether an error says that a program left with a code other than 0.</summary>
    public static bool IsExitCode(ErrorRecord record) =>
        record.FullyQualifiedErrorId.StartsWith("ProgramExitedWithNonZeroCode", StringComparison.Ordinal);

    /// <summary>The line that a program wrote; null if the record is of something else.</summary>
    public static string? LineOf(ErrorRecord record) =>
        record.Exception is RemoteException
        && record.FullyQualifiedErrorId.StartsWith("NativeCommandError", StringComparison.Ordinal)
            ? record.Exception.Message
            : null;
}
