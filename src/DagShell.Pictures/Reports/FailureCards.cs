using DagShell.Engine.Analysis;
using static DagShell.Pictures.Reports.PageText;

namespace DagShell.Pictures.Reports;

/// <summary>Writes what failed: a card a cause, with all that helps to mend it.</summary>
internal sealed class FailureCards
{
    private const int MostOpen = 6;
    private const int MostCards = 40;
    private const int MostNodesNamed = 8;
    private const int MostSkippedNamed = 8;
    private const int MostLogLines = 12;

    private readonly RunSnapshot _run;
    private readonly TextWriter _text;

    private FailureCards(RunSnapshot run, TextWriter text)
    {
        _run = run;
        _text = text;
    }

    /// <summary>Writes the section; nothing if nothing failed.</summary>
    public static void Write(RunSnapshot run, IReadOnlyList<FailureGroup> groups, TextWriter text)
    {
        if (groups.Count > 0 || run.ResumeCommand is not null)
        {
            new FailureCards(run, text).Write(groups);
        }
    }

    private void Write(IReadOnlyList<FailureGroup> groups)
    {
        _text.Write("<section class=\"failures\" aria-label=\"What failed\">\n");
        if (groups.Count > 0)
        {
            _text.Write("<h2>What failed</h2>\n");
        }

        for (int i = 0; i < groups.Count && i < MostCards; i++)
        {
            if (i == MostOpen)
            {
                _text.Write($"<details class=\"more\"><summary>{Count(groups.Count - i)} more causes</summary>\n");
            }

            WriteCard(groups[i]);
        }

        if (groups.Count > MostCards)
        {
            int left = groups.Skip(MostCards).Sum(group => group.Nodes.Count);
            _text.Write($"<p class=\"faint\">… and {Count(left)} more nodes, each of another cause: they are among the nodes below.</p>\n");
        }

        _text.Write(groups.Count > MostOpen ? "</details>\n" : string.Empty);
        if (_run.ResumeCommand is { } command)
        {
            _text.Write("<p class=\"resume\"><span>To go on with what is left:</span> ");
            _text.Write($"<code>{E(command)}</code><button type=\"button\" data-copy hidden>Copy</button></p>\n");
        }

        _text.Write("</section>\n");
    }

    private void WriteCard(FailureGroup group)
    {
        int first = group.Nodes[0];
        NodeEnding ending = _run.Endings[first];
        _text.Write($"<article class=\"failure{(group.Counts ? string.Empty : " harmless")}\">\n<h3>");
        _text.Write(group.Nodes.Count > 1 ? $"<span class=\"count\">{Count(group.Nodes.Count)} nodes</span> " : string.Empty);
        _text.Write(Links(_run, group.Nodes, MostNodesNamed));
        int attempts = Attempts(_run.History.Nodes[first]);
        _text.Write(attempts > 1 ? $" <span class=\"faint\">after {Count(attempts)} attempts</span>" : string.Empty);
        _text.Write(group.Counts ? "</h3>\n" : " <span class=\"faint\">tolerated</span></h3>\n");
        _text.Write($"<p class=\"message\">{E(ending.Message)}</p>\n");
        WritePlace(ending);
        if (ending.Log is { Count: > 0 } log)
        {
            _text.Write("<div class=\"said\"><h4>What it said last</h4><pre class=\"log\">");
            _text.Write(E(string.Join('\n', log.Skip(Math.Max(0, log.Count - MostLogLines)))));
            _text.Write("</pre></div>\n");
        }

        if (group.Skipped.Count > 0)
        {
            _text.Write($"<p class=\"broke\">{Count(group.Skipped.Count)} skipped because of {(group.Nodes.Count == 1 ? "it" : "them")}: ");
            _text.Write($"{Links(_run, group.Skipped, MostSkippedNamed)}</p>\n");
        }

        if (ending.Stack is not null)
        {
            _text.Write($"<details><summary>Script stack trace</summary><pre>{E(ending.Stack)}</pre></details>\n");
        }

        _text.Write("</article>\n");
    }

    private void WritePlace(NodeEnding ending)
    {
        if (ending.Position is null)
        {
            return;
        }

        _text.Write($"<p class=\"position\">{E(ending.Position)}</p>\n");
        if (!string.IsNullOrWhiteSpace(ending.SourceLine))
        {
            _text.Write($"<pre class=\"source\">{E(ending.SourceLine.Trim())}</pre>\n");
        }
    }
}
