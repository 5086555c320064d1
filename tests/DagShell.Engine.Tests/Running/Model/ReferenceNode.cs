using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>Where a node of a <see cref="ReferenceRun"/> stands.</summary>
internal sealed class ReferenceNode
{
    public required int Index { get; init; }

    public required Node Node { get; init; }

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

    public bool IsFinal => State >= NodeState.Succeeded;

    /// <summary>Whether it was skipped because something had failed, directly or through others.</summary>
    public bool IsSkippedByFailure { get; set; }
}
