using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DagShell.Host.Views;

/// <summary>The table of results at the end.</summary>
internal static class ResultTable
{
    /// <summary>With more nodes than these, those that went well are left out.</summary>
    private const int MaxRows = 200;

    // Status, attempts, duration, and the lines and blanks around all columns.
    private const int OtherColumnsWidth = 9 + 8 + 12 + 16;
    private const int MinDetailWidth = 20;

    private static readonly string[] StatusOrder = ["Succeeded", "Failed", "Skipped", "Cancelled"];

    /// <param name="results">The results, in the order they came.</param>
    /// <param name="width">How wide the table may be.</param>
    /// <param name="plain">Without lines that not every log can show.</param>
    public static IRenderable Of(IReadOnlyCollection<NodeResult> results, int width, bool plain)
    {
        NodeResult[] shown = results.Count <= MaxRows
            ? [.. results]
            : [.. results.OrderBy(result => result.Status == "Succeeded").Take(MaxRows)];

        Table table = new()
        {
            Border = plain ? TableBorder.Ascii : TableBorder.Rounded,
            UseSafeBorder = true,
        };
        table.AddColumn("Name");
        table.AddColumn(new TableColumn("Status").NoWrap());
        table.AddColumn(new TableColumn("Attempts").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Duration").RightAligned().NoWrap());
        table.AddColumn("Result");

        // A line for each node: what does not fit has been said in full when it happened.
        int detailWidth = Math.Max(MinDetailWidth, width - OtherColumnsWidth - shown.Max(result => result.Name.GetCellWidth()));
        foreach (NodeResult result in shown)
        {
            table.AddRow(
                new Text(result.Name),
                new Text(result.Status, StatusStyle(result.Status)),
                new Text(result.Attempts.ToString(CultureInfo.InvariantCulture)),
                new Text(result.DurationText),
                new Text(OneLine.Of(result.Detail, detailWidth)));
        }

        return new Rows(table, new Text(Summary(results, results.Count - shown.Length)));
    }

    public static Style StatusStyle(string status) => status switch
    {
        "Succeeded" => new(Color.Green),
        "Failed" => new(Color.Red),
        "Skipped" => new(Color.Grey),
        _ => new(Color.Yellow),
    };

    private static string Summary(IReadOnlyCollection<NodeResult> results, int hidden)
    {
        string counts = string.Join(", ", results
            .GroupBy(result => result.Status)
            .OrderBy(group => Array.IndexOf(StatusOrder, group.Key))
            .Select(group => $"{group.Count():N0} {group.Key.ToLowerInvariant()}"));
        return hidden == 0 ? counts : $"{counts} ({hidden:N0} not shown)";
    }
}
