using System.Text.RegularExpressions;

namespace DagShell.Tests.Pictures;

/// <summary>Reads a console drawing as a person does: from the foot of each box along the lines to the arrows.</summary>
internal sealed partial class ConsoleTracer
{
    private const string Feet = "┬┯╤";
    private const string Downwards = "│┐┌├┤┬┼";
    private const string Leftwards = "─┐┘┤┬┴┼";
    private const string Rightwards = "─┌└├┬┴┼";

    private readonly string[] _lines;
    private readonly Dictionary<(int Row, int Column), string> _boxAt = [];

    private ConsoleTracer(string[] lines)
    {
        _lines = lines;
        for (int row = 1; row + 1 < lines.Length; row++)
        {
            foreach (Match match in NameInBox().Matches(lines[row]))
            {
                for (int column = match.Index; column < match.Index + match.Length; column++)
                {
                    _boxAt[(row - 1, column)] = match.Groups[1].Value;
                    _boxAt[(row + 1, column)] = match.Groups[1].Value;
                }
            }
        }
    }

    /// <summary>The edges that a drawing shows.</summary>
    public static HashSet<(string From, string To)> Edges(IEnumerable<string> drawing) => new ConsoleTracer([.. drawing]).Edges();

    private HashSet<(string From, string To)> Edges()
    {
        HashSet<(string From, string To)> edges = [];
        for (int row = 0; row < _lines.Length; row++)
        {
            for (int column = 0; column < _lines[row].Length; column++)
            {
                if (Feet.Contains(At(row, column)) && _boxAt.TryGetValue((row, column), out string? from) && At(row - 1, column) != '│')
                {
                    edges.UnionWith(Follow(row + 1, column).Select(to => (from, to)));
                }
            }
        }

        return edges;
    }

    private char At(int row, int column) => row >= 0 && row < _lines.Length && column >= 0 && column < _lines[row].Length
        ? _lines[row][column]
        : ' ';

    /// <summary>Where one gets from a cell that is entered from above: down and aside, but never up again.</summary>
    private HashSet<string> Follow(int startRow, int startColumn)
    {
        HashSet<string> reached = [];
        HashSet<(int Row, int Column, int Aside)> seen = [];
        Stack<(int Row, int Column, int Aside)> open = new([(startRow, startColumn, 0)]);
        while (open.TryPop(out var place))
        {
            if (!seen.Add(place))
            {
                continue;
            }

            var (row, column, aside) = place;
            char cell = At(row, column);
            if (cell == '▼')
            {
                reached.Add(_boxAt[(row, column)]);
            }
            else if (cell == '│')
            {
                // Aside it is another line, which is passed under.
                open.Push(aside == 0 ? (row + 1, column, 0) : (row, column + aside, aside));
            }
            else
            {
                if (Downwards.Contains(cell))
                {
                    open.Push((row + 1, column, 0));
                }

                if (Leftwards.Contains(cell) && aside != 1)
                {
                    open.Push((row, column - 1, -1));
                }

                if (Rightwards.Contains(cell) && aside != -1)
                {
                    open.Push((row, column + 1, 1));
                }
            }
        }

        return reached;
    }

    [GeneratedRegex("[│┃] *(?:[✓✗»] )?(n[0-9]{3}) *[│┃]")]
    private static partial Regex NameInBox();
}
