using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>How the parts of a page write what they have in common.</summary>
internal static class PageText
{
    /// <summary>A text that means nothing but itself.</summary>
    public static string E(string? text) => MarkupText.Escape(text);

    /// <summary>A duration, in the unit that suits it.</summary>
    public static string T(TimeSpan time) => DurationText.Of(time);

    /// <summary>Text with numbers as they are written everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A count, with its thousands apart.</summary>
    public static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, for a style.</summary>
    public static string Percent(double part) => (part * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    /// <summary>A time of day with its date and zone.</summary>
    public static string Time(DateTimeOffset time) => Text($"<time datetime=\"{time:O}\">{time:yyyy-MM-dd HH:mm:ss zzz}</time>");

    /// <summary>A state, in its colours and with its sign, and how many nodes are in it.</summary>
    public static string Key(NodeState state, int? count = null)
    {
        string word = StateText.Word(state);
        return $"<span class=\"key {word}\"><b>{StateText.Sign(state)}</b> {(count is { } known ? Count(known) + " " : "")}{word}</span>";
    }

    /// <summary>A node's name, as a link that opens it.</summary>
    public static string Link(RunSnapshot run, int node)
    {
        string name = run.History.Graph[node].Name;
        return Text($"<a class=\"go\" href=\"#node={E(Uri.EscapeDataString(name))}\" data-node=\"{node}\">{E(name)}</a>");
    }

    /// <summary>Links to the first of some nodes, and how many more there are.</summary>
    public static string Links(RunSnapshot run, IReadOnlyList<int> nodes, int most)
    {
        int named = nodes.Count <= most + 1 ? nodes.Count : most;
        string text = string.Join(", ", nodes.Take(named).Select(node => Link(run, node)));
        return named == nodes.Count ? text : $"{text} and {Count(nodes.Count - named)} more";
    }

    /// <summary>In how many attempts a node's script was started.</summary>
    public static int Attempts(NodeHistory node) => node.Attempts.Count(attempt => !attempt.IsPoll);
}
