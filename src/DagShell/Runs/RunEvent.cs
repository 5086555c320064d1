using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>What happens in a run and is told to the thread of Invoke-Dag. There are no other kinds than these.</summary>
internal abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>An attempt took its slot.</summary>
    public sealed record AttemptBegun(NodeAttempt Attempt) : RunEvent;

    /// <summary>A node began to wait for its next attempt or poll.</summary>
    /// <param name="Node">The node's index.</param>
    /// <param name="Failure">What the attempt or the precondition failed with.</param>
    /// <param name="Delay">How long it waits.</param>
    public sealed record WaitBegun(int Node, NodeFailure Failure, TimeSpan Delay) : RunEvent;

    /// <summary>The items of a node are known, and some were done in an earlier run.</summary>
    /// <param name="Node">The node's index.</param>
    /// <param name="Items">Its items.</param>
    public sealed record ItemsRestored(int Node, NodeItems Items) : RunEvent;

    /// <summary>A node is in its final state.</summary>
    public sealed record NodeEnded(NodeResult Result) : RunEvent;

    /// <summary>It is decided whether a fallback stands for a node that failed.</summary>
    /// <param name="Node">The node's index.</param>
    /// <param name="StandIn">The fallback's; null if none succeeded.</param>
    public sealed record FallbackDecided(int Node, int? StandIn) : RunEvent;

    /// <summary>A node wrote to a stream other than output.</summary>
    /// <param name="Attempt">The attempt that wrote it.</param>
    /// <param name="Record">The record: error, warning, verbose, debug, information or progress.</param>
    public sealed record RecordWritten(NodeAttempt Attempt, object Record) : RunEvent;

    /// <summary>There is something about a node that its user should know.</summary>
    /// <param name="Node">The node's index.</param>
    /// <param name="Message">What.</param>
    public sealed record WarningGiven(int Node, string Message) : RunEvent;
}
