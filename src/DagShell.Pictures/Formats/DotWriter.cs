using System.Globalization;
using DagShell.Pictures.Layout;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Formats;

/// <summary>Writes a picture in the language of Graphviz.</summary>
internal static class DotWriter
{
    /// <summary>Writes the graph.</summary>
    public static void Write(DagPicture picture, TextWriter text)
    {
        text.Write($"digraph {Quote(picture.Title)} {{\n");
        text.Write(SvgWriter.DirectionOf(picture) == LayoutDirection.Down ? "  rankdir=TB;\n" : "  rankdir=LR;\n");
        text.Write("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#818b98\", ");
        text.Write("fontname=\"Helvetica,Arial,sans-serif\", fontsize=12];\n");
        text.Write("  edge [color=\"#8c959f\", arrowsize=0.7];\n");
        NestedBoxes.Write(
            picture,
            (node, depth) => text.Write(string.Create(
                CultureInfo.InvariantCulture, $"{Indent(depth)}n{node} [{string.Join(", ", Attributes(picture.Nodes[node]))}];\n")),
            (dag, depth) => text.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{Indent(depth)}subgraph cluster_{dag} {{ label={Quote(picture.Nodes[dag].Name)}; color=\"#818b98\"; style=rounded;\n")),
            depth => text.Write($"{Indent(depth)}}}\n"));

        foreach (PictureEdge edge in picture.Edges)
        {
            string critical = picture.IsCritical(edge) ? " [color=\"#8250df\", penwidth=2]"
                : picture.IsToFallback(edge) ? " [style=dashed]"
                : picture.IsToCleanUp(edge) ? " [style=dotted]" : string.Empty;
            text.Write(string.Create(CultureInfo.InvariantCulture, $"  n{edge.From} -> n{edge.To}{critical};\n"));
        }

        text.Write("}\n");
    }

    private static string Indent(int depth) => new(' ', 2 + (2 * depth));

    private static IEnumerable<string> Attributes(PictureNode node)
    {
        yield return $"label={Quote(node.State is { } state ? $"{StateText.Sign(state)} {node.Name}" : node.Name)}";
        yield return $"tooltip={Quote(string.Join('\n', NodeFacts.Lines(node)))}";
        (string Fill, string Line)? colors = node.State switch
        {
            NodeState.Succeeded => ("#dafbe1", "#1a7f37"),
            NodeState.Failed => ("#ffebe9", "#cf222e"),
            NodeState.Skipped => ("#eff2f5", "#818b98"),
            NodeState.Cancelled => ("#fff1e5", "#bc4c00"),
            NodeState.Running => ("#ddf4ff", "#0969da"),
            NodeState.Waiting => ("#fff8c5", "#9a6700"),
            _ => null,
        };
        if (colors is { } of)
        {
            yield return $"fillcolor=\"{of.Fill}\", color=\"{of.Line}\"";
        }

        if (node.IsCritical)
        {
            yield return "penwidth=3";
        }
    }

    /// <summary>A quoted string. Graphviz reads escapes and HTML entities in labels, so neither must come from a name.</summary>
    private static string Quote(string value) =>
        "\"" + MarkupText.Clean(value)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .ReplaceLineEndings("\\n") + "\"";
}
