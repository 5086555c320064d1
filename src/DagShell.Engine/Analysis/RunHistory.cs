using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Analysis;

/// <summary>A run as it was, or as it stands at a moment: what its figures, its timeline and its pictures are made from.</summary>
/// <remarks>Immutable; may be read from any thread.</remarks>
public sealed class RunHistory
{
    /// <summary>What was run.</summary>
    public required DagGraph Graph { get; init; }

    /// <summary>The most attempts that could run at once.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>How the run ended, or that it goes on.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it ended; of a run that goes on, the moment at which this was taken.</summary>
    public required DateTimeOffset EndTime { get; init; }

    /// <summary>Every node, by its index in the graph.</summary>
    public required IReadOnlyList<NodeHistory> Nodes { get; init; }

    /// <summary>From its start to its end, or until now.</summary>
    public TimeSpan Makespan => NotNegative(EndTime - StartTime);

    /// <summary>How long a node took, from its first attempt to its end or until now, waits between attempts included.</summary>
    /// <param name="node">Its index.</param>
    /// <returns>The time; zero for a node that no attempt was made of.</returns>
    public TimeSpan DurationOf(int node) =>
        Nodes[node].StartTime is { } start ? NotNegative((Nodes[node].EndTime ?? EndTime) - start) : TimeSpan.Zero;

    /// <summary>How long an attempt held its slot, or holds it already.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <returns>The time.</returns>
    public TimeSpan DurationOf(in AttemptRecord attempt) => NotNegative((attempt.EndTime ?? EndTime) - attempt.StartTime);

    /// <summary>When a node waited: between two attempts, or after its last one until it went no further.</summary>
    /// <param name="node">Its index.</param>
    /// <returns>The waits, in their order.</returns>
    public IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> WaitsOf(int node)
    {
        NodeHistory history = Nodes[node];
        for (int i = 0; i < history.Attempts.Count; i++)
        {
            // One that is under way is not followed by a wait, and neither is the one that decided how the node ended.
            bool isLast = i + 1 == history.Attempts.Count;
            bool decided = isLast && history.State is (NodeState.Running or NodeState.Succeeded or NodeState.Failed or NodeState.Skipped);
            if (decided || history.Attempts[i].EndTime is not { } start)
            {
                continue;
            }

            DateTimeOffset end = isLast ? history.EndTime ?? EndTime : history.Attempts[i + 1].StartTime;
            if (end > start)
            {
                yield return (start, end);
            }
        }
    }

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
