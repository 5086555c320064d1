using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Runspaces;

namespace DagShell.Runs;

/// <summary>Notes what nodes write to their streams, and hands it on to be shown.</summary>
internal sealed class LoggedStreams(RunLog log, INodeStreamSink shown) : INodeStreamSink
{
    /// <inheritdoc/>
    public void Write(NodeAttempt attempt, object record)
    {
        log.Add(attempt, record);
        shown.Write(attempt, record);
    }
}
