using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Running.Harness;

internal enum RunEventKind
{
    /// <summary>The observer was told that an attempt has its slot.</summary>
    Granted,

    /// <summary>The observer was told of the dag that it stands for.</summary>
    NodesAdded,

    /// <summary>The runner was told to start it.</summary>
    Started,

    /// <summary>The runner was asked to stop it.</summary>
    AskedToStop,

    /// <summary>The runner is done with it.</summary>
    Ended,

    /// <summary>The runner was told to give it up.</summary>
    Abandoned,

    /// <summary>The observer was told that an attempt was none.</summary>
    Lost,

    /// <summary>The observer was told that a node waits.</summary>
    Waiting,

    /// <summary>The observer was told of a node's end.</summary>
    Finished,

    /// <summary>The observer was told of an item's end.</summary>
    ItemFinished,
}

/// <summary>One thing that happened in a run.</summary>
internal sealed record RunEvent(RunEventKind Kind, string Node, TimeSpan Time)
{
    public NodeAttempt? Attempt { get; init; }

    public NodeResult? Result { get; init; }

    public ItemResult? Item { get; init; }

    public NodeFailure? Failure { get; init; }

    /// <summary>How long a node is to wait.</summary>
    public TimeSpan Delay { get; init; }

    public override string ToString() =>
        FormattableString.Invariant($"{Time.TotalSeconds:0.######} s: {Node} {Kind} {Attempt?.Number}{Result?.State}{Item?.State}");
}
