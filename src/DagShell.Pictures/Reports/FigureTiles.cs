using DagShell.Engine.Analysis;
using DagShell.Pictures.Texts;
using static DagShell.Pictures.Reports.PageText;

namespace DagShell.Pictures.Reports;

/// <summary>Writes a run's figures.</summary>
internal sealed class FigureTiles
{
    private const int MostPathNodesNamed = 12;

    private readonly RunSnapshot _run;
    private readonly TextWriter _text;

    private FigureTiles(RunSnapshot run, TextWriter text)
    {
        _run = run;
        _text = text;
    }

    private RunFigures Figures => _run.Figures;

    /// <summary>Writes the section.</summary>
    public static void Write(RunSnapshot run, TextWriter text) => new FigureTiles(run, text).Write();

    private void Write()
    {
        _text.Write("<section class=\"figures\" aria-label=\"Figures\">\n");
        WriteCounts();
        if (Figures.Items > 0)
        {
            WriteTile("Items", Count(Figures.Items), Figures.FailedItems == 0 ? "none failed" : $"{Count(Figures.FailedItems)} failed");
        }

        WriteTile("Duration", T(Figures.Run.Makespan), $"at least {T(Figures.LowerBound)}, limited by {Figures.LimitedBy}");
        WriteTile("Efficiency", Text($"{Figures.Efficiency * 100:0} %"), "of the shortest that was possible with these nodes");
        WriteTile("Work", T(Figures.TotalWork),
            Text($"{Figures.AverageParallelism:0.0} at once on average, {_run.History.ThrottleLimit} at most"));
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
        var counts = StateText.Counts(_run.History.Nodes.Select(node => node.State)).ToList();
        string count = Count(_run.History.Nodes.Count);
        _text.Write($"<div class=\"tile counts\"><h3>Nodes</h3><p class=\"value\">{count}</p><div class=\"stack\">");
        foreach (var (state, part) in counts)
        {
            _text.Write(Text($"<i class=\"{StateText.Word(state)}\" style=\"flex-grow:{part}\"></i>"));
        }

        _text.Write("</div><p class=\"note\">");
        _text.Write(string.Join(' ', counts.Select(part => Key(part.State, part.Count))));
        _text.Write("</p></div>\n");
    }

    private void WriteCriticalPath()
    {
        IReadOnlyList<int> path = Figures.CriticalPath;
        int named = path.Count <= MostPathNodesNamed ? path.Count : MostPathNodesNamed - 1;
        string length = E(T(Figures.CriticalPathLength));
        _text.Write($"<div class=\"tile wide\"><h3>Critical path</h3><p class=\"value\">{length}</p><p class=\"path\">");
        _text.Write(string.Join(" → ", path.Take(named).Select(node => Link(_run, node))));
        _text.Write(named < path.Count ? $" → and {Count(path.Count - named)} more</p></div>\n" : "</p></div>\n");
    }

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
            string duration = Percent(node.Duration.Ticks / longest);
            string saving = Percent(node.Saving / node.Duration);
            _text.Write($"<tr><td>{Link(_run, node.Node)}</td>");
            _text.Write($"<td class=\"share\"><i style=\"width:{duration}\"><b style=\"width:{saving}\"></b></i></td>");
            _text.Write($"<td class=\"number\">{E(T(node.Duration))}</td><td class=\"number\">saves up to {E(T(node.Saving))}</td></tr>\n");
        }

        _text.Write("</table></div>\n");
    }
}
