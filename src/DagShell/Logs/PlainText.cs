using System.Text;
using System.Text.RegularExpressions;

namespace DagShell.Logs;

/// <summary>Makes plain lines of what was meant for a terminal.</summary>
internal static partial class PlainText
{
    /// <summary>
    /// The lines of a text, without colours and other control characters, and without blank ones at the end. Of a line that was written
    /// over, as a progress bar is, the last state.
    /// </summary>
    public static IEnumerable<string> LinesOf(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0000', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return [text];
        }

        string[] lines = text.TrimEnd().Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = Plain(lines[i].TrimEnd('\r'));
        }

        return lines;
    }

    private static string Plain(string line)
    {
        line = Sequence().Replace(line, string.Empty);
        int over = line.LastIndexOf('\r');
        StringBuilder plain = new();
        foreach (char c in line.AsSpan(over + 1))
        {
            plain.Append(char.IsControl(c) && c != '\t' ? ' ' : c);
        }

        return plain.ToString();
    }

    /// <summary>Control sequences of a terminal: colours and cursor, titles and links, and those of two characters.</summary>
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[@-Z\\-_]")]
    private static partial Regex Sequence();
}
