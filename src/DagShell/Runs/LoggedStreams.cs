using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Runspaces;
using DagShell.Secrets;

namespace DagShell.Runs;

/// <summary>Notes what nodes write to their streams, and hands it on to be shown.</summary>
internal sealed class LoggedStreams(RunLog log, SecretMask secrets, INodeStreamSink shown) : INodeStreamSink
{
    /// <inheritdoc/>
    public void Write(NodeAttempt attempt, object record)
    {
        record = secrets.OfRecord(record);
        log.Add(attempt, record);
        shown.Write(attempt, record);
    }
}
