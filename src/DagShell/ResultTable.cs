using System.Text;
using DagShell.Pictures.Texts;

namespace DagShell;

/// <summary>The table in which results are shown by default: as wide as the window, with a column for names as wide as they need.</summary>
public static class ResultTable
{
    private const int UsualWidth = 120;
    private const int LeastWidth = 20;

    /// <summary>In windows less wide than this the column for attempts is left out.</summary>
    private const int WidthForAttempts = 70;

    private const int StatusWidth = 9;
    private const int AttemptsWidth = 8;

    /// <summary>The first line.</summary>
    /// <param name="run">The run whose results follow.</param>
    /// <param name="width">How many columns the window has; less than 1 if there is none.</param>
    /// <returns>The line.</returns>
    public static string Header(DagRun run, int width)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Line(run, width, "Name", "Status", "Status", "Attempts", "Duration", "Output");
    }

    /// <summary>The line of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="width">How many columns the window has; less than 1 if there is none.</param>
    /// <returns>The line, with the colour of the status.</returns>
    public static string Row(DagNodeResult result, int width)
    {
        ArgumentNullException.ThrowIfNull(result);
        string status = result.Status.ToString();
        return Line(
            result.Run,
            width,
            result.Name,
            status,
            Colored(result.Status, status),
            result.Attempts.ToString(System.Globalization.CultureInfo.CurrentCulture),
            result.DurationText,
            result.Summary);
    }

    /// <summary>A state in the colour that pictures give it.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Its name.</returns>
    public static string Colored(NodeState state) => Colored(state, state.ToString());

    /// <summary>The status of a run in the colour of such nodes.</summary>
    /// <param name="status">The status.</param>
    /// <returns>Its name.</returns>
    public static string Colored(RunStatus status) => status switch
    {
        RunStatus.Succeeded => Colored(NodeState.Succeeded, status.ToString()),
        RunStatus.Failed => Colored(NodeState.Failed, status.ToString()),
        RunStatus.Cancelled => Colored(NodeState.Cancelled, status.ToString()),
        _ => Colored(NodeState.Running, status.ToString()),
    };

    private static string Colored(NodeState state, string text)
    {
        int color = state switch
        {
            NodeState.Succeeded => 32,
            NodeState.Failed => 31,
            NodeState.Cancelled => 35,
            NodeState.Running => 36,
            _ => 90,
        };
        return $"\u001b[{color}m{text}\u001b[0m";
    }

    private static string Line(
        DagRun run, int width, string name, string status, string shownStatus, string attempts, string duration, string output)
    {
        width = width < LeastWidth ? UsualWidth : width - 1;
        bool isWide = width >= WidthForAttempts;
        int nameWidth = Math.Min(NameWidthOf(run), isWide ? width * 2 / 5 : Math.Max(8, width / 3));
        int durationWidth = isWide ? 11 : 8;
        StringBuilder line = new();
        name = WidthOf(name) > nameWidth ? CellText.Cut(name, nameWidth) : name;
        line.Append(name).Append(' ', nameWidth - WidthOf(name) + 1);
        line.Append(shownStatus).Append(' ', Math.Max(0, StatusWidth - status.Length) + 1);
        if (isWide)
        {
            line.Append(attempts.PadLeft(AttemptsWidth)).Append(' ');
        }

        line.Append(duration.PadLeft(durationWidth));
        int used = nameWidth + 1 + StatusWidth + 1 + (isWide ? AttemptsWidth + 1 : 0) + Math.Max(durationWidth, duration.Length) + 1;
        return output.Length == 0 ? line.ToString() : line.Append(' ').Append(CutEnd(output, width - used)).ToString();
    }

    private static string CutEnd(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return text;
        }

        StringBuilder cut = new();
        foreach (string element in CellText.Elements(text))
        {
            width -= CellText.ElementWidth(element);
            if (width < 1)
            {
                break;
            }

            cut.Append(element);
        }

        return cut.Append('…').ToString();
    }

    private static int NameWidthOf(DagRun run)
    {
        // Nodes that come at the turn of the one that stands for them stand behind all others.
        for (; run.NamesMeasured < run.NodeCount; run.NamesMeasured++)
        {
            run.NameWidth = Math.Max(run.NameWidth, WidthOf(run.Graph[run.NamesMeasured].Name));
        }

        return Math.Max(run.NameWidth, "Name".Length);
    }

    /// <summary>How many columns a text takes. Only one that may take others than it has characters is looked at closely.</summary>
    private static int WidthOf(string text) => System.Text.Ascii.IsValid(text) ? text.Length : CellText.Width(text);
}
