using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Reports;

/// <summary>How a node did in one of several runs.</summary>
/// <param name="Node">Its index in that run; -1 if that run did not have it.</param>
/// <param name="State">Its state.</param>
/// <param name="Duration">How long it took; null if it did not run.</param>
/// <param name="Ending">What is to be said of it.</param>
internal readonly record struct GridCell(int Node, NodeState State, TimeSpan? Duration, NodeEnding Ending)
{
    /// <summary>Of a run that did not have the node.</summary>
    public static readonly GridCell None = new(-1, default, null, default);

    /// <summary>Whether it failed, and did not in the run before in which it ran.</summary>
    public bool IsNewFailure { get; init; }

    /// <summary>Whether it took twice as long as it usually does, or longer.</summary>
    public bool IsSlow { get; init; }
}
