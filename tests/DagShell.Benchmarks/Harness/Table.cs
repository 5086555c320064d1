namespace DagShell.Benchmarks.Harness;

/// <summary>A table in the form of Markdown, which reads well on a console too.</summary>
internal sealed class Table
{
    private readonly List<string[]> _rows = [];

    public Table(params string[] header) => _rows.Add(header);

    public void Add(params string[] row) => _rows.Add(row);

    public void Print()
    {
        int[] widths = [.. _rows[0].Select((_, column) => _rows.Max(row => row[column].Length))];
        for (int i = 0; i < _rows.Count; i++)
        {
            Console.WriteLine($"| {string.Join(" | ", _rows[i].Select((cell, column) => Pad(cell, column)))} |");
            if (i == 0)
            {
                Console.WriteLine(
                    $"| {string.Join(" | ", widths.Select((width, column) => new string('-', width - 1) + (column == 0 ? "-" : ":")))} |");
            }
        }

        Console.WriteLine();

        // The first column is a name, the others are figures.
        string Pad(string cell, int column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]);
    }
}
