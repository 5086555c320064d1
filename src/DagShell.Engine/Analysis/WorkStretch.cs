using DagShell.Engine.Running;

namespace DagShell.Engine.Analysis;

/// <summary>A time in which a slot did items of one node, one after the other.</summary>
/// <param name="Node">The node's index.</param>
/// <param name="Slot">The slot, from 0.</param>
/// <param name="StartTime">When the first attempt began.</param>
/// <param name="EndTime">When the last one ended; <see langword="null"/> if it goes on.</param>
/// <param name="Count">How many attempts there were.</param>
/// <param name="HasFailed">Whether one of them failed.</param>
public readonly record struct WorkStretch(
    int Node, int Slot, DateTimeOffset StartTime, DateTimeOffset? EndTime, int Count, bool HasFailed)
{
    /// <summary>Into so many parts a run is divided: attempts that are nearer to one another than such a part are one stretch.</summary>
    private const int Parts = 1_000;

    /// <summary>
    /// The stretches of a run, by node. However many items there are, these are few: no more than there are attempts, nor more than a few
    /// thousand a slot.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <returns>The stretches.</returns>
    public static IEnumerable<WorkStretch> Of(RunHistory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        TimeSpan part = run.Makespan / Parts;
        for (int node = 0; node < run.Nodes.Count; node++)
        {
            if (run.Nodes[node].Items is not null)
            {
                foreach (WorkStretch stretch in Of(run, node, part))
                {
                    yield return stretch;
                }
            }
        }
    }

    private static IEnumerable<WorkStretch> Of(RunHistory run, int node, TimeSpan part)
    {
        WorkStretch? open = null;
        foreach (AttemptRecord attempt in run.Nodes[node].ItemAttempts.Select(item => item.Attempt)
            .OrderBy(attempt => attempt.Slot).ThenBy(attempt => attempt.StartTime))
        {
            bool hasFailed = attempt.Outcome == AttemptOutcomeKind.Failed;
            if (open is { } before && before.Slot == attempt.Slot && before.EndTime is { } end && attempt.StartTime - end <= part
                && (before.HasFailed == hasFailed || end - before.StartTime < part))
            {
                open = before with
                {
                    EndTime = attempt.EndTime,
                    Count = before.Count + 1,
                    HasFailed = before.HasFailed || hasFailed,
                };
                continue;
            }

            if (open is { } whole)
            {
                yield return whole;
            }

            open = new WorkStretch(node, attempt.Slot, attempt.StartTime, attempt.EndTime, 1, hasFailed);
        }

        if (open is { } last)
        {
            yield return last;
        }
    }
}
