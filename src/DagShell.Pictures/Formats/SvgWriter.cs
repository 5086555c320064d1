using System.Globalization;
using System.Text;
using DagShell.Pictures.Assets;
using DagShell.Pictures.Layout;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Formats;

/// <summary>Draws a picture as SVG: as a file of its own, or as a part of a page. It refers to nothing outside itself.</summary>
internal sealed class SvgWriter
{
    private const double NameSize = 13;
    private const double FactsSize = 11;
    private const double MaxTextWidth = 200;
    private const double MinWidth = 64;
    private const double PaddingAcross = 12;

    /// <summary>How wide a picture may be for its height before it is better off on its side: as screens are.</summary>
    private const double ScreenRatio = 1.6;

    /// <summary>A picture no higher than this fits a screen as people expect it, with its roots on top.</summary>
    private const double ScreenHeight = 640;

    private readonly DagPicture _picture;
    private readonly TextWriter _text;
    private readonly PictureSize[] _sizes;
    private readonly bool _isFolded;
    private readonly LayoutDirection _direction;
    private readonly LayeredLayout _layout;

    private SvgWriter(DagPicture picture, TextWriter text)
    {
        _picture = picture;
        _text = text;
        _sizes = [.. picture.Nodes.Select(SizeOf)];
        _isFolded = picture.Nodes.Any(node => node.Folded is not null);
        _direction = DirectionOf(picture, _sizes);
        _layout = LayeredLayout.Create([.. picture.Nodes.Select(node => node.Level)], picture.Edges, _sizes, _direction);
    }

