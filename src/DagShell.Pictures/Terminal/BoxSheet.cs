using DagShell.Pictures.Layout;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Terminal;

/// <summary>Lays boxes out on a sheet of console columns and draws them with the lines between them.</summary>
internal sealed class BoxSheet
{
    /// <summary>The narrowest box: a border, a blank and a character of text on each side of its middle.</summary>
    private const int MinWidth = 7;

    /// <summary>The narrowest box of a name that is cut: ten columns still tell most names from others.</summary>
    private const int MinCutWidth = 14;

    /// <summary>A line that passes a layer takes one column, and one on each side for the case that it must step aside.</summary>
    private const int BendWidth = 3;

    private const int MaxBends = 4_000;

    /// <summary>More rows than this between two layers are a tangle that nobody follows.</summary>
    private const int MaxRows = 14;

    private readonly IReadOnlyList<Box> _boxes;
    private readonly int _width;
    private readonly ProperLayers _graph;
    private readonly int[][] _layers;
    private readonly int[] _column;

    /// <summary>The lines between each layer and the next.</summary>
    private readonly List<ChannelLine>[] _lines;

    private readonly int[] _rows;

    /// <summary>Columns between two boxes: two, or one where they are short.</summary>
    private readonly int _gap;

    private BoxSheet(IReadOnlyList<Box> boxes, IReadOnlyList<PictureEdge> edges, int width)
    {
        _boxes = boxes;
        _width = width;
        _graph = new ProperLayers([.. boxes.Select(box => box.Layer)], edges, MaxBends);
        _layers = CrossingReduction.Order(_graph);
        _column = new int[_graph.VertexCount];
        _rows = new int[_layers.Length];
        _lines = Array.ConvertAll(_layers, layer => LineBundles.Of(_graph, layer));
        _gap = 2;
        _gap = Enumerable.Range(0, _layers.Length).All(layer => WantedWidth(layer) <= width) ? 2 : 1;
    }

    /// <summary>Draws boxes, if they fit.</summary>
    /// <param name="boxes">The boxes.</param>
    /// <param name="edges">The edges between them.</param>
    /// <param name="width">How many columns there are.</param>
    /// <param name="crowded">The layers that there is no room for, if they do not fit.</param>
    /// <returns>The drawing; null if they do not fit.</returns>
    public static CharacterGrid? TryDraw(
        IReadOnlyList<Box> boxes, IReadOnlyList<PictureEdge> edges, int width, out IReadOnlyList<int> crowded)
    {
        BoxSheet sheet = new(boxes, edges, width);
        crowded = [.. Enumerable.Range(0, sheet._layers.Length).Where(layer => !sheet.TrySize(layer))];
        if (crowded.Count > 0)
        {
            return null;
        }

        sheet.Place();
        crowded = sheet.RouteLines();
        return crowded.Count > 0 ? null : sheet.Draw();
    }

    /// <summary>How wide a box must be for the lines that enter and leave it each to have its own place.</summary>
    private int WidthForLines(int vertex)
    {
        int layer = _graph.LayerOf(vertex);
        int entering = layer == 0 ? 0 : _lines[layer - 1].Count(line => line.Lower.Contains(vertex));
        int leaving = _lines[layer].Count(line => line.Upper.Contains(vertex));
        return Math.Max(MinWidth, (2 * Math.Max(entering, leaving)) + 3);
    }

    /// <summary>How many columns a layer takes with no name cut.</summary>
    private int WantedWidth(int layer) =>
        _layers[layer].Sum(vertex => _gap + (_graph.IsBend(vertex) ? BendWidth : WantedWidthOf(vertex))) - _gap;

    /// <summary>How many columns a box takes with its name whole.</summary>
    private int WantedWidthOf(int vertex) => Math.Max(WidthForLines(vertex), _boxes[vertex].TextWidth + 4);

