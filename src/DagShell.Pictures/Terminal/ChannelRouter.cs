namespace DagShell.Pictures.Terminal;

/// <summary>
/// Leads lines through the rows between two layers of boxes. A line joins all its boxes above to all its boxes below; no two
/// lines ever run in one place, they only cross.
/// </summary>
/// <remarks>
/// Channel routing as on circuit boards: each line gets one row for its part across. A line that leaves a box right above the
/// place where another one ends must have its row above that of the other.
/// </remarks>
internal sealed class ChannelRouter
{
    private readonly IReadOnlyList<ChannelLine> _lines;

    private ChannelRouter(IReadOnlyList<ChannelLine> lines) => _lines = lines;

    /// <summary>Gives each line its row.</summary>
    /// <param name="lines">The lines; their columns above and below are known.</param>
    /// <returns>How many rows it takes; null if there is no way, because lines get round each other in a ring.</returns>
    public static int? Route(IReadOnlyList<ChannelLine> lines) => new ChannelRouter(lines).Route();

    private int? Route()
    {
        int[] open = new int[_lines.Count];
        List<int>[] after = FindOrder(open);
        List<int> left = [.. Enumerable.Range(0, _lines.Count).Where(line => !_lines[line].IsStraight)];
        int rows = 0;
        while (left.Count > 0)
        {
            List<int> placed = FillRow(left, open);
            if (placed.Count == 0)
            {
                return null;
            }

            foreach (int line in placed)
            {
                _lines[line].Row = rows;
                left.Remove(line);
                foreach (int next in after[line])
                {
                    open[next]--;
                }
            }

            rows++;
        }

        return Math.Max(1, rows);
    }

    /// <summary>For each line those that must lie below it, and for each how many must lie above it.</summary>
    private List<int>[] FindOrder(int[] open)
    {
        var endingAt = new Dictionary<int, int>();
        for (int line = 0; line < _lines.Count; line++)
        {
            foreach (int column in _lines[line].Below)
            {
                endingAt[column] = line;
            }
        }

        var after = new List<int>[_lines.Count];
        for (int line = 0; line < _lines.Count; line++)
        {
            after[line] = [];
            foreach (int column in _lines[line].Above)
            {
                if (endingAt.TryGetValue(column, out int other) && other != line && !_lines[other].IsStraight)
                {
                    after[line].Add(other);
                    open[other]++;
                }
            }
        }

        return after;
    }

    /// <summary>The lines, from left to right, that go into the next row: as many as have room side by side.</summary>
    private List<int> FillRow(List<int> left, int[] open)
    {
        List<int> placed = [];
        int end = int.MinValue;
        foreach (int line in left.Where(line => open[line] == 0).OrderBy(line => _lines[line].First).ThenBy(line => _lines[line].Last))
        {
            if (_lines[line].First > end)
            {
                placed.Add(line);
                end = _lines[line].Last + 1;
            }
        }

        return placed;
    }
}
