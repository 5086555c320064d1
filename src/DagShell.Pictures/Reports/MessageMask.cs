using System.Text;
using DagShell.Engine.Graph;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Tells whether two messages say the same of different nodes: what differs from one to the next, digits and names of nodes, is taken out.
/// </summary>
internal static class MessageMask
{
    /// <summary>Hexadecimal letters and digits that are no word: so long, and with a digit among them.</summary>
    private const int ShortestHash = 8;

    /// <summary>What is left of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="node">The name of the node that failed with it.</param>
    /// <param name="graph">The graph, whose other nodes may be named in it, in quotes.</param>
    public static string Of(string message, string node, DagGraph graph)
    {
        string text = node.Any(letter => !char.IsDigit(letter)) ? message.Replace(node, "…", StringComparison.OrdinalIgnoreCase) : message;
        StringBuilder masked = new(text.Length);
        for (int i = 0; i < text.Length;)
        {
            if (text[i] is '\'' or '"' && QuotedName(text, i, graph) is { } quoted)
            {
                masked.Append("'…'");
                i += quoted;
            }
            else if (HashAt(text, i) is > 0 and var hash)
            {
                masked.Append('#');
                i += hash;
            }
            else if (char.IsDigit(text[i]))
            {
                masked.Append('#');
                while (i < text.Length && char.IsDigit(text[i]))
                {
                    i++;
                }
            }
            else
            {
                masked.Append(text[i++]);
            }
        }

        return masked.ToString();
    }

    /// <summary>How long a node's name in quotes is, the quotes included; null if there is none.</summary>
    private static int? QuotedName(string text, int start, DagGraph graph)
    {
        int end = text.IndexOf(text[start], start + 1);
        return end > start + 1 && graph.TryGetIndex(text[(start + 1)..end], out _) ? end + 1 - start : null;
    }

    /// <summary>How long an id is that begins here: a GUID or a hash; 0 if none does.</summary>
    private static int HashAt(string text, int start)
    {
        if (start > 0 && char.IsLetterOrDigit(text[start - 1]))
        {
            return 0;
        }

        int end = start;
        int digits = 0;
        while (end < text.Length && (char.IsAsciiHexDigit(text[end]) || (text[end] == '-' && end > start)))
        {
            digits += char.IsAsciiDigit(text[end]) ? 1 : 0;
            end++;
        }

        bool isWhole = end == text.Length || !char.IsLetterOrDigit(text[end]);
        return isWhole && digits > 0 && end - start >= ShortestHash ? end - start : 0;
    }
}
