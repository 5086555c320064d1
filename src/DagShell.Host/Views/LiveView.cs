using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DagShell.Host.Views;

/// <summary>What goes on, drawn over and over on the last lines of a terminal.</summary>
internal sealed class LiveView(ConsoleOutput output, ProgressBoard board, TimeProvider clock) : IRunView
{
    private const int MinActivityWidth = 12;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console = output.Console;
    private readonly Spinner _spinner = output.Console.Profile.Capabilities.Unicode ? Spinner.Known.Dots : Spinner.Known.Line;

    // The next refresh shows it.
    public void Progressed()
    {
    }

    // The progress counts it, and the table tells the rest.
    public void Finished(NodeResult result)
    {
    }

    public void Follow(Task run)
    {
        while (Task.WaitAny([run], RefreshInterval) < 0)
        {
            Draw();
        }

        output.DrawRegion([]);
    }

    /// <summary>Draws the state of this moment.</summary>
    public void Draw()
    {
        IReadOnlyList<ProgressRow> rows = board.Rows();
        int room = Math.Max(1, _console.Profile.Height - 2);
        IEnumerable<IRenderable> lines = rows.Take(room).Select(row => Line(row, rows));
        output.DrawRegion([.. lines, .. rows.Count > room ? [new Text($"  and {rows.Count - room} more")] : Array.Empty<IRenderable>()]);
    }

    private Paragraph Line(ProgressRow row, IReadOnlyList<ProgressRow> rows)
    {
        string frame = _spinner.Frames[(int)(clock.GetTimestamp() / (clock.TimestampFrequency / 10) % _spinner.Frames.Count)];

        // What follows the activities stands in columns.
        int indent = row.Depth * 2;
        int longest = rows.Max(other => (other.Depth * 2) + Width(other.Activity));
        int column = Math.Clamp(longest, MinActivityWidth, Math.Max(MinActivityWidth, _console.Profile.Width / 3));
        Paragraph line = new();
        line.Append(new string(' ', indent));
        line.Append(frame + " ", new Style(Color.Aqua));
        Style style = row.Depth == 0 ? new(decoration: Decoration.Bold) : Style.Plain;
        line.Append(Fit(row.Activity, Math.Max(1, column - indent)), style);
        line.Append($"  {Elapsed(row.Elapsed),8}", new Style(Color.Grey));
        if (row.Percent >= 0)
        {
            line.Append($"  {row.Percent,3}%", new Style(Color.Green));
        }

        line.Append("  " + row.Status);
        if (row.SecondsRemaining > 0)
        {
            line.Append($"  {DurationText.Of(TimeSpan.FromSeconds(row.SecondsRemaining))} left", new Style(Color.Grey));
        }

        return line;
    }

    // Tenths from the start: a clock that runs changes its unit as seldom as can be.
    private static string Elapsed(TimeSpan elapsed) => elapsed.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s")
        : DurationText.Of(elapsed);

    private static string Fit(string text, int width)
    {
        while (Width(text) > width)
        {
            text = text[..^2] + "…";
        }

        return text + new string(' ', width - Width(text));
    }

    private static int Width(string text) => new Segment(text).CellCount();
}
