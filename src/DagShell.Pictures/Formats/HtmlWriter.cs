using DagShell.Pictures.Assets;
using DagShell.Pictures.Folding;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Formats;

/// <summary>Writes a picture as a page that pans, zooms, and follows a node's upstream and downstream.</summary>
internal static class HtmlWriter
{
    /// <summary>Writes the page.</summary>
    public static void Write(DagPicture picture, TextWriter text)
    {
        string script = Asset.ReadAll("dag.js", "view.js");
        HtmlParts.WriteStart(text, picture.Title, HtmlParts.ViewStyle() + Asset.Read("page.css"), script);
        text.Write($"<header><h1>{MarkupText.Escape(picture.Title)}</h1><p>{MarkupText.Escape(Summary(picture))}</p>");
        if (!string.IsNullOrWhiteSpace(picture.Description))
        {
            text.Write($"<p class=\"description\">{MarkupText.Escape(picture.Description)}</p>");
        }

        text.Write("</header>\n<main class=\"viewport\">\n");
        HtmlParts.WriteView(
            text, GraphFolding.IsSmall(picture) ? picture : FoldedPicture.Of(picture, GraphFolding.Fold(picture, _ => true, _ => false)));
        text.Write("</main>\n");
        HtmlParts.WriteEnd(text, script);
    }

    private static string Summary(DagPicture picture)
    {
        string size = picture.Nodes.Count == 1 ? "1 node" : $"{picture.Nodes.Count} nodes";
        if (picture.Status is not { } status)
        {
            return $"{size}, {picture.Nodes.Max(node => node.Level) + 1} levels";
        }

        var counts = StateText.Counts(picture.Nodes.Select(node => node.State ?? default));
        return $"run {status.ToString().ToLowerInvariant()} · {size}: "
            + string.Join(", ", counts.Select(count => $"{count.Count} {StateText.Word(count.State)}"));
    }
}
