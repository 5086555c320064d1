namespace DagShell.Engine.Running;

/// <summary>The work of a node, or of one of its items, that has succeeded, as a journal is told of it.</summary>
/// <param name="Index">The node's index in its graph.</param>
/// <param name="Output">What its work gave back.</param>
/// <param name="Attempts">Attempts in which the work itself was started.</param>
/// <param name="StartTime">When its first attempt took a slot.</param>
/// <param name="EndTime">When its last attempt ended.</param>
public sealed record NodeSuccess(int Index, object? Output, int Attempts, DateTimeOffset StartTime, DateTimeOffset EndTime)
{
    /// <summary>The node's name.</summary>
    public string NodeName { get; init; } = string.Empty;

    /// <summary>When it was ready, of one that made no attempt; <see langword="null"/> of others, whose attempt tells it.</summary>
    public DateTimeOffset? ReadyTime { get; init; }

    /// <summary>Which item of the node has succeeded, from 0; -1 for the node itself.</summary>
    public int Item { get; init; } = -1;

    /// <summary>The items of the node, if it has some.</summary>
    public NodeItems? Items { get; init; }

    /// <summary>The node's or item's number in the run.</summary>
    internal int Unit { get; init; }
}
