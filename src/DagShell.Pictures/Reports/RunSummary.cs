using System.Globalization;
using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Reports;

/// <summary>Says in a sentence how a run ended, and why.</summary>
internal static class RunSummary
{
    /// <summary>Of so many reasons why nodes were cancelled it is told.</summary>
    private const int MostReasons = 3;

    /// <summary>Why the run ended as it did.</summary>
    /// <param name="run">The run.</param>
    /// <param name="failures">Its failures, in groups.</param>
    public static string WhyEnded(RunSnapshot run, IReadOnlyList<FailureGroup> failures)
    {
        int counting = failures.Where(group => group.Counts).Sum(group => group.Nodes.Count);
        int harmless = failures.Where(group => !group.Counts).Sum(group => group.Nodes.Count);
        int skipped = failures.SelectMany(group => group.Skipped).Distinct().Count();
        List<string> reasons = [];
        if (counting > 0)
        {
            reasons.Add(Nodes(counting) + " failed");
        }

        if (skipped > 0)
        {
            reasons.Add($"{N(skipped)} {(skipped == 1 ? "was" : "were")} skipped because of that");
        }

        if (harmless > 0)
        {
            reasons.Add($"{(counting > 0 ? N(harmless) + " more" : Nodes(harmless))} failed without harm to the run");
        }

        reasons.AddRange(Cancelled(run));
        return run.History.Status switch
        {
            RunStatus.Interrupted => Sentence(["its process ended before the run did", .. reasons]),
            RunStatus.Running => Sentence(["it still goes on", .. reasons]),
            RunStatus.Succeeded when reasons.Count == 0 => "All that was to run succeeded.",
            _ => Sentence(reasons.Count == 0 ? ["it ended without a failed node"] : reasons),
        };
    }

    /// <summary>What cut nodes off: the run's timeout, fail-fast, a stop; first those that were at work, where they stood.</summary>
    private static IEnumerable<string> Cancelled(RunSnapshot run) => Enumerable.Range(0, run.History.Nodes.Count)
        .Where(node => run.History.Nodes[node].State == NodeState.Cancelled)
        .GroupBy(node => run.Endings[node].Message ?? string.Empty)
        .OrderByDescending(group => group.Any(node => run.History.Nodes[node].StartTime is not null))
        .ThenByDescending(group => group.Count())
        .Take(MostReasons)
        .Select(group => (group.Count() == 1 ? $"'{run.History.Graph[group.First()].Name}' was" : $"{N(group.Count())} nodes were")
            + " cancelled"
            + (group.Key.Length > 0 ? $" ({group.Key})" : string.Empty));

    private static string Nodes(int count) => count == 1 ? "1 node" : N(count) + " nodes";

    private static string N(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Sentence(IReadOnlyList<string> parts)
    {
        string text = string.Join("; ", parts);
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }
}
