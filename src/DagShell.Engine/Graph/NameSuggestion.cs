namespace DagShell.Engine.Graph;

/// <summary>Finds the name that was probably meant.</summary>
public static class NameSuggestion
{
    // More than this is no slip of the finger, however long the name; and it would make long names slow to compare.
    private const int MostEver = 6;

    /// <summary>Finds the candidate nearest to a name, if there is one near enough.</summary>
    /// <param name="name">The name that is not there.</param>
    /// <param name="candidates">The names that are.</param>
    /// <returns>
    /// The candidate with the least distance; of several the first; <see langword="null"/> if none is near. The distance
    /// is the number of letters left out, put in, replaced, or exchanged with the next one; case makes no difference. A
    /// third of the name's letters may be wrong, but no more than six; in a very short name one, but not its only one.
    /// </returns>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);

        int limit = Math.Min(Math.Clamp(name.Length / 3, 1, MostEver), name.Length - 1);
        string? nearest = null;
        Measure measure = new(name, limit);
        foreach (string candidate in candidates)
        {
            if (limit < 0)
            {
                break;
            }

            int distance = measure.Distance(candidate, limit);
            if (distance <= limit)
            {
                nearest = candidate;
                limit = distance - 1; // from here on only a nearer one counts
            }
        }

        return nearest;
    }

    /// <summary>
    /// Measures the distance of one name to many others (optimal string alignment). Holds the rows of the table, so
    /// that a candidate costs no allocation.
    /// </summary>
    private sealed class Measure
    {
        private readonly char[] _name;
        private readonly char[] _other;
        private int[] _row;
        private int[] _rowBefore;
        private int[] _rowBeforeThat;

        public Measure(string name, int limit)
        {
            int longest = name.Length + Math.Max(0, limit);
            _name = new char[name.Length];
            name.AsSpan().ToUpperInvariant(_name);
            _other = new char[longest];
            _row = new int[longest + 1];
            _rowBefore = new int[longest + 1];
            _rowBeforeThat = new int[longest + 1];
        }

        /// <summary>The distance to another name, or any number above the limit if it is more than that.</summary>
        public int Distance(string candidate, int limit)
        {
            int tooFar = limit + 1;
            if (Math.Abs(candidate.Length - _name.Length) > limit)
            {
                return tooFar;
            }

            candidate.AsSpan().ToUpperInvariant(_other);
            ReadOnlySpan<char> one = _name;
            ReadOnlySpan<char> other = _other.AsSpan(0, candidate.Length);

            // What is the same at both ends does not count, and is most of a name that is near.
            int same = one.CommonPrefixLength(other);
            one = one[same..];
            other = other[same..];
            while (!one.IsEmpty && !other.IsEmpty && one[^1] == other[^1])
            {
                one = one[..^1];
                other = other[..^1];
            }

            if (one.IsEmpty || other.IsEmpty)
            {
                return one.Length + other.Length;
            }

            return FillTable(one, other, limit);
        }

        // Row by row, and of each row only the cells that are not more than the limit away from the diagonal.
        private int FillTable(ReadOnlySpan<char> one, ReadOnlySpan<char> other, int limit)
        {
            int tooFar = limit + 1;
            for (int j = 0; j <= other.Length; j++)
            {
                _row[j] = j <= limit ? j : tooFar;
            }

            for (int i = 1; i <= one.Length; i++)
            {
                (_row, _rowBefore, _rowBeforeThat) = (_rowBeforeThat, _row, _rowBefore);
                int from = Math.Max(1, i - limit);
                int to = Math.Min(other.Length, i + limit);
                _row[from - 1] = from == 1 ? Math.Min(i, tooFar) : tooFar;
                int least = _row[from - 1];
                for (int j = from; j <= to; j++)
                {
                    int distance = _rowBefore[j - 1];
                    if (one[i - 1] != other[j - 1])
                    {
                        distance = Math.Min(distance, Math.Min(_rowBefore[j], _row[j - 1])) + 1;
                        if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                        {
                            distance = Math.Min(distance, _rowBeforeThat[j - 2] + 1);
                        }
                    }

                    _row[j] = distance;
                    least = Math.Min(least, distance);
                }

                if (to < other.Length)
                {
                    _row[to + 1] = tooFar;
                }

                if (least > limit)
                {
                    return tooFar;
                }
            }

            return _row[other.Length];
        }
    }
}
