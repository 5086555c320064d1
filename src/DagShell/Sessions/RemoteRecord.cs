using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>What a session's records are made into for the caller's streams.</summary>
internal static class RemoteRecord
{
    /// <summary>
    /// What programs write to their standard error comes as errors from a session. It is no error of the node's, which goes on; so it
    /// becomes what Write-Host writes.
    /// </summary>
    public static object Adapt(object record) =>
        record is ErrorRecord { FullyQualifiedErrorId: "NativeCommandError" or "NativeCommandErrorMessage" } error
        ? new InformationRecord(new HostInformationMessage { Message = error.Exception.Message }, "stderr") { Tags = { "PSHOST" } }
        : record;
}
