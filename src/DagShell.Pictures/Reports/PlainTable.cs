using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Texts;
using static DagShell.Pictures.Reports.PageText;

namespace DagShell.Pictures.Reports;

/// <summary>Writes the nodes that a page shows without its script: those that failed, what they broke, and the longest.</summary>
internal static class PlainTable
{
    private const int MostFailed = 150;
    private const int MostSkipped = 100;
    private const int MostLongest = 200;
    private const int LongestMessage = 300;

    /// <summary>Writes the table.</summary>
    public static void Write(RunSnapshot run, IReadOnlyList<FailureGroup> groups, TextWriter text)
    {
        RunHistory history = run.History;
        List<int> failed = [.. groups.SelectMany(group => group.Nodes).Take(MostFailed)];
        List<int> skipped = [.. groups.SelectMany(group => group.Skipped).Distinct().Take(MostSkipped)];
        HashSet<int> shown = [.. failed, .. skipped];
        List<int> longest = [.. Enumerable.Range(0, history.Nodes.Count)
            .Where(node => !shown.Contains(node))
            .OrderByDescending(history.DurationOf)
            .Take(MostLongest)];
        text.Write("<table class=\"plain\">\n<thead><tr><th>Name</th><th>Status</th><th>Attempts</th><th>Duration</th>");
        text.Write("<th>Message</th></tr></thead>\n<tbody>\n");
        foreach (int node in failed.Concat(skipped).Concat(longest))
        {
            WriteRow(run, node, text);
        }

        text.Write("</tbody>\n</table>\n");
        int left = history.Nodes.Count - failed.Count - skipped.Count - longest.Count;
        if (left > 0)
        {
            text.Write("<p class=\"plain faint\">The failed nodes, what they broke, and the longest. ");
            text.Write($"{Count(left)} more are shown by the page's script, which does not run here.</p>\n");
        }
    }

    private static void WriteRow(RunSnapshot run, int node, TextWriter text)
    {
        NodeHistory of = run.History.Nodes[node];
        string? message = run.Endings[node].Message is { Length: > LongestMessage } full
            ? string.Concat(full.AsSpan(0, LongestMessage), "…")
            : run.Endings[node].Message ?? (of.Items is { } items ? NodeFacts.ItemsOf(items) : null);
        string duration = of.StartTime is null ? string.Empty : T(run.History.DurationOf(node));
        text.Write($"<tr><td>{E(run.History.Graph[node].Name)}</td><td>{Key(of.State)}</td><td>{Count(Attempts(of))}</td>");
        text.Write($"<td>{E(duration)}</td><td>{E(message)}</td></tr>\n");
    }
}
