using System.Management.Automation.Runspaces;
using System.Reflection;

namespace DagShell.Sessions;

/// <summary>What a session over SSH closes at its end instead of the writer to its <c>ssh</c>.</summary>
/// <remarks>
/// Where <c>ssh</c> ends just when something is written to it, PowerShell's transport (7.6) tries once more as it closes its writer, on a
/// thread where nobody catches what that throws: the whole process would end with the session.
/// </remarks>
internal sealed class SshWriter : StreamWriter
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly string[] WayToTransport =
        ["RunspacePool", "RemoteRunspacePoolInternal", "DataStructureHandler", "TransportManager"];

    private readonly StreamWriter _writer;

    private SshWriter(StreamWriter writer)
        : base(Stream.Null) => _writer = writer;

    /// <summary>Puts one into a session, if that is one over SSH; where PowerShell has changed, it stays as it is.</summary>
    public static void Guard(PSSession session)
    {
        object? transport = session.Runspace;
        foreach (string step in WayToTransport)
        {
            transport = transport?.GetType().GetProperty(step, Members)?.GetValue(transport);
        }

        FieldInfo? field = transport?.GetType().GetField("_stdInWriter", Members);
        if (field?.FieldType == typeof(StreamWriter) && field.GetValue(transport) is StreamWriter writer and not SshWriter)
        {
            field.SetValue(transport, new SshWriter(writer));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        try
        {
            _writer.Dispose();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // There is nobody left to read it. The connection is closed all the same.
        }

        base.Dispose(disposing);
    }
}
