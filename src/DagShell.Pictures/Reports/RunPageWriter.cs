using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Pictures.Assets;
using DagShell.Pictures.Columns;
using DagShell.Pictures.Formats;
using DagShell.Pictures.Texts;
using static DagShell.Pictures.Reports.PageText;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Writes a run as one page: how it ended and why, its figures, and, drawn by the page's script from columns that the page carries along,
/// the timeline, the graph and the nodes. The page needs nothing but itself; without its script it still says what failed.
/// </summary>
internal sealed class RunPageWriter
{
    /// <summary>The page's script; the first says that it is strict, the last begins.</summary>
    private static readonly string[] Scripts =
    [
        "columns.js", "dom.js", "time.js", "list.js", "words.js", "run.js", "timeline.js", "slots.js", "nodes.js", "view.js", "graph.js",
        "panel.js", "page.js",
    ];

    private const int MostEarlierRuns = 3;

    private readonly RunSnapshot _run;
    private readonly TextWriter _text;
    private readonly IReadOnlyList<FailureGroup> _failures;

    private RunPageWriter(RunSnapshot run, TextWriter text)
    {
        _run = run;
        _text = text;
        _failures = FailureGroups.Of(run);
    }

    private RunHistory History => _run.History;

    /// <summary>The script of every such page.</summary>
    public static string Script => Asset.ReadAll(Scripts);

    /// <summary>Writes the page.</summary>
    public static void Write(RunSnapshot run, TextWriter text) => new RunPageWriter(run, text).Write();

    private void Write()
    {
        string script = Script;
        HtmlParts.WriteStart(_text, $"{_run.Name ?? "Run"}: {History.Status}", HtmlParts.ViewStyle() + Asset.Read("report.css"), script);
        WriteHeader();
        _text.Write("<main>\n");
        FailureCards.Write(_run, _failures, _text);
        FigureTiles.Write(_run, _text);
        WriteFilter();
        WriteTimeline();
        (GraphViews views, ColumnFile columns) = Prepare();
        WriteGraph(views);
        _text.Write("<section class=\"nodes\">\n<h2 id=\"nodes\">Nodes</h2>\n");
        PlainTable.Write(_run, _failures, _text);
        _text.Write("</section>\n</main>\n<aside class=\"panel\" aria-label=\"The chosen node\" hidden></aside>\n");
        WriteColumns(views, columns);
        HtmlParts.WriteEnd(_text, script);
    }

    private void WriteHeader()
    {
        string status = History.Status.ToString();
        string style = status.ToLowerInvariant();
        _text.Write($"<header class=\"{style}\">\n<h1>{E(_run.Name ?? "Run")}</h1><span class=\"badge {style}\">");
        _text.Write($"<b>{StatusSign(History.Status)}</b> {status}</span>\n");
        if (!string.IsNullOrWhiteSpace(_run.Description))
        {
            _text.Write($"<p class=\"description\">{E(_run.Description)}</p>\n");
        }

        _text.Write($"<p class=\"why\">{E(RunSummary.WhyEnded(_run, _failures))}</p>\n");
        string end = History.Status switch
        {
            RunStatus.Running => $"still going on {Time(History.EndTime)}, when this page was written",
            RunStatus.Interrupted => $"last heard of {Time(History.EndTime)}: the journal breaks off there",
            _ => $"to {Time(History.EndTime)}",
        };
        _text.Write($"<p>{Time(History.StartTime)} {end} · <span class=\"took\">{E(T(History.Makespan))}</span> ");
        _text.Write($"· run {E(_run.Id.ToString())}</p>\n");
        WriteOrigins();
        _text.Write("</header>\n");
    }

    /// <summary>Which runs this one goes on with, how those ended, and how much was done in them.</summary>
    private void WriteOrigins()
    {
        int restored = _run.Endings.Count(ending => ending.IsRestored);
        if (restored == 0 && _run.EarlierRuns.Count == 0)
        {
            return;
        }

        string from = string.Join(", ", _run.EarlierRuns.Take(MostEarlierRuns).Select(run =>
            $"the run of {Time(new DateTimeOffset(run.StartTime))} ({run.Status})"));
        if (_run.EarlierRuns.Count > MostEarlierRuns)
        {
            from += $" and {Count(_run.EarlierRuns.Count - MostEarlierRuns)} earlier ones";
        }

        _text.Write($"<p class=\"resumed\">Resumed{(from.Length > 0 ? " from " + from : string.Empty)}: ");
        _text.Write($"{Count(restored)} of {Count(History.Nodes.Count)} nodes were done before.</p>\n");
    }

    private static char StatusSign(RunStatus status) => StateText.Sign(status switch
    {
        RunStatus.Succeeded => NodeState.Succeeded,
        RunStatus.Failed => NodeState.Failed,
        RunStatus.Running => NodeState.Running,
        _ => NodeState.Cancelled,
    });

    private void WriteFilter()
    {
        _text.Write("<div class=\"filter\" role=\"search\" hidden>\n");
        _text.Write("<input type=\"search\" placeholder=\"Find nodes\" aria-label=\"Find nodes\">\n");
        foreach (var (state, count) in StateText.Counts(History.Nodes.Select(node => node.State)))
        {
            string word = StateText.Word(state);
            _text.Write(Text($"<button type=\"button\" class=\"key {word}\" data-state=\"{(int)state}\" aria-pressed=\"false\">"));
            _text.Write($"<b>{StateText.Sign(state)}</b> {Count(count)} {word}</button>\n");
        }

        _text.Write("<output class=\"found\" aria-live=\"polite\"></output>\n</div>\n");
    }

    private void WriteTimeline() => _text.Write(
        "<section class=\"time\" hidden>\n<h2 id=\"timeline\">Timeline</h2>\n<div class=\"timeline\"></div>\n</section>\n");

    private void WriteGraph(GraphViews views)
    {
        _text.Write("<section class=\"graph\">\n<h2 id=\"graph\">Graph</h2>\n");
        _text.Write("<div class=\"viewport\" data-wheel=\"ctrl\">\n");
        HtmlParts.WriteView(_text, views.All[0].Picture, views.IsFolded ? views.All[0].Name : null);
        _text.Write("</div>\n");
        _text.Write("</section>\n");
    }

    /// <summary>Makes what takes longest: the one needs nothing of the other, so both at once.</summary>
    private (GraphViews Views, ColumnFile Columns) Prepare()
    {
        GraphViews? views = null;
        ColumnFile? columns = null;
        Parallel.Invoke(() => columns = RunColumns.Of(_run), () => views = GraphViews.Of(_run));
        return (views!, columns!);
    }

    private void WriteColumns(GraphViews views, ColumnFile columns)
    {
        var folded = views.IsFolded ? views.All : [];
        foreach (var (name, _, boxOf) in folded)
        {
            columns.AddNumbers("view." + name, boxOf.Select(box => box + 1L));
        }

        // One picture is in the page as it is; others are long, and packed.
        foreach (var (name, picture, _) in folded.Skip(1))
        {
            StringWriter text = new();
            SvgWriter.WriteInline(picture, text, name);
            columns.AddTexts("picture." + name, [text.ToString()]);
        }

        HtmlParts.WriteData(
            _text,
            [
                ("start", History.StartTime.ToString("O", CultureInfo.InvariantCulture)),
                ("makespan", History.Makespan.Ticks.ToString(CultureInfo.InvariantCulture)),
                ("status", History.Status.ToString()),
                .. _run.LacksLogsOfSuccesses ? [("logs", "failed")] : Array.Empty<(string, string)>(),
            ],
            columns);
    }
}
