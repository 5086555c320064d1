using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>Takes what nodes write to the streams other than output.</summary>
internal interface INodeStreamSink
{
    /// <summary>A record was written. Called on the thread of the node; must not block.</summary>
    /// <param name="attempt">The attempt that wrote it.</param>
    /// <param name="record">A record of the error, warning, verbose, debug, information or progress stream.</param>
    void Write(NodeAttempt attempt, object record);
}
