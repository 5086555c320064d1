using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>Writes a run as comma-separated values, a row a node, as RFC 4180 and Import-Csv have them.</summary>
internal static class RunCsvWriter
{
    private static readonly string[] Columns =
    [
        "Name", "Status", "Attempts", "StartTime", "EndTime", "DurationSeconds", "Slot", "IsCritical", "DependsOn", "Message", "Position",
        "ReadyTime", "Pool", "Polls", "SlotWaitSeconds", "PoolWaitSeconds", "RetryWaitSeconds", "PreconditionWaitSeconds",
        "RunspaceWaitSeconds", "CancelReason", "OriginRun", "OriginStartTime", "CleanUpOf", "FallbackFor",
        "Items", "ItemsDone", "ItemsFailed",
    ];

    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, TextWriter text)
    {
        WriteRow(text, Columns);
        for (int node = 0; node < run.History.Nodes.Count; node++)
        {
            WriteRow(text, Row(run, node));
        }
    }

    private static IEnumerable<string> Row(RunSnapshot run, int node)
    {
        RunHistory history = run.History;
        NodeHistory of = history.Nodes[node];
        int[] upstream = history.Graph.Upstream(node).ToArray();
        yield return history.Graph[node].Name;
        yield return of.State.ToString();
        yield return of.Attempts.Count(attempt => !attempt.IsPoll).ToString(CultureInfo.InvariantCulture);
        yield return TimeText(of.StartTime);
        yield return TimeText(of.EndTime);
        yield return SecondsText(history.DurationOf(node));
        yield return of.Attempts.Count == 0 ? string.Empty : of.Attempts[^1].Slot.ToString(CultureInfo.InvariantCulture);
        yield return run.Figures.IsCritical(node).ToString();
        yield return string.Join("; ", upstream.Select(dependency => history.Graph[dependency].Name));
        yield return run.Endings[node].Message ?? string.Empty;
        yield return run.Endings[node].Position ?? string.Empty;
        yield return TimeText(of.ReadyTime);
        yield return history.Graph[node].Pool ?? string.Empty;
        yield return of.Polls.ToString(CultureInfo.InvariantCulture);
        foreach (NodeWaitKind kind in Enum.GetValues<NodeWaitKind>())
        {
            yield return SecondsText(history.WaitOf(node, kind));
        }

        yield return SecondsText(of.StartUpTime);
        yield return run.Endings[node].CancelReason ?? string.Empty;
        yield return of.Origin?.RunId.ToString() ?? string.Empty;
        yield return TimeText(of.Origin?.StartTime);
        yield return string.Join("; ", history.Graph[node].CleanUpOf);
        yield return history.Graph[node].FallbackFor ?? string.Empty;
        yield return NumberText(of.Items?.Total);
        yield return NumberText(of.Items?.Done);
        yield return NumberText(of.Items?.Failed);
    }

    private static string NumberText(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;

    private static string SecondsText(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string TimeText(DateTimeOffset? time) => time?.ToLocalTime().ToString("O", CultureInfo.InvariantCulture) ?? string.Empty;

    private static void WriteRow(TextWriter text, IEnumerable<string> values) =>
        text.Write(string.Join(',', values.Select(Quote)) + "\r\n");

    /// <summary>
    /// Quotes a value. One that a spreadsheet would take for a formula, and carry out, gets an apostrophe in front, which makes
    /// it text.
    /// </summary>
    private static string Quote(string value)
    {
        string clean = MarkupText.Clean(value);
        string safe = StartsFormula(clean.AsSpan().TrimStart()) || clean is ['\t' or '\r' or '\n', ..] ? "'" + clean : clean;
        return "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>Spaces before them do not count, and spreadsheets of the Far East take the wide signs too.</summary>
    private static bool StartsFormula(ReadOnlySpan<char> value) => value is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..];
}