    /// <summary>Sets the width of every box of a layer, cutting names where it is short of columns.</summary>
    /// <returns><see langword="false"/> if boxes would get too narrow.</returns>
    private bool TrySize(int layer)
    {
        List<int> open = [.. _layers[layer].Where(vertex => !_graph.IsBend(vertex)).OrderBy(vertex => _boxes[vertex].TextWidth)];
        int left = _width - ((_layers[layer].Length - open.Count) * BendWidth) - (_gap * (_layers[layer].Length - 1));

        // Boxes that need less than an equal share get what they need, and leave more for the others.
        for (int i = 0; i < open.Count; i++)
        {
            Box box = _boxes[open[i]];
            int least = WidthForLines(open[i]);
            int wanted = WantedWidthOf(open[i]);
            int share = left / (open.Count - i);
            if (share < Math.Max(least, box.IsFolded ? wanted : Math.Min(wanted, MinCutWidth)))
            {
                return false;
            }

            box.Width = Math.Min(wanted, share);
            left -= box.Width;
        }

        return left >= 0;
    }

    private int WidthOf(int vertex) => _graph.IsBend(vertex) ? BendWidth : _boxes[vertex].Width;

    /// <summary>Columns from the left side of a vertex to its middle, and from there to its right side.</summary>
    private (int Left, int Right) SidesOf(int vertex) => (WidthOf(vertex) / 2, WidthOf(vertex) - 1 - (WidthOf(vertex) / 2));

    private int Distance(int left, int right) => SidesOf(left).Right + 1 + _gap + SidesOf(right).Left;

    private void Place()
    {
        double[] middle = CoordinateAssignment.Place(
            _graph,
            _layers,
            (left, right) => Distance(left, right),
            layer => (SidesOf(_layers[layer][0]).Left, _width - 1 - SidesOf(_layers[layer][^1]).Right));
        double first = _layers.Min(layer => middle[layer[0]] - SidesOf(layer[0]).Left);
        foreach (int[] layer in _layers)
        {
            for (int i = 0; i < layer.Length; i++)
            {
                int column = (int)Math.Round(middle[layer[i]] - first, MidpointRounding.AwayFromZero);
                _column[layer[i]] = i == 0
                    ? Math.Max(column, SidesOf(layer[i]).Left)
                    : Math.Max(column, _column[layer[i - 1]] + Distance(layer[i - 1], layer[i]));
            }

            // Rounding may have pushed the last ones out.
            int limit = _width - 1 - SidesOf(layer[^1]).Right;
            for (int i = layer.Length - 1; i >= 0; i--)
            {
                _column[layer[i]] = Math.Min(_column[layer[i]], limit);
                limit = i == 0 ? 0 : _column[layer[i]] - Distance(layer[i - 1], layer[i]);
            }
        }

        for (int vertex = 0; vertex < _boxes.Count; vertex++)
        {
            _boxes[vertex].Left = _column[vertex] - SidesOf(vertex).Left;
        }
    }

    /// <summary>Leads the lines from layer to layer, from the top on: where a line enters a bend is where it leaves it.</summary>
    /// <returns>Layers between which there is no room for the lines.</returns>
    private List<int> RouteLines()
    {
        List<int> crowded = [];
        for (int layer = 0; layer + 1 < _layers.Length; layer++)
        {
            foreach (int vertex in _layers[layer])
            {
                ChooseExits(vertex, [.. _lines[layer].Where(line => line.Upper.Contains(vertex))]);
            }

            HashSet<int> leaving = [.. _lines[layer].SelectMany(line => line.Above)];
            foreach (int vertex in _layers[layer + 1])
            {
                ChooseEntries(vertex, [.. _lines[layer].Where(line => line.Lower.Contains(vertex))], leaving);
            }

            if (ChannelRouter.Route(_lines[layer]) is { } rows and <= MaxRows)
            {
                _rows[layer] = rows;
            }
            else
            {
                crowded.Add(_layers[layer + 1].Length > _layers[layer].Length ? layer + 1 : layer);
            }
        }

        return crowded;
    }

