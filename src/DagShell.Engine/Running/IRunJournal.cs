namespace DagShell.Engine.Running;

/// <summary>
/// Keeps a record of a run that outlives the process. As an <see cref="IRunObserver"/> it is told of everything, under the
/// rules given there; what must be kept before the run goes on is told to <see cref="Record"/>.
/// </summary>
public interface IRunJournal : IRunObserver
{
    /// <summary>
    /// Cancelled when nothing can be kept any more: the run then starts no more nodes but clean-up, and is <see cref="RunStatus.Failed"/>.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Keeps that a node's work has succeeded. Returns without waiting for that; called from any thread, outside of the scheduler's lock.
    /// </summary>
    /// <param name="success">What the node gave back, and when.</param>
    /// <param name="recorded">
    /// To be called, from any thread, when the record cannot be lost any more, or, after <see cref="Lost"/> was cancelled, when it cannot
    /// be kept: with this success, and with others of which the same can be said, since to be told of each by itself costs more than to
    /// keep it. With each once. The list is the journal's.
    /// </param>
    void Record(NodeSuccess success, Action<IReadOnlyList<NodeSuccess>> recorded);
}
