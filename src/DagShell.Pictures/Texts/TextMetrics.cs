using System.Text;

namespace DagShell.Pictures.Texts;

/// <summary>
/// Guesses how wide a text is in a usual sans-serif font. No font can be asked where the picture is made, and none is known
/// that it will be shown in; the guess is on the wide side.
/// </summary>
internal static class TextMetrics
{
    private const string Narrow = "iljI|!.,:;'`()[]{}tfr/\\ ";
    private const string Wide = "mwMW@%";

    /// <summary>The width of a text in a font of a size.</summary>
    public static double Width(string text, double fontSize)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
        }

        return width * fontSize;
    }

    /// <summary>
    /// A text that is no wider than it may be: cut, with an ellipsis, if it must. The cut is in the middle, because names of a
    /// kind differ at their ends.
    /// </summary>
    public static string Cut(string text, double fontSize, double maxWidth)
    {
        if (Width(text, fontSize) <= maxWidth)
        {
            return text;
        }

        string[] elements = [.. CellText.Elements(text)];
        int head = 0;
        int tail = elements.Length;
        double left = maxWidth - (WidthOf(new Rune('…')) * fontSize);
        for (bool atHead = true; head < tail; atHead = !atHead)
        {
            left -= Width(elements[atHead ? head : tail - 1], fontSize);
            if (left < 0)
            {
                break;
            }

            (head, tail) = atHead ? (head + 1, tail) : (head, tail - 1);
        }

        return string.Concat(elements[..head]).TrimEnd() + "…" + string.Concat(elements[tail..]).TrimStart();
    }

    private static double WidthOf(Rune rune) => rune.Value switch
    {
        < 0x80 when Narrow.Contains((char)rune.Value, StringComparison.Ordinal) => 0.36,
        < 0x80 when Wide.Contains((char)rune.Value, StringComparison.Ordinal) => 0.92,
        >= 'A' and <= 'Z' => 0.69,
        >= 0x1100 and not (>= 0x2000 and <= 0x2BFF) => 1.05,
        _ => 0.58,
    };
}
