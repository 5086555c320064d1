using System.Management.Automation;

namespace DagShell.Errors;

/// <summary>What a native program wrote to its standard error, of which PowerShell makes error records, a line each.</summary>
internal static class NativeError
{
    /// <summary>The line that a program wrote; null if the record is of something else.</summary>
    public static string? LineOf(ErrorRecord record) =>
        record.Exception is RemoteException
        && record.FullyQualifiedErrorId.StartsWith("NativeCommandError", StringComparison.Ordinal)
            ? record.Exception.Message
            : null;
}
