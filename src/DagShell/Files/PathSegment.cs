using System.Management.Automation;

namespace DagShell.Files;

/// <summary>The name of a file or folder in a path, or a pattern of such names: two may have a name in common.</summary>
internal sealed class PathSegment
{
    private static readonly bool IgnoresCase = !OperatingSystem.IsLinux();

    /// <summary>What it is made of, one after the other: characters, sets of them, and gaps.</summary>
    private readonly IReadOnlyList<Token> _tokens;

    private PathSegment(IReadOnlyList<Token> tokens) => _tokens = tokens;

    /// <summary>A name.</summary>
    public static PathSegment Literal(string name) => new([.. name.Select(letter => new Token(letter, null, IsGap: false))]);

    /// <summary>A pattern, as <see cref="WildcardPattern"/> reads it.</summary>
    public static PathSegment Pattern(string text)
    {
        List<Token> tokens = [];
        for (int i = 0; i < text.Length; i++)
        {
            // The first in a set stands for itself: []a].
            int end = text[i] == '[' && i + 2 < text.Length ? text.IndexOf(']', i + 2) : -1;
            switch (text[i])
            {
                case '*':
                    tokens.Add(new Token(default, null, IsGap: true));
                    break;
                case '?':
                    tokens.Add(new Token(default, WildcardPattern.Get("?", WildcardOptions.None), IsGap: false));
                    break;
                case '[' when end > i:
                    tokens.Add(new Token(
                        default, WildcardPattern.Get(text[i..(end + 1)], IgnoresCase ? WildcardOptions.IgnoreCase : WildcardOptions.None),
                        IsGap: false));
                    i = end;
                    break;
                case '`' when i + 1 < text.Length:
                    tokens.Add(new Token(text[++i], null, IsGap: false));
                    break;
                default:
                    tokens.Add(new Token(text[i], null, IsGap: false));
                    break;
            }
        }

        return new PathSegment(tokens);
    }

    /// <summary>Whether there may be a name that both mean. Of two sets of characters it is taken that they have one in common.</summary>
    public bool Meets(PathSegment other)
    {
        // Which places of the other can be reached with what is before each place of this one.
        var reached = new bool[_tokens.Count + 1, other._tokens.Count + 1];
        reached[0, 0] = true;
        for (int i = 0; i <= _tokens.Count; i++)
        {
            for (int j = 0; j <= other._tokens.Count; j++)
            {
                if (!reached[i, j])
                {
                    continue;
                }

                Token? one = i < _tokens.Count ? _tokens[i] : null;
                Token? two = j < other._tokens.Count ? other._tokens[j] : null;
                if (one is not null && (one.IsGap || two is { IsGap: true } || (two is not null && one.Meets(two))))
                {
                    // A gap ends here, or takes in what comes next on the other side.
                    if (one.IsGap || two!.IsGap)
                    {
                        reached[i + 1, j] = true;
                    }
                    else
                    {
                        reached[i + 1, j + 1] = true;
                    }
                }

                if (two is not null && (two.IsGap || one is { IsGap: true }))
                {
                    reached[i, j + 1] = true;
                }
            }
        }

        return reached[_tokens.Count, other._tokens.Count];
    }

    private sealed record Token(char Letter, WildcardPattern? Set, bool IsGap)
    {
        public bool Meets(Token other) =>
            (Set, other.Set) switch
            {
                (null, null) => IgnoresCase
                    ? char.ToUpperInvariant(Letter) == char.ToUpperInvariant(other.Letter)
                    : Letter == other.Letter,
                ({ } set, null) => set.IsMatch(other.Letter.ToString()),
                (null, { } set) => set.IsMatch(Letter.ToString()),
                _ => true,
            };
    }
}