    /// <summary>Chooses the columns in which lines leave a vertex, from left to right as they go.</summary>
    private void ChooseExits(int vertex, List<ChannelLine> lines)
    {
        lines.Sort((one, other) => one.Lower.Average(lower => _column[lower]).CompareTo(other.Lower.Average(lower => _column[lower])));
        for (int i = 0; i < lines.Count; i++)
        {
            int column = _column[vertex] + (((2 * i) - lines.Count + 1) * StepOf(vertex, lines.Count) / 2);
            lines[i].Above.Add(column);
        }
    }

    /// <summary>Chooses the columns in which lines enter a vertex, from left to right as they come.</summary>
    private void ChooseEntries(int vertex, List<ChannelLine> lines, HashSet<int> leaving)
    {
        if (lines.Count == 0)
        {
            return;
        }

        lines.Sort((one, other) => one.Above.Average().CompareTo(other.Above.Average()));
        (int lowest, int highest) = InsideOf(vertex);
        for (int i = 0; i < lines.Count; i++)
        {
            ChannelLine line = lines[i];
            int wish = line.Above is [var only] && only >= lowest && only <= highest
                ? only
                : _column[vertex] + (((2 * i) - lines.Count + 1) * StepOf(vertex, lines.Count) / 2);
            int from = i == 0 ? lowest : lines[i - 1].Below[^1] + 2;
            int to = highest - (2 * (lines.Count - 1 - i));
            wish = Math.Clamp(wish, Math.Min(from, to), to);
            line.Below.Add(Nearest(wish, from, to, column => line.Above.Contains(column) || !leaving.Contains(column)));
        }

        if (_graph.IsBend(vertex))
        {
            _column[vertex] = lines[0].Below[^1];
        }
    }

    /// <summary>The columns of a vertex that lines may enter and leave in.</summary>
    private (int Lowest, int Highest) InsideOf(int vertex)
    {
        (int left, int right) = SidesOf(vertex);
        int border = _graph.IsBend(vertex) ? 0 : 1;
        return (_column[vertex] - left + border, _column[vertex] + right - border);
    }

    /// <summary>How far apart several lines enter or leave a vertex: an even number, so that they lie evenly about its middle.</summary>
    private int StepOf(int vertex, int lines)
    {
        (int lowest, int highest) = InsideOf(vertex);
        return Math.Clamp((highest - lowest) / lines, 2, 6) / 2 * 2;
    }

    /// <summary>The column nearest to one that will do, or that one if none will.</summary>
    private static int Nearest(int wish, int from, int to, Func<int, bool> willDo)
    {
        for (int distance = 0; wish - distance >= from || wish + distance <= to; distance++)
        {
            if (wish - distance >= from && willDo(wish - distance))
            {
                return wish - distance;
            }

            if (wish + distance <= to && willDo(wish + distance))
            {
                return wish + distance;
            }
        }

        return wish;
    }

    private CharacterGrid Draw()
    {
        CharacterGrid grid = new(_width);
        List<(int Row, int Column)> arrows = [];
        int top = 0;
        int lineNumber = 0;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            int height = HeightOf(layer);
            foreach (int vertex in _layers[layer].Where(vertex => !_graph.IsBend(vertex)))
            {
                DrawBox(grid, _boxes[vertex], top);
            }

            foreach (int vertex in _layers[layer].Where(_graph.IsBend))
            {
                // It has the number of the line that goes on from it, so that they are one.
                int number = lineNumber + 1 + _lines[layer].FindIndex(line => line.Upper.Contains(vertex));
                grid.DrawDown(number, _column[vertex], top, top + height - 1);
            }

            foreach (ChannelLine line in _lines[layer])
            {
                DrawLine(grid, ++lineNumber, line, layer, top + height);
                int next = top + height + _rows[layer];
                arrows.AddRange(line.Lower.Where(vertex => !_graph.IsBend(vertex)).Select(vertex => (next, EntryOf(line, vertex))));
            }

            top += height + _rows[layer];
        }

