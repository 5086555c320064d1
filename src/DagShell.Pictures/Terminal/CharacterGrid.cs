using System.Globalization;
using System.Text;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Terminal;

/// <summary>A sheet of console columns to draw on: text, boxes, and lines that know which line they belong to.</summary>
internal sealed class CharacterGrid
{
    private const int NoLine = -1;

    private readonly List<Cell[]> _rows = [];
    private readonly int _width;

    public CharacterGrid(int width) => _width = width;

    /// <summary>The ways in which a line leaves a cell.</summary>
    [Flags]
    private enum Ways
    {
        None = 0,
        Up = 1,
        Down = 2,
        Left = 4,
        Right = 8,
        Vertical = Up | Down,
        Horizontal = Left | Right,
    }

    /// <summary>Writes text that stands alone.</summary>
    public void Write(int row, int column, string text, CellStyle style)
    {
        foreach (string element in CellText.Elements(text))
        {
            int width = CellText.ElementWidth(element);
            if (width == 0)
            {
                // A mark that changes the character before it.
                ref Cell marked = ref CellAt(row, Math.Max(0, column - 1));
                marked.Text += element;
                continue;
            }

            CellAt(row, column) = new Cell { Text = element, Style = style, Line = NoLine };
            if (width == 2)
            {
                CellAt(row, column + 1) = new Cell { Text = string.Empty, Line = NoLine };
            }

            column += width;
        }
    }

    /// <summary>Draws the straight part of a line from one row to another, both included.</summary>
    public void DrawDown(int line, int column, int fromRow, int toRow)
    {
        for (int row = fromRow; row <= toRow; row++)
        {
            Draw(line, row, column, (row > fromRow ? Ways.Up : Ways.None) | (row < toRow ? Ways.Down : Ways.None));
        }
    }

    /// <summary>Draws the straight part of a line from one column to another, both included.</summary>
    public void DrawAcross(int line, int row, int fromColumn, int toColumn)
    {
        for (int column = fromColumn; column <= toColumn; column++)
        {
            Draw(line, row, column, (column > fromColumn ? Ways.Left : Ways.None) | (column < toColumn ? Ways.Right : Ways.None));
        }
    }

    /// <summary>Makes a line leave a cell upwards, to a box that is drawn over it.</summary>
    public void JoinUp(int line, int row, int column) => Draw(line, row, column, Ways.Up);

    /// <summary>Makes a line leave a cell downwards, to a box that is drawn under it.</summary>
    public void JoinDown(int line, int row, int column) => Draw(line, row, column, Ways.Down);

    /// <summary>The drawing, a text a row, without blanks at the ends.</summary>
    /// <param name="useColor">Whether the styles are written, as escape sequences.</param>
    public List<string> ToLines(bool useColor) => _rows.ConvertAll(row => ToLine(row, useColor));

    private static string ToLine(Cell[] row, bool useColor)
    {
        StringBuilder line = new();
        CellStyle style = CellStyle.Plain;
        int last = Array.FindLastIndex(row, cell => cell.Text is not null || cell.Ways != Ways.None);
        for (int i = 0; i <= last; i++)
        {
            Cell cell = row[i];
            bool isBlank = cell.Text is null && cell.Ways == Ways.None;
            CellStyle wanted = isBlank ? style : cell.Text is null ? CellStyle.Grey : cell.Style;
            if (useColor && wanted != style)
            {
                line.Append(CultureInfo.InvariantCulture, $"\e[{(int)wanted}m");
                style = wanted;
            }

            line.Append(cell.Text ?? (isBlank ? " " : Glyph(cell.Ways)));
        }

        return useColor && style != CellStyle.Plain ? line.Append("\e[0m").ToString() : line.ToString();
    }

    private static string Glyph(Ways ways) => ways switch
    {
        Ways.Up | Ways.Right => "└",
        Ways.Up | Ways.Left => "┘",
        Ways.Down | Ways.Right => "┌",
        Ways.Down | Ways.Left => "┐",
        Ways.Vertical | Ways.Right => "├",
        Ways.Vertical | Ways.Left => "┤",
        Ways.Down | Ways.Horizontal => "┬",
        Ways.Up | Ways.Horizontal => "┴",
        Ways.Vertical | Ways.Horizontal => "┼",
        Ways.Left or Ways.Right or Ways.Horizontal => "─",
        _ => "│",
    };

    private void Draw(int line, int row, int column, Ways ways)
    {
        ref Cell cell = ref CellAt(row, column);
        if (cell.Ways == Ways.None)
        {
            cell.Line = line;
            cell.Ways = ways;
        }
        else if (cell.Line == line)
        {
            cell.Ways |= ways;
        }
        else
        {
            // Two lines that cross have nothing to do with each other: the one across passes under the one down.
            cell.Line = (ways & Ways.Vertical) != 0 ? line : cell.Line;
            cell.Ways = Ways.Vertical;
        }
    }

    private ref Cell CellAt(int row, int column)
    {
        while (_rows.Count <= row)
        {
            Cell[] cells = new Cell[_width];
            Array.Fill(cells, new Cell { Line = NoLine });
            _rows.Add(cells);
        }

        return ref _rows[row][Math.Clamp(column, 0, _width - 1)];
    }

    private struct Cell
    {
        public string? Text;
        public CellStyle Style;
        public Ways Ways;
        public int Line;
    }
}
