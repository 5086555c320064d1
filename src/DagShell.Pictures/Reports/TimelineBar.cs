using DagShell.Engine.Running;

namespace DagShell.Pictures.Reports;

/// <summary>A bar of the timeline: an attempt, in the row of the slot it held, or a wait between two, which held none.</summary>
/// <param name="Node">The node's index.</param>
/// <param name="Row">Its row: a slot, or of a wait a row of its own kind; each counted from 0.</param>
/// <param name="Start">When it began, from the start of the run.</param>
/// <param name="End">When it ended, from the start of the run; the end of what is shown if it goes on.</param>
/// <param name="Attempt">The attempt; null for a wait.</param>
/// <param name="IsLast">Whether no other attempt of the node came after it.</param>
internal readonly record struct TimelineBar(int Node, int Row, TimeSpan Start, TimeSpan End, AttemptRecord? Attempt, bool IsLast)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Duration => End - Start;
}
