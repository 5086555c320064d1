using System.Text;
using System.Text.RegularExpressions;

namespace DagShell.Engine.Graph;

/// <summary>
/// A pattern of names as PowerShell has them: <c>*</c>, <c>?</c>, <c>[a-c]</c>, and a backtick before what is to be plain.
/// </summary>
internal sealed class NamePattern
{
    private readonly Regex _expression;

    private NamePattern(Regex expression)
    {
        _expression = expression;
    }

    /// <summary>Reads a text as a pattern.</summary>
    /// <returns>Null if it has no wildcard, a bracket that is not closed, or a range that goes backwards.</returns>
    public static NamePattern? Parse(string text)
    {
        if (text.AsSpan().IndexOfAny('*', '?', '[') < 0)
        {
            return null;
        }

        StringBuilder expression = new("^");
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*':
                    expression.Append(".*");
                    break;
                case '?':
                    expression.Append('.');
                    break;
                case '[':
                    int end = EndOfSet(text, i);
                    if (end < 0)
                    {
                        return null;
                    }

                    AppendSet(expression, text[(i + 1)..end]);
                    i = end;
                    break;
                case '`' when i + 1 < text.Length:
                    expression.Append(Regex.Escape(text[++i].ToString()));
                    break;
                default:
                    expression.Append(Regex.Escape(text[i].ToString()));
                    break;
            }
        }

        // Without backtracking, so that no pattern takes long however many stars it has.
        try
        {
            return new NamePattern(new Regex(
                expression.Append("\\z").ToString(),
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking));
        }
        catch (ArgumentException)
        {
            // A range that goes backwards.
            return null;
        }
    }

    /// <summary>Whether a name fits.</summary>
    public bool Fits(string name) => _expression.IsMatch(name);

    /// <summary>Where the bracket is that closes a set; -1 if none does, or nothing is in it.</summary>
    private static int EndOfSet(string text, int start)
    {
        int end = start + 1;
        while (end < text.Length && text[end] != ']')
        {
            end += text[end] == '`' ? 2 : 1;
        }

        return end < text.Length && end > start + 1 ? end : -1;
    }

    private static void AppendSet(StringBuilder expression, string set)
    {
        expression.Append('[');
        for (int i = 0; i < set.Length; i++)
        {
            bool isPlain = set[i] == '`' && i + 1 < set.Length;
            char letter = isPlain ? set[++i] : set[i];
            if (!isPlain && letter == '-' && i > 0 && i + 1 < set.Length)
            {
                expression.Append('-');
            }
            else
            {
                expression.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}");
            }
        }

        expression.Append(']');
    }
}
