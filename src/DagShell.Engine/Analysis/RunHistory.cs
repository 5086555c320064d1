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

    /// <summary>The fallback that stands for a node that failed: its own, or one of that.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The fallback, by index; -1 if none has succeeded.</returns>
    public int StandInFor(int node)
    {
        int other = Graph.Fallback(node);
        while (other >= 0 && Nodes[other].State != NodeState.Succeeded)
        {
            other = Graph.Fallback(other);
        }

        return other;
    }

    /// <summary>How long a node took, from its first attempt to its end or until now, waits between attempts included.</summary>
    /// <param name="node">Its index.</param>
    /// <returns>The time; zero for a node that no attempt was made of.</returns>
    public TimeSpan DurationOf(int node) =>
        Nodes[node].StartTime is { } start ? NotNegative((Nodes[node].EndTime ?? EndTime) - start) : TimeSpan.Zero;

    /// <summary>How long an attempt held its slot, or holds it already.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <returns>The time.</returns>
    public TimeSpan DurationOf(in AttemptRecord attempt) => NotNegative((attempt.EndTime ?? EndTime) - attempt.StartTime);

    /// <summary>How long a wait was, or is already.</summary>
    /// <param name="wait">The wait.</param>
    /// <returns>The time.</returns>
    public TimeSpan DurationOf(in WaitRecord wait) => NotNegative((wait.EndTime ?? EndTime) - wait.StartTime);

    /// <summary>How long a node waited for something, until now.</summary>
    /// <param name="node">Its index.</param>
    /// <param name="kind">What for.</param>
    /// <returns>The time.</returns>
    public TimeSpan WaitOf(int node, NodeWaitKind kind)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (WaitRecord wait in Nodes[node].Waits)
        {
            sum += wait.Kind == kind ? DurationOf(wait) : TimeSpan.Zero;
        }

        return sum;
    }

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
