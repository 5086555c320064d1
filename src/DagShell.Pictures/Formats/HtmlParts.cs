using System.Security.Cryptography;
using System.Text;
using DagShell.Pictures.Assets;
using DagShell.Pictures.Columns;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Formats;

/// <summary>What the pages of dags and of runs have in common.</summary>
/// <remarks>
/// A page may run its own script, known by its hash, and nothing else, and may load nothing: should a text from a node ever
/// come through unescaped, it still does nothing.
/// </remarks>
internal static class HtmlParts
{
    /// <summary>Everything up to the body.</summary>
    /// <param name="text">Where the page goes.</param>
    /// <param name="title">Its title.</param>
    /// <param name="style">The style sheets, one after the other.</param>
    /// <param name="script">The page's script, as <see cref="WriteEnd"/> will write it.</param>
    /// <param name="inner">The scripts of pages that this one opens from within itself, and that its policy therefore is for, too.</param>
    public static void WriteStart(TextWriter text, string title, string style, string script, params string[] inner)
    {
        string hashes = string.Join(' ', inner.Prepend(script).Select(code =>
            $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(code)))}'"));
        text.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        text.Write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        text.Write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; ");
        text.Write($"img-src data:; base-uri 'none'; form-action 'none'; script-src {hashes}\">\n");
        text.Write($"<title>{MarkupText.Escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n");
    }

    /// <summary>The script and the end of the page.</summary>
    public static void WriteEnd(TextWriter text, string script) => text.Write($"<script>{script}</script>\n</body>\n</html>\n");

    /// <summary>The inside of an element of the class viewport: the picture, and what works it.</summary>
    /// <param name="text">Where it goes.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="view">What the picture is called, where a page has several.</param>
    public static void WriteView(TextWriter text, DagPicture picture, string? view = null)
    {
        SvgWriter.WriteInline(picture, text, view);
        text.Write("<div class=\"tools\"><input type=\"search\" placeholder=\"Find a node\" aria-label=\"Find a node\">");
        text.Write("<button type=\"button\" data-zoom=\"out\" title=\"Zoom out\">−</button>");
        text.Write("<button type=\"button\" data-zoom=\"in\" title=\"Zoom in\">+</button>");
        text.Write("<button type=\"button\" data-zoom=\"fit\" title=\"Show all\">Fit</button></div>\n");
        text.Write("<div class=\"info\" aria-live=\"polite\" hidden></div>\n");
    }

    /// <summary>
    /// The columns that a page's script draws from, in an element that does nothing by itself: browsers run no script of a type that they
    /// do not know.
    /// </summary>
    /// <param name="text">Where they go.</param>
    /// <param name="facts">What is to be known besides, by name.</param>
    /// <param name="columns">The columns.</param>
    public static void WriteData(TextWriter text, IEnumerable<(string Name, string Value)> facts, ColumnFile columns)
    {
        text.Write("<script id=\"columns\" type=\"text/plain\"");
        foreach (var (name, value) in facts)
        {
            text.Write($" data-{name}=\"{MarkupText.Escape(value)}\"");
        }

        text.Write(">");
        columns.WriteTo(text);
        text.Write("</script>\n");
    }

    /// <summary>The style of what <see cref="WriteView"/> writes.</summary>
    public static string ViewStyle() => Asset.Read("palette.css") + Asset.Read("picture.css") + Asset.Read("view.css");
}
