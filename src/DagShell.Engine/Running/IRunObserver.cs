using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>Told of every change of a run, in the order in which they happen.</summary>
/// <remarks>
/// Called while the scheduler holds its lock, so that the order is the true one: an implementation notes the change and
/// returns; it must not block, throw, or call the scheduler. <see cref="CatchUp"/> and <see cref="RunEnded"/> alone are called
/// outside of the lock: there, what was noted may be acted on.
/// </remarks>
public interface IRunObserver
{
    /// <summary>An attempt takes its slot: the node, or the item, is <see cref="NodeState.Running"/>.</summary>
    /// <param name="attempt">The attempt.</param>
    void AttemptStarted(NodeAttempt attempt);

    /// <summary>
    /// An attempt gives its slot back. What that comes to is told by <see cref="NodeWaiting"/> or <see cref="NodeFinished"/>: a
    /// timeout may have stopped it.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="time">When it ended.</param>
    void AttemptEnded(NodeAttempt attempt, DateTimeOffset time)
    {
    }

    /// <summary>
    /// The attempt that ended last was none, since its place was gone before it began: the node is <see cref="NodeState.Ready"/> again.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    void AttemptLost(NodeAttempt attempt)
    {
    }

    /// <summary>The node is <see cref="NodeState.Waiting"/> for its next attempt or the next poll of its preconditions.</summary>
    /// <param name="node">The node's index.</param>
    /// <param name="failure">What the attempt or the precondition failed with.</param>
    /// <param name="delay">How long it waits.</param>
    void NodeWaiting(int node, NodeFailure failure, TimeSpan delay);

    /// <summary>The node is in a final state.</summary>
    /// <param name="result">How it ended.</param>
    void NodeFinished(NodeResult result);

    /// <summary>It is known which dag a node stands for, and so of more nodes. Told before anything else of them.</summary>
    /// <param name="dag">The node's index.</param>
    /// <param name="graph">All that is known to run from now on.</param>
    /// <param name="first">The index of the first node that was added; all from there on were.</param>
    void NodesAdded(int dag, DagGraph graph, int first)
    {
    }

    /// <summary>A node's items are known. Told before anything else of them.</summary>
    /// <param name="node">The node's index.</param>
    /// <param name="items">The items.</param>
    void ItemsKnown(int node, NodeItems items)
    {
    }

    /// <summary>An item is <see cref="NodeState.Waiting"/> for its next attempt or poll; its node is still running.</summary>
    /// <param name="node">The node's index.</param>
    /// <param name="item">Which item, from 0.</param>
    /// <param name="failure">What the attempt or the precondition failed with.</param>
    /// <param name="delay">How long it waits.</param>
    void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay)
    {
    }

    /// <summary>An item is in a final state. The end of its node is told after that of its last item.</summary>
    /// <param name="node">The node's index.</param>
    /// <param name="items">The items of the node.</param>
    /// <param name="item">Which item ended; how, does not change any more, and may be looked at at any time.</param>
    void ItemFinished(int node, NodeItems items, int item)
    {
    }

    /// <summary>
    /// It is decided whether a fallback stands for a node that failed. Told only of nodes that have one, after the ends of both.
    /// </summary>
    /// <param name="node">The node's index.</param>
    /// <param name="standIn">The index of the fallback, or the fallback's own, that succeeded; <see langword="null"/> if none did.</param>
    void FallbackDecided(int node, int? standIn)
    {
    }

    /// <summary>
    /// The lock is free: called after changes, and before an attempt that was told to have started is handed to the runner.
    /// From any thread, several at a time. It must not throw, and should not block: the run waits for it.
    /// </summary>
    void CatchUp()
    {
    }

    /// <summary>Every node is in a final state. Called once, outside of the lock, before the run counts as completed.</summary>
    /// <param name="status">How the run ended.</param>
    /// <param name="time">When.</param>
    void RunEnded(RunStatus status, DateTimeOffset time)
    {
    }
}
