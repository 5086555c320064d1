using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Assets;
using DagShell.Pictures.Formats;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Writes a run as one page: how it ended, its figures, the timeline, the graph, the errors and a table. The page needs
/// nothing but itself, and is whole without its script, which adds zooming, sorting and following.
/// </summary>
internal sealed class RunPageWriter
{
    /// <summary>A graph of more nodes than this is not drawn: nobody would see anything in it, and the page would be slow.</summary>
    private const int MostNodesDrawn = 3_000;

    private const int MostPathNodesNamed = 12;
    private const int MostErrorsOpen = 6;

    private readonly RunSnapshot _run;
    private readonly TextWriter _text;

    private RunPageWriter(RunSnapshot run, TextWriter text)
    {
        _run = run;
        _text = text;
    }

    private RunHistory History => _run.History;

    private RunFigures Figures => _run.Figures;

    /// <summary>Writes the page.</summary>
    public static void Write(RunSnapshot run, TextWriter text) => new RunPageWriter(run, text).Write();

    private static string E(string? text) => MarkupText.Escape(text);

    private static string T(TimeSpan time) => DurationText.Of(time);

    private static string Percent(double part) => (part * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Write()
    {
        string script = Asset.Read("view.js") + Asset.Read("report.js");
        HtmlParts.WriteStart(_text, $"{_run.Name ?? "Run"}: {History.Status}", HtmlParts.ViewStyle() + Asset.Read("report.css"), script);
        WriteHeader();
        _text.Write("<main>\n");
        WriteFigures();
        WriteErrors();
        WriteTimeline();
        WriteGraph();
        WriteTable();
        _text.Write("</main>\n");
        HtmlParts.WriteEnd(_text, script);
    }

    private void WriteHeader()
    {
        string status = History.Status.ToString();
        string style = status.ToLowerInvariant();
        _text.Write($"<header class=\"{style}\">\n<h1>{E(_run.Name ?? "Run")}</h1><span class=\"badge {style}\">{status}</span>\n");
        if (!string.IsNullOrWhiteSpace(_run.Description))
        {
            _text.Write($"<p class=\"description\">{E(_run.Description)}</p>\n");
        }

        string end = History.Status switch
        {
            RunStatus.Running => $"still going on {Time(History.EndTime)}, when this page was written",
            RunStatus.Interrupted => $"last heard of {Time(History.EndTime)}: the journal breaks off there",
            _ => $"to {Time(History.EndTime)}",
        };
        _text.Write($"<p>{Time(History.StartTime)} {end} · run {E(_run.Id.ToString())}</p>\n</header>\n");
    }

    private static string Time(DateTimeOffset time) => Text($"<time datetime=\"{time:O}\">{time:yyyy-MM-dd HH:mm:ss}</time>");

    private void WriteFigures()
    {
        _text.Write("<section class=\"figures\" aria-label=\"Figures\">\n");
        WriteCounts();
        WriteTile("Duration", T(Figures.Run.Makespan), $"at least {T(Figures.LowerBound)}, limited by {Figures.LimitedBy}");
        WriteTile("Efficiency", Text($"{Figures.Efficiency * 100:0} %"), "of the shortest that was possible with these nodes");
        WriteTile("Work", T(Figures.TotalWork),
            Text($"{Figures.AverageParallelism:0.0} at once on average, {History.ThrottleLimit} at most"));
        WriteTile("Lost to retries", T(Figures.RetryTime), "attempts that failed and were repeated");
        WriteTile("Lost to waits", T(Figures.WaitTime), "between attempts, and for preconditions");
        WriteCriticalPath();
        WriteBottlenecks();
        _text.Write("</section>\n");
    }

    private void WriteTile(string name, string value, string note) =>
        _text.Write($"<div class=\"tile\"><h3>{E(name)}</h3><p class=\"value\">{E(value)}</p><p class=\"note\">{E(note)}</p></div>\n");

    private void WriteCounts()
    {
        var counts = StateText.Counts(History.Nodes.Select(node => node.State)).ToList();
        _text.Write(Text($"<div class=\"tile counts\"><h3>Nodes</h3><p class=\"value\">{History.Nodes.Count}</p><div class=\"stack\">"));
        foreach (var (state, count) in counts)
        {
            _text.Write(Text($"<i class=\"{StateText.Word(state)}\" style=\"flex-grow:{count}\"></i>"));
        }

        _text.Write("</div><p class=\"note\">");
        _text.Write(string.Join(' ', counts.Select(count => Key(count.State, count.Count))));
        _text.Write("</p></div>\n");
    }

    /// <summary>A state, in its colours and with its sign, and how many nodes are in it.</summary>
    private static string Key(NodeState state, int? count = null)
    {
        string word = StateText.Word(state);
        return Text($"<span class=\"key {word}\">{StateText.Sign(state)} {count}{(count is null ? "" : " ")}{word}</span>");
    }

    private void WriteCriticalPath()
    {
        IReadOnlyList<int> path = Figures.CriticalPath;
        string length = E(T(Figures.CriticalPathLength));
        _text.Write($"<div class=\"tile wide\"><h3>Critical path</h3><p class=\"value\">{length}</p><p class=\"path\">");
        int named = path.Count <= MostPathNodesNamed ? path.Count : MostPathNodesNamed - 1;
        for (int i = 0; i < named; i++)
        {
            WriteNodeLink(path[i], i == 0 ? string.Empty : " → ");
        }

        if (named < path.Count)
        {
            _text.Write(Text($" → and {path.Count - named} more"));
        }

        _text.Write("</p></div>\n");
    }

    private void WriteNodeLink(int node, string before) =>
        _text.Write(Text($"{before}<a class=\"go\" href=\"#node{node}\" data-node=\"{node}\">{E(NameOf(node))}</a>"));

    private void WriteBottlenecks()
    {
        if (Figures.Bottlenecks.Count == 0)
        {
            return;
        }

        double longest = Math.Max(1, Figures.Bottlenecks.Max(node => node.Duration.Ticks));
        _text.Write("<div class=\"tile wide\"><h3>A faster run would come from</h3><table class=\"bottlenecks\">\n");
        foreach (Bottleneck node in Figures.Bottlenecks)
        {
            _text.Write("<tr><td>");
            WriteNodeLink(node.Node, string.Empty);
            string duration = Percent(node.Duration.Ticks / longest);
            string saving = Percent(node.Saving / node.Duration);
            _text.Write($"</td><td class=\"bar\"><i style=\"width:{duration}\"><b style=\"width:{saving}\"></b></i></td>");
            _text.Write($"<td class=\"number\">{E(T(node.Duration))}</td><td class=\"number\">saves up to {E(T(node.Saving))}</td></tr>\n");
        }

        _text.Write("</table></div>\n");
    }

    private void WriteErrors()
    {
        List<int> failed = [.. Enumerable.Range(0, History.Nodes.Count).Where(node => History.Nodes[node].State == NodeState.Failed)];
        if (failed.Count == 0)
        {
            return;
        }

        _text.Write("<section>\n<h2>Errors</h2>\n");
        for (int i = 0; i < failed.Count; i++)
        {
            if (i == MostErrorsOpen)
            {
                _text.Write(Text($"<details class=\"more\"><summary>and {failed.Count - i} more</summary>\n"));
            }

            WriteError(failed[i]);
        }

        _text.Write(failed.Count > MostErrorsOpen ? "</details>\n</section>\n" : "</section>\n");
    }

    private void WriteError(int node)
    {
        NodeEnding ending = _run.Endings[node];
        int attempts = AttemptsOf(node);
        _text.Write("<article class=\"error\"><h3>");
        WriteNodeLink(node, string.Empty);
        _text.Write(attempts > 1 ? Text($" <span class=\"faint\">after {attempts} attempts</span></h3>") : "</h3>");
        _text.Write($"<p class=\"message\">{E(ending.Message)}</p>");
        if (ending.Position is not null)
        {
            _text.Write($"<p class=\"position\">{E(ending.Position)}</p>");
        }

        if (ending.Stack is not null)
        {
            _text.Write($"<details><summary>Script stack trace</summary><pre>{E(ending.Stack)}</pre></details>");
        }

        _text.Write("</article>\n");
    }

    private void WriteTimeline()
    {
        Timeline timeline = Timeline.Of(History);
        _text.Write("<section>\n<h2>Timeline</h2>\n");
        WriteLegend(timeline);
        _text.Write(Text($"<div class=\"timeline\" data-seconds=\"{History.Makespan.TotalSeconds:0.######}\">\n"));
        _text.Write("<div class=\"labels\"><span class=\"axis\"></span>");
        for (int slot = 0; slot < timeline.SlotCount; slot++)
        {
            _text.Write(Text($"<span>slot {slot + 1}</span>"));
        }

        for (int row = 0; row < timeline.WaitRowCount; row++)
        {
            _text.Write($"<span class=\"low\">{(row == 0 ? "waiting" : string.Empty)}</span>");
        }

        _text.Write("</div>\n<div class=\"scroll\"><div class=\"plane\"><div class=\"axis\">");
        WriteTicks();
        _text.Write("</div>\n");
        WriteRows(timeline.Attempts, timeline.SlotCount, "row");
        WriteRows(timeline.Waits, timeline.WaitRowCount, "row low");
        _text.Write("</div></div>\n</div>\n</section>\n");
    }

    /// <summary>Of the usual kinds of bars all, of the others those that there are.</summary>
    private void WriteLegend(Timeline timeline)
    {
        (string Kind, string Text, bool IsUsual)[] kinds =
        [
            ("succeeded", "succeeded", true),
            ("failed", "failed", true),
            ("failed again", "failed, tried again", true),
            ("running", History.Status == RunStatus.Interrupted ? "running when the journal broke off" : "running", false),
            ("cancelled", "cancelled", false),
            ("poll", "asks its conditions", false),
            ("wait", "waiting, holds no slot", true),
            ("critical", "critical path", true),
        ];
        HashSet<string> present = [.. timeline.Attempts.Select(KindOf)];
        _text.Write("<p class=\"legend\">");
        foreach (var (kind, text, isUsual) in kinds)
        {
            if (isUsual || present.Contains(kind))
            {
                _text.Write($"<span class=\"swatch {kind}\"></span>{text} ");
            }
        }

        _text.Write("</p>\n");
    }

    private void WriteTicks()
    {
        double seconds = Math.Max(1e-6, History.Makespan.TotalSeconds);
        double step = TickStep(seconds / 8);
        for (double tick = 0; tick < seconds; tick += step)
        {
            _text.Write($"<span style=\"left:{Percent(tick / seconds)}\">{E(TickText(tick, step))}</span>");
        }
    }

    /// <summary>The next larger step that people count in.</summary>
    private static double TickStep(double seconds)
    {
        double[] steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
        if (seconds > 1)
        {
            return steps.Append(double.MaxValue).First(step => step >= seconds) is var step and < double.MaxValue
                ? step
                : Math.Ceiling(seconds / 86_400) * 86_400;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(seconds)));
        return (seconds / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }

    private static string TickText(double seconds, double step)
    {
        if (step < 1)
        {
            return step < 0.01 ? Text($"{seconds * 1000:0.#} ms") : Text($"{seconds:0.##} s");
        }

        TimeSpan time = TimeSpan.FromSeconds(seconds);
        return seconds < 60 && step < 60 ? Text($"{seconds:0} s") : Text($"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }

    private void WriteRows(IReadOnlyList<TimelineBar> bars, int rows, string classes)
    {
        ILookup<int, TimelineBar> byRow = bars.ToLookup(bar => bar.Row);
        for (int row = 0; row < rows; row++)
        {
            _text.Write($"<div class=\"{classes}\">");
            foreach (TimelineBar bar in byRow[row])
            {
                WriteBar(bar);
            }

            _text.Write("</div>\n");
        }
    }

    private void WriteBar(TimelineBar bar)
    {
        double whole = Math.Max(1, History.Makespan.Ticks);
        string style = $"left:{Percent(bar.Start.Ticks / whole)};width:{Percent(bar.Duration.Ticks / whole)}";
        string classes = "bar " + KindOf(bar) + (Figures.IsCritical(bar.Node) ? " critical" : string.Empty);
        _text.Write(Text($"<i class=\"{classes}\" style=\"{style}\" data-node=\"{bar.Node}\" title=\"{E(Describe(bar))}\">"));
        _text.Write($"<b>{E(NameOf(bar.Node))}</b></i>");
    }

    private static string KindOf(TimelineBar bar) => bar.Attempt switch
    {
        null => "wait",
        { IsPoll: true } => "poll",
        { Outcome: null } => "running",
        { Outcome: AttemptOutcomeKind.Succeeded } => "succeeded",
        { Outcome: AttemptOutcomeKind.Failed } => bar.IsLast ? "failed" : "failed again",
        _ => "cancelled",
    };

    private string Describe(TimelineBar bar)
    {
        string when = Text($"{T(bar.Duration)}, from {bar.Start.TotalSeconds:0.000} s to {bar.End.TotalSeconds:0.000} s");
        if (bar.Attempt is not { } attempt)
        {
            return $"{NameOf(bar.Node)} waits\n{when}";
        }

        int attempts = AttemptsOf(bar.Node);
        string which = attempt.IsPoll ? "asks its conditions" : attempts > 1
            ? Text($"attempt {attempt.Number} of {attempts}")
            : string.Empty;
        string outcome = attempt switch
        {
            { Outcome: null } => "running",
            { FailureKind: FailureKind.AttemptTimedOut } => "timed out",
            { Outcome: AttemptOutcomeKind.ConditionFalse } => "condition false",
            { Outcome: { } known } => known.ToString().ToLowerInvariant(),
        };
        string[] lines = [NameOf(bar.Node), which.Length > 0 ? $"{which}: {outcome}" : outcome, when, attempt.Message ?? string.Empty];
        return string.Join('\n', lines.Where(line => line.Length > 0));
    }

    private void WriteGraph()
    {
        _text.Write("<section>\n<h2>Graph</h2>\n");
        if (History.Nodes.Count > MostNodesDrawn)
        {
            _text.Write(Text($"<p>A graph of {History.Nodes.Count} nodes is not drawn here. "));
            _text.Write("Export-Dag draws it on a page of its own.</p>\n");
        }
        else
        {
            _text.Write("<div class=\"viewport\" data-wheel=\"ctrl\">\n");
            HtmlParts.WriteView(_text, DagPicture.Of(_run));
            _text.Write("</div>\n");
        }

        _text.Write("</section>\n");
    }

    private void WriteTable()
    {
        _text.Write("<section>\n<h2>Nodes</h2>\n");
        _text.Write("<input class=\"filter\" type=\"search\" placeholder=\"Filter\" aria-label=\"Filter the table\">\n");
        _text.Write("<div class=\"wide-table\"><table class=\"nodes\">\n<thead><tr>");
        foreach (string column in (string[])["#", "Name", "Status", "Attempts", "Start", "Duration", "Message"])
        {
            string sort = column is "#" ? " aria-sort=\"ascending\"" : string.Empty;
            sort += column is "#" or "Attempts" or "Start" or "Duration" ? " class=\"number\"" : string.Empty;
            _text.Write($"<th{sort}><button type=\"button\">{column}</button></th>");
        }

        _text.Write("</tr></thead>\n<tbody>\n");
        for (int node = 0; node < History.Nodes.Count; node++)
        {
            WriteTableRow(node);
        }

        _text.Write("</tbody>\n</table></div>\n</section>\n");
    }

    private void WriteTableRow(int node)
    {
        NodeHistory of = History.Nodes[node];
        TimeSpan? start = of.StartTime - History.StartTime;
        TimeSpan? duration = of.StartTime is null ? null : History.DurationOf(node);
        NodeEnding ending = _run.Endings[node];
        string critical = Figures.IsCritical(node) && of.StartTime is not null ? " class=\"critical\"" : string.Empty;
        _text.Write(
            Text($"<tr id=\"node{node}\" data-node=\"{node}\"{critical}><td class=\"number\" data-value=\"{node}\">{node + 1}</td>"));
        _text.Write($"<td class=\"name\">{E(NameOf(node))}</td>");
        _text.Write(Text($"<td data-value=\"{StateText.Rank(of.State)}\">{Key(of.State)}</td>"));
        _text.Write(Text($"<td class=\"number\" data-value=\"{AttemptsOf(node)}\">{AttemptsOf(node)}</td>"));
        WriteTime(start);
        WriteTime(duration);
        _text.Write($"<td class=\"text\">{E(ending.Message)}");
        if (ending.Position is not null)
        {
            _text.Write($"<span class=\"position\">{E(ending.Position)}</span>");
        }

        foreach (string relation in NodeFacts.Relations(History.Graph[node]))
        {
            _text.Write($"<span class=\"relation\">{E(relation)}</span>");
        }

        _text.Write("</td></tr>\n");

        void WriteTime(TimeSpan? time)
        {
            string value = time?.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture) ?? "-1";
            _text.Write($"<td class=\"number\" data-value=\"{value}\">{(time is { } known ? E(T(known)) : string.Empty)}</td>");
        }
    }

    private int AttemptsOf(int node) => History.Nodes[node].Attempts.Count(attempt => !attempt.IsPoll);

    private string NameOf(int node) => History.Graph[node].Name;
}