    /// <summary>Writes a file of its own.</summary>
    public static void Write(DagPicture picture, TextWriter text)
    {
        SvgWriter writer = new(picture, text);
        text.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        writer.WriteStart(" xmlns=\"http://www.w3.org/2000/svg\"");
        text.Write($"<title>{MarkupText.Escape(picture.Title)}</title>\n");
        text.Write($"<style>\n{Asset.Read("palette.css")}{Asset.Read("picture.css")}</style>\n");
        text.Write("<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
        writer.WriteContent();
    }

    /// <summary>Writes the part of a page; the page brings the style sheets.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="view">What it is called, where a page has several.</param>
    public static void WriteInline(DagPicture picture, TextWriter text, string? view = null)
    {
        SvgWriter writer = new(picture, text);
        writer.WriteStart(view is null ? string.Empty : $" data-view=\"{view}\"");
        writer.WriteContent();
    }

    /// <summary>Which way a picture fits a screen better: roots on top, or on the left.</summary>
    public static LayoutDirection DirectionOf(DagPicture picture) => DirectionOf(picture, [.. picture.Nodes.Select(SizeOf)]);

    private static LayoutDirection DirectionOf(DagPicture picture, IReadOnlyList<PictureSize> sizes)
    {
        // How much of a screen a picture needs in each direction, going by the fullest level and the number of levels.
        var levels = sizes.Select((size, node) => (size, picture.Nodes[node].Level)).GroupBy(item => item.Level).ToList();
        double widest = levels.Max(level => level.Sum(item => item.size.Width + 24));
        double tallest = levels.Max(level => level.Sum(item => item.size.Height + 24));
        double deepDown = levels.Sum(level => level.Max(item => item.size.Height) + 60);
        double deepRight = levels.Sum(level => level.Max(item => item.size.Width) + 60);
        double down = Math.Max(widest / ScreenRatio, deepDown);
        double right = Math.Max(deepRight / ScreenRatio, tallest);
        return down > ScreenHeight && right < down * 0.9 ? LayoutDirection.Right : LayoutDirection.Down;
    }

    private static PictureSize SizeOf(PictureNode node)
    {
        string name = TextMetrics.Cut(node.Name, NameSize, MaxTextWidth);
        string? facts = NodeFacts.Subtitle(node);
        double width = Math.Max(TextMetrics.Width(name, NameSize), facts is null ? 0 : TextMetrics.Width(facts, FactsSize));
        return new PictureSize(Math.Max(MinWidth, Math.Min(width, MaxTextWidth) + (2 * PaddingAcross)), facts is null ? 34 : 46);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string F(double number) => MarkupText.Number(number);

    private void WriteStart(string attributes)
    {
        string title = MarkupText.Escape(_picture.Title);
        string size = $"width=\"{F(_layout.Width)}\" height=\"{F(_layout.Height)}\" viewBox=\"0 0 {F(_layout.Width)} {F(_layout.Height)}\"";
        _text.Write($"<svg{attributes} class=\"dag\" {size} role=\"img\" aria-label=\"{title}\">\n");
    }

    private void WriteContent()
    {
        _text.Write("<g class=\"edges\">\n");

        // The critical path last, on top of the others.
        foreach (int edge in Enumerable.Range(0, _picture.Edges.Count).OrderBy(edge => _picture.IsCritical(_picture.Edges[edge])))
        {
            WriteEdge(edge);
        }

        _text.Write("</g>\n<g class=\"nodes\">\n");
        for (int node = 0; node < _picture.Nodes.Count; node++)
        {
            WriteNode(node);
        }

        _text.Write("</g>\n</svg>\n");
    }

    private void WriteEdge(int edge)
    {
        IReadOnlyList<PicturePoint> points = _layout.Route(edge);
        var (from, to) = _picture.Edges[edge];
        PicturePoint end = points[^1];
        bool isDown = _direction == LayoutDirection.Down;
        StringBuilder path = new($"M{Point(points[0])}");
        for (int i = 1; i < points.Count; i++)
        {
            // From one layer to the next it swings; inside a layer, between the points of a bend, it runs straight.
            bool swings = i % 2 == 1;
            PicturePoint target = i == points.Count - 1 ? Before(end, isDown, 6) : points[i];
            path.Append(swings ? Swing(points[i - 1], target, isDown) : $"L{Point(target)}");
        }

        PictureEdge drawn = _picture.Edges[edge];
        string kind = (_picture.IsToFallback(drawn) ? " fallback" : _picture.IsToCleanUp(drawn) ? " cleanup" : string.Empty)
            + (_picture.IsCritical(drawn) ? " critical" : string.Empty);
        if (_isFolded)
        {
            // One element an edge, with an open head: there may be many.
            string openHead = isDown ? $"M{Point(end)}m-4-7 4 7 4-7" : $"M{Point(end)}m-7-4 7 4-7 4";
            _text.Write(Invariant($"<path class=\"edge thin{kind}\" data-from=\"{from}\" data-to=\"{to}\" d=\"{path}{openHead}\"/>\n"));
            return;
        }

        string head = isDown
            ? $"M{Point(end)}l-4.5-8h9z"
            : $"M{Point(end)}l-8-4.5v9z";
        _text.Write(Invariant($"<g class=\"edge{kind}\" data-from=\"{from}\" data-to=\"{to}\">"));
        _text.Write($"<path class=\"line\" d=\"{path}\"/><path class=\"head\" d=\"{head}\"/></g>\n");
    }

    private static PicturePoint Before(PicturePoint point, bool isDown, double distance) =>
        isDown ? point with { Y = point.Y - distance } : point with { X = point.X - distance };

    private static string Swing(PicturePoint start, PicturePoint end, bool isDown)
    {
        PicturePoint leave = isDown ? start with { Y = (start.Y + end.Y) / 2 } : start with { X = (start.X + end.X) / 2 };
        PicturePoint arrive = isDown ? end with { Y = leave.Y } : end with { X = leave.X };
        return $"C{Point(leave)} {Point(arrive)} {Point(end)}";
    }

    private static string Point(PicturePoint point) => $"{F(point.X)} {F(point.Y)}";

    private void WriteNode(int index)
    {
        PictureNode node = _picture.Nodes[index];
        PictureSize size = _sizes[index];
        PicturePoint middle = _layout.Middle(index);
        string classes = "node"
            + (node.State is { } state ? " " + StateText.Word(state) : string.Empty)
            + (node.IsCritical ? " critical" : string.Empty)
            + (node.Folded is null ? string.Empty : " folded");
        string place = $"translate({F(middle.X - (size.Width / 2))} {F(middle.Y - (size.Height / 2))})";
        _text.Write(string.Create(CultureInfo.InvariantCulture, $"<g class=\"{classes}\" transform=\"{place}\" data-node=\"{index}\">"));
        _text.Write($"<title>{MarkupText.Escape(string.Join('\n', NodeFacts.Lines(node)))}</title>");
        if (node.IsCritical)
        {
            _text.Write(
                $"<rect class=\"mark\" x=\"-4\" y=\"-4\" width=\"{F(size.Width + 8)}\" height=\"{F(size.Height + 8)}\" rx=\"10\"/>");
        }

        if (node.Folded is not null)
        {
            _text.Write($"<rect x=\"4\" y=\"4\" width=\"{F(size.Width)}\" height=\"{F(size.Height)}\" rx=\"7\"/>");
        }

        _text.Write($"<rect width=\"{F(size.Width)}\" height=\"{F(size.Height)}\" rx=\"7\"/>");
        string name = MarkupText.Escape(TextMetrics.Cut(node.Name, NameSize, MaxTextWidth));
        string? facts = NodeFacts.Subtitle(node);
        _text.Write($"<text class=\"name\" x=\"{F(size.Width / 2)}\" y=\"{(facts is null ? "21.5" : "19.5")}\">{name}</text>");
        if (facts is not null)
        {
            _text.Write($"<text class=\"facts\" x=\"{F(size.Width / 2)}\" y=\"36\">{MarkupText.Escape(facts)}</text>");
        }

        _text.Write("</g>\n");
    }
}
