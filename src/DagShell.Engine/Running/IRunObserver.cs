namespace DagShell.Engine.Running;

/// <summary>Told of every change of a run, in the order in which they happen.</summary>
/// <remarks>
/// Called while the scheduler holds its lock, so that the order is the true one: an implementation notes the change and
/// returns; it must not block, throw, or call the scheduler.
/// </remarks>
public interface IRunObserver
{
    /// <summary>An attempt takes its slot: the node is <see cref="NodeState.Running"/>.</summary>
    /// <param name="attempt">The attempt.</param>
    void AttemptStarted(NodeAttempt attempt);

    /// <summary>The node is <see cref="NodeState.Waiting"/> for its next attempt or the next poll of its preconditions.</summary>
    /// <param name="node">The node's index.</param>
    /// <param name="failure">What the attempt or the precondition failed with.</param>
    /// <param name="delay">How long it waits.</param>
    void NodeWaiting(int node, NodeFailure failure, TimeSpan delay);

    /// <summary>The node is in a final state.</summary>
    /// <param name="result">How it ended.</param>
    void NodeFinished(NodeResult result);
}
