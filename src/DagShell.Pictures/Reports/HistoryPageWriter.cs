using DagShell.Engine.Analysis;
using DagShell.Pictures.Assets;
using DagShell.Pictures.Columns;
using DagShell.Pictures.Formats;
using DagShell.Pictures.Texts;
using static DagShell.Pictures.Reports.PageText;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Writes several runs as one page: what is new in the newest, and a grid of nodes and runs. The pages of the runs are packed into it, and
/// a cell opens its run's.
/// </summary>
internal sealed class HistoryPageWriter
{
    /// <summary>Pages of runs are packed in, the newest first, as long as they take no more characters than this.</summary>
    private const long MostPageText = 60_000_000;

    /// <summary>Of more runs the newest are shown.</summary>
    public const int MostRuns = 60;

    private const int MostNewsNamed = 8;
    private const int MostPlainRows = 60;
    private const int MostPlainRuns = 12;

    private static readonly string[] Scripts = ["columns.js", "dom.js", "time.js", "list.js", "words.js", "history.js"];

    private readonly RunGrid _grid;
    private readonly TextWriter _text;
    private readonly int _left;

    private HistoryPageWriter(IReadOnlyList<RunSnapshot> runs, TextWriter text, int older)
    {
        _text = text;
        _left = Math.Max(0, runs.Count - MostRuns) + older;
        _grid = RunGrid.Of(runs.OrderByDescending(run => run.History.StartTime).Take(MostRuns));
    }

    private RunSnapshot Newest => _grid.Runs[^1];

    private string Title => _grid.Runs.Select(run => run.Name).Distinct().Count() == 1 ? Newest.Name ?? "Runs" : "Runs";

    /// <summary>Writes the page.</summary>
    public static void Write(IReadOnlyList<RunSnapshot> runs, TextWriter text, int older) =>
        new HistoryPageWriter(runs, text, older).Write();

    private void Write()
    {
        string script = Asset.ReadAll(Scripts);
        string style = Asset.ReadAll("palette.css", "report.css", "history.css");
        HtmlParts.WriteStart(_text, $"{Title}: {_grid.Runs.Count} runs", style, script, RunPageWriter.Script);
        WriteHeader();
        _text.Write("<main>\n");
        WriteNews();
        _text.Write("<div class=\"filter\" role=\"search\" hidden>\n");
        _text.Write("<input type=\"search\" placeholder=\"Find nodes\" aria-label=\"Find nodes\">\n");
        _text.Write("<button type=\"button\" data-only=\"failed\" aria-pressed=\"false\">✗ Failed once</button>\n");
        _text.Write("<button type=\"button\" data-only=\"slow\" aria-pressed=\"false\">▲ Slow once</button>\n");
        _text.Write("<output class=\"found\" aria-live=\"polite\"></output>\n</div>\n");
        _text.Write("<section class=\"grid\">\n");
        WritePlain();
        _text.Write("</section>\n</main>\n");
        HtmlParts.WriteData(_text, [("runs", _grid.Runs.Count.ToString(System.Globalization.CultureInfo.InvariantCulture))], Columns());
        HtmlParts.WriteEnd(_text, script);
    }

    private void WriteHeader()
    {
        string style = Newest.History.Status.ToString().ToLowerInvariant();
        _text.Write($"<header class=\"{style}\">\n<h1>{E(Title)}</h1><span class=\"badge {style}\">");
        _text.Write($"{Count(_grid.Runs.Count)} {(_grid.Runs.Count == 1 ? "run" : "runs")}</span>\n");
        string counts = string.Join(", ", _grid.Runs.GroupBy(run => run.History.Status).OrderBy(group => group.Key)
            .Select(group => $"{Count(group.Count())} {group.Key.ToString().ToLowerInvariant()}"));
        _text.Write($"<p>{Time(_grid.Runs[0].History.StartTime)} to {Time(Newest.History.StartTime)}: {counts}");
        _text.Write(_left > 0 ? $"; {Count(_left)} older ones are not shown</p>\n</header>\n" : "</p>\n</header>\n");
    }

    /// <summary>What the newest run has that those before it had not.</summary>
    private void WriteNews()
    {
        int newest = _grid.Runs.Count - 1;
        List<int> rows = [.. Enumerable.Range(0, _grid.Names.Count)];
        List<int> failed = rows.FindAll(row => _grid[row, newest].IsNewFailure);
        List<int> still = rows.FindAll(row => _grid[row, newest] is { State: NodeState.Failed, IsNewFailure: false, Node: >= 0 });
        List<int> slow = rows.FindAll(row => _grid[row, newest].IsSlow);
        _text.Write("<section class=\"news\" aria-label=\"The newest run\">\n");
        _text.Write($"<h2>The newest run: {E(Newest.History.Status.ToString().ToLowerInvariant())} ");
        _text.Write($"in {E(T(Newest.History.Makespan))}</h2>\n<ul>\n");
        string news = failed.Count == 1 ? "new failure" : "new failures";
        WriteItem("✗", "new-failure", news, failed, row => _grid[row, newest].Ending.Message?.Split('\n')[0]);
        WriteItem("✗", "failed", "still failing", still, row => Since(row, newest));
        WriteItem("▲", "slow", "slow", slow, row =>
        {
            TimeSpan time = _grid[row, newest].Duration!.Value;
            return Text($"{T(time)}, {time / _grid.MedianOf(row)!.Value:0.#} times its median");
        });
        if (failed.Count + still.Count + slow.Count == 0)
        {
            _text.Write("<li>Nothing failed, and nothing took twice as long as usual.</li>\n");
        }

        _text.Write("</ul>\n</section>\n");
    }