        foreach (var (row, column) in arrows)
        {
            grid.Write(row, column, "▼", CellStyle.Grey);
        }

        return grid;
    }

    /// <summary>The first row under a box, which may be lower than others of its layer.</summary>
    private int BottomOf(int vertex, int layer, int top) => top - HeightOf(layer) + _boxes[vertex].Height;

    private int HeightOf(int layer) =>
        _layers[layer].Where(vertex => !_graph.IsBend(vertex)).Select(vertex => _boxes[vertex].Height).DefaultIfEmpty(1).Max();

    /// <summary>The column in which a line enters a box.</summary>
    private int EntryOf(ChannelLine line, int vertex)
    {
        (int lowest, int highest) = InsideOf(vertex);
        return line.Below.First(column => column >= lowest && column <= highest);
    }

    /// <summary>Draws a line between two layers.</summary>
    /// <param name="grid">What to draw on.</param>
    /// <param name="number">The line's number.</param>
    /// <param name="line">The line.</param>
    /// <param name="layer">The layer above.</param>
    /// <param name="top">The first row under that layer.</param>
    private void DrawLine(CharacterGrid grid, int number, ChannelLine line, int layer, int top)
    {
        int end = top + _rows[layer] - 1;
        int row = line.IsStraight ? end : top + line.Row;
        for (int i = 0; i < line.Upper.Count; i++)
        {
            int vertex = line.Upper[i];
            int start = _graph.IsBend(vertex) ? top : BottomOf(vertex, layer, top);
            grid.DrawDown(number, line.Above[i], start, row);
            grid.JoinUp(number, start, line.Above[i]);
            if (!_graph.IsBend(vertex))
            {
                string exit = _boxes[vertex].IsFolded || _boxes[vertex].IsDag ? "╤" : _boxes[vertex].IsCritical ? "┯" : "┬";
                grid.Write(start - 1, line.Above[i], exit, CellStyles.Of(_boxes[vertex].State));
            }
        }

        grid.DrawAcross(number, row, line.First, line.Last);
        foreach (int column in line.Below)
        {
            grid.DrawDown(number, column, row, end);
            grid.JoinDown(number, end, column);
        }
    }

    private static void DrawBox(CharacterGrid grid, Box box, int top)
    {
        CellStyle style = CellStyles.Of(box.State);
        string border = box.IsFolded || box.IsDag ? "╔═╗║╚╝" : box.IsCritical ? "┏━┓┃┗┛" : "┌─┐│└┘";
        string across = new(border[1], box.Width - 2);
        int bottom = top + box.Height - 1;
        grid.Write(top, box.Left, $"{border[0]}{across}{border[2]}", style);
        grid.Write(bottom, box.Left, $"{border[4]}{across}{border[5]}", style);
        int room = box.Width - 4;
        for (int i = 0; i < box.Lines.Count; i++)
        {
            int row = top + 1 + i;
            grid.Write(row, box.Left, $"{border[3]}", style);
            grid.Write(row, box.Left + box.Width - 1, $"{border[3]}", style);
            List<BoxText> pieces = [.. box.Lines[i]];
            int width = pieces.Sum(piece => CellText.Width(piece.Text));
            if (width > room)
            {
                // Only the line of a node is ever too long, and that is one piece.
                pieces = [pieces[0] with { Text = CellText.Cut(pieces[0].Text, room) }];
                width = CellText.Width(pieces[0].Text);
            }

            int column = box.Left + 2 + (box.IsFolded ? 0 : (room - width) / 2);
            foreach (BoxText piece in pieces)
            {
                grid.Write(row, column, piece.Text, piece.Style);
                column += CellText.Width(piece.Text);
            }
        }
    }
}
