using System.Globalization;
using System.Text;

namespace DagShell.Pictures.Texts;

/// <summary>Measures and cuts text in the columns of a console, where some characters take two and some none.</summary>
public static class CellText
{
    /// <summary>The parts of a text that a reader takes for one character each.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The parts, in order.</returns>
    public static IEnumerable<string> Elements(string text)
    {
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    /// <summary>How many columns a text takes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The number of columns.</returns>
    public static int Width(string text) => Elements(text).Sum(ElementWidth);

    /// <summary>How many columns one character takes: 0, 1 or 2.</summary>
    /// <param name="element">A part, as <see cref="Elements"/> gives it.</param>
    /// <returns>0, 1 or 2.</returns>
    public static int ElementWidth(string element)
    {
        Rune rune = Rune.GetRuneAt(element, 0);
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
        {
            return 0;
        }

        return IsWide(rune.Value) || element.Contains('\uFE0F', StringComparison.Ordinal) ? 2 : 1;
    }

    /// <summary>
    /// A text of no more columns than it may have: cut, with an ellipsis, if it must. The cut is in the middle, because names
    /// of a kind differ at their ends.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxWidth">How many columns it may have.</param>
    /// <returns>The text, or what of it fits.</returns>
    public static string Cut(string text, int maxWidth)
    {
        if (Width(text) <= maxWidth)
        {
            return text;
        }

        string[] elements = [.. Elements(text)];
        int head = 0;
        int tail = elements.Length;
        int left = Math.Max(0, maxWidth - 1);
        for (bool atHead = true; head < tail; atHead = !atHead)
        {
            int width = ElementWidth(elements[atHead ? head : tail - 1]);
            if (width > left)
            {
                break;
            }

            left -= width;
            (head, tail) = atHead ? (head + 1, tail) : (head, tail - 1);
        }

        return string.Concat(elements[..head]).TrimEnd() + "…" + string.Concat(elements[tail..]).TrimStart();
    }

    // East Asian Width W and F, and emoji.
    private static bool IsWide(int value) => value
        is (>= 0x1100 and <= 0x115F)
        or (>= 0x2E80 and <= 0xA4CF and not 0x303F)
        or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x1F300 and <= 0x1F64F)
        or (>= 0x1F680 and <= 0x1F6FF)
        or (>= 0x1F900 and <= 0x1FAFF)
        or (>= 0x20000 and <= 0x3FFFD);
}
