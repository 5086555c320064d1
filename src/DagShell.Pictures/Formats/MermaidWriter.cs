using System.Globalization;
using System.Text;
using DagShell.Pictures.Layout;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Formats;

/// <summary>Writes a picture as a Mermaid flow chart, as GitHub, GitLab and many editors draw them.</summary>
internal static class MermaidWriter
{
    private const string Harmless = " -_.,:/()+=";

    private static readonly (NodeState State, string Style)[] Styles =
    [
        (NodeState.Succeeded, "fill:#dafbe1,stroke:#1a7f37,color:#1f2328"),
        (NodeState.Failed, "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:2px"),
        (NodeState.Skipped, "fill:#eff2f5,stroke:#818b98,color:#59636e,stroke-dasharray:5 3"),
        (NodeState.Cancelled, "fill:#fff1e5,stroke:#bc4c00,color:#1f2328,stroke-dasharray:2 3"),
        (NodeState.Running, "fill:#ddf4ff,stroke:#0969da,color:#1f2328,stroke-width:2px"),
        (NodeState.Waiting, "fill:#fff8c5,stroke:#9a6700,color:#1f2328"),
    ];

    /// <summary>Writes the chart.</summary>
    public static void Write(DagPicture picture, TextWriter text)
    {
        if (picture.Name is { } name)
        {
            // A string of YAML, in which Mermaid's own codes would stay as they are.
            text.Write($"---\ntitle: \"{Escape(name, code => code <= 0xFFFF ? $"\\u{code:X4}" : $"\\U{code:X8}")}\"\n---\n");
        }

        text.Write(SvgWriter.DirectionOf(picture) == LayoutDirection.Down ? "flowchart TD\n" : "flowchart LR\n");
        NestedBoxes.Write(
            picture,
            (node, depth) => text.Write(string.Create(
                CultureInfo.InvariantCulture, $"{Indent(depth)}n{node}[\"{Label(picture.Nodes[node])}\"]\n")),
            (dag, depth) => text.Write(string.Create(
                CultureInfo.InvariantCulture, $"{Indent(depth)}subgraph d{dag}[\"{Escape(picture.Nodes[dag].Name, CodeOf)}\"]\n")),
            depth => text.Write($"{Indent(depth)}end\n"));

        foreach (PictureEdge edge in picture.Edges)
        {
            string arrow = picture.IsCritical(edge) ? "==>" : picture.IsToFallback(edge) ? "-. fallback .->"
                : picture.IsToCleanUp(edge) ? "-. clean-up .->" : "-->";
            text.Write(string.Create(CultureInfo.InvariantCulture, $"    n{edge.From} {arrow} n{edge.To}\n"));
        }

        foreach (var (state, style) in Styles)
        {
            List<int> nodes = [.. Enumerable.Range(0, picture.Nodes.Count).Where(node => picture.Nodes[node].State == state)];
            if (nodes.Count > 0)
            {
                text.Write($"    classDef {StateText.Word(state)} {style}\n");
                text.Write($"    class {string.Join(',', nodes.Select(node => $"n{node}"))} {StateText.Word(state)}\n");
            }
        }
    }

    private static string Label(PictureNode node)
    {
        string label = node.State is { } state ? $"{StateText.Sign(state)} {node.Name}" : node.Name;
        return Escape(label, CodeOf);
    }

    private static string CodeOf(int code) => string.Create(CultureInfo.InvariantCulture, $"#{code};");

    private static string Indent(int depth) => new(' ', 4 + (2 * depth));

    /// <summary>
    /// Writes everything but letters, digits and harmless signs as its number. Quotes end a label, '#', '&amp;' and '&lt;' begin
    /// something, '`' makes Markdown of it, and '%%{' is an instruction to Mermaid wherever it stands.
    /// </summary>
    private static string Escape(string text, Func<int, string> codeOf)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isPlain = Rune.IsLetterOrDigit(rune)
                || (rune.IsAscii && Harmless.Contains((char)rune.Value, StringComparison.Ordinal))
                || (!rune.IsAscii && Rune.IsSymbol(rune))
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            escaped.Append(isPlain ? rune.ToString() : codeOf(rune.Value));
        }

        return escaped.ToString();
    }
}
