using System.Globalization;
using System.Text;

namespace DagShell.Pictures.Texts;

/// <summary>Turns any text into text that means nothing but itself in XML and HTML, in attributes and between tags.</summary>
internal static class MarkupText
{
    /// <summary>Escapes a text. Characters that XML does not have, such as most control characters, become U+FFFD.</summary>
    public static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        StringBuilder escaped = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '"':
                    escaped.Append("&quot;");
                    break;
                case '\'':
                    escaped.Append("&#39;");
                    break;
                default:
                    escaped.Append(IsAllowed(rune.Value) ? rune.ToString() : "\uFFFD");
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>
    /// The text without characters that terminals, spreadsheets and other readers act upon: in place of each stands U+FFFD.
    /// </summary>
    public static string Clean(string text)
    {
        // Nearly all texts are plain.
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 || text.EnumerateRunes().All(rune => IsAllowed(rune.Value)))
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            clean.Append(IsAllowed(rune.Value) ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }

    /// <summary>A number as these formats write it, to a tenth.</summary>
    public static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    // What XML 1.0 calls Char. Bidirectional controls are among it, and could turn the text around them; they are not let through.
    private static bool IsAllowed(int value) =>
        value is '\t' or '\n' or '\r' or (>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0xFFFD) or >= 0x10000
        && value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069));
}
