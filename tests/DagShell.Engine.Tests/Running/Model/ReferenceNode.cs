using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>Where a node of a <see cref="ReferenceRun"/> stands.</summary>
internal sealed class ReferenceNode
{
    public required int Index { get; init; }

    public required Node Node { get; init; }

    /// <summary>The node that this is an item of; null of a node.</summary>
    public ReferenceNode? Parent { get; init; }

    /// <summary>Which item of that node it is, from 0.</summary>
    public int Item { get; init; } = -1;

    /// <summary>Its items, once it has been asked for them.</summary>
    public List<ReferenceNode>? Items { get; set; }

    public NodeState State { get; set; }

    public int Attempts { get; set; }

    public TimeSpan? StartTime { get; set; }

    public TimeSpan EndTime { get; set; }

    /// <summary>Attempts and polls so far.</summary>
    public int Starts { get; set; }

    public int Retries { get; set; }

    public TimeSpan? FirstPoll { get; set; }

    public TimeSpan WaitsUntil { get; set; }

    /// <summary>What the attempt under way does.</summary>
    public Step? Step { get; set; }

    public TimeSpan AttemptStart { get; set; }

    public TimeSpan? AskedToStopAt { get; set; }

    public bool IsStoppedByRun { get; set; }

    /// <summary>Whether it holds a slot. A node whose items are known is running and does not.</summary>
    public bool HasSlot => State == NodeState.Running && Step is not null;

    public bool IsFinal => State >= NodeState.Succeeded;

    /// <summary>Whether it was skipped because something had failed, directly or through others.</summary>
    public bool IsSkippedByFailure { get; set; }
}