    private string Since(int row, int run)
    {
        int count = 1;
        while (run - count >= 0 && _grid[row, run - count] is { State: NodeState.Failed })
        {
            count++;
        }

        return $"{Count(count)} runs in a row";
    }

    private void WriteItem(string sign, string style, string what, List<int> rows, Func<int, string?> detailOf)
    {
        if (rows.Count == 0)
        {
            return;
        }

        _text.Write($"<li class=\"{style}\"><b>{sign}</b> {Count(rows.Count)} {what}: ");
        _text.Write(string.Join("; ", rows.Take(MostNewsNamed).Select(row =>
            $"<strong>{E(_grid.Names[row])}</strong>{(detailOf(row) is { Length: > 0 } detail ? $" ({E(detail)})" : string.Empty)}")));
        _text.Write(rows.Count > MostNewsNamed ? $" and {Count(rows.Count - MostNewsNamed)} more</li>\n" : "</li>\n");
    }

    /// <summary>The grid that a page shows where its script does not run: rows with something to see, of the newest runs.</summary>
    private void WritePlain()
    {
        int first = Math.Max(0, _grid.Runs.Count - MostPlainRuns);
        List<int> runs = [.. Enumerable.Range(first, _grid.Runs.Count - first)];
        IEnumerable<int> rows = Enumerable.Range(0, _grid.Names.Count)
            .OrderByDescending(row => runs.Count(run => _grid[row, run] is { IsSlow: true } or { State: NodeState.Failed }))
            .ThenByDescending(row => _grid.MedianOf(row) ?? TimeSpan.Zero)
            .Take(MostPlainRows);
        _text.Write("<div class=\"plain\"><table class=\"plain\">\n<thead><tr><th>Node</th>");
        foreach (int run in runs)
        {
            _text.Write(Text($"<th>{_grid.Runs[run].History.StartTime:MM-dd HH:mm}</th>"));
        }

        _text.Write("<th>Median</th></tr></thead>\n<tbody>\n");
        foreach (int row in rows)
        {
            _text.Write($"<tr><td>{E(_grid.Names[row])}</td>");
            foreach (int run in runs)
            {
                GridCell cell = _grid[row, run];
                string sign = cell.Node < 0 ? string.Empty : $"{StateText.Sign(cell.State)}{(cell.IsSlow ? " ▲" : string.Empty)}";
                _text.Write($"<td>{sign} {(cell.Duration is { } time ? E(T(time)) : string.Empty)}</td>");
            }

            _text.Write($"<td>{(_grid.MedianOf(row) is { } median ? E(T(median)) : string.Empty)}</td></tr>\n");
        }

        _text.Write("</tbody>\n</table></div>\n");
    }

    private ColumnFile Columns()
    {
        ColumnFile file = new();
        TextTable texts = new();
        file.AddLines("name", _grid.Names);
        file.AddNumbers("median", Enumerable.Range(0, _grid.Names.Count).Select(row => Milliseconds(_grid.MedianOf(row))));
        for (int run = 0; run < _grid.Runs.Count; run++)
        {
            int column = run;
            IEnumerable<GridCell> cells = Enumerable.Range(0, _grid.Names.Count).Select(row => _grid[row, column]);
            string name = Text($"{run}");
            file.AddNumbers("state." + name, cells.Select(cell => cell.Node < 0 ? 0 : (long)cell.State + 1));
            file.AddNumbers("marks." + name, cells.Select(cell =>
                (cell.IsNewFailure ? 1L : 0) + (cell.IsSlow ? 2 : 0) + (cell.Ending.IsRestored ? 4 : 0)));
            file.AddNumbers("duration." + name, cells.Select(cell => Milliseconds(cell.Duration)));
            file.AddNumbers("message." + name, cells.Select(cell => texts.NumberOf(cell.Ending.Message?.Split('\n')[0])));
        }

        file.AddTexts("texts", texts.Texts);
        file.AddTexts("start", [.. _grid.Runs.Select(run => Text($"{run.History.StartTime:yyyy-MM-dd HH:mm:ss zzz}"))]);
        file.AddTexts("status", [.. _grid.Runs.Select(run => run.History.Status.ToString())]);
        file.AddTexts("took", [.. _grid.Runs.Select(run => T(run.History.Makespan))]);
        file.AddTexts("page", Pages());
        return file;
    }

    /// <summary>The pages of the runs; empty for the oldest, if all together are too much.</summary>
    private string[] Pages()
    {
        string[] pages = new string[_grid.Runs.Count];
        Array.Fill(pages, string.Empty);
        long left = MostPageText;
        for (int run = pages.Length - 1; run >= 0 && left > 0; run--)
        {
            StringWriter page = new();
            RunPageWriter.Write(_grid.Runs[run], page);
            left -= page.GetStringBuilder().Length;
            pages[run] = left >= 0 ? page.ToString() : string.Empty;
        }

        return pages;
    }

    // One more than it is: 0 says that there is none.
    private static long Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds + 1 : 0;
}
