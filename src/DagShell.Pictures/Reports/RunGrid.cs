using DagShell.Engine.Analysis;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Reports;

/// <summary>Several runs beside one another: a row a node, by its name, and a column a run, the oldest first.</summary>
internal sealed class RunGrid
{
    /// <summary>In so many runs a node must have succeeded before it can be said how long it usually takes.</summary>
    private const int LeastRuns = 3;

    /// <summary>What is less than this longer than usual is no news, however short the usual is.</summary>
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _names = [];
    private readonly GridCell[][] _cells;
    private readonly TimeSpan?[] _medians;

    private RunGrid(IReadOnlyList<RunSnapshot> runs)
    {
        Runs = runs;
        Dictionary<string, int> rows = new(StringComparer.OrdinalIgnoreCase);

        // The newest run gives the order; names that only earlier ones have come after.
        foreach (RunSnapshot run in runs.Reverse())
        {
            for (int node = 0; node < run.History.Graph.Count; node++)
            {
                if (rows.TryAdd(run.History.Graph[node].Name, _names.Count))
                {
                    _names.Add(run.History.Graph[node].Name);
                }
            }
        }

        _cells = [.. runs.Select(run => ColumnOf(run, rows))];
        _medians = [.. Enumerable.Range(0, _names.Count).Select(FindMedian)];
        for (int row = 0; row < _names.Count; row++)
        {
            Mark(row);
        }
    }

    /// <summary>The runs, the oldest first.</summary>
    public IReadOnlyList<RunSnapshot> Runs { get; }

    /// <summary>The names of the nodes, a row each.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Puts runs beside one another.</summary>
    public static RunGrid Of(IEnumerable<RunSnapshot> runs) => new([.. runs.OrderBy(run => run.History.StartTime)]);

    /// <summary>How a node did in a run.</summary>
    public GridCell this[int row, int run] => _cells[run][row];

    /// <summary>How long a node usually takes where it succeeds; null if it never did.</summary>
    public TimeSpan? MedianOf(int row) => _medians[row];

    private static GridCell[] ColumnOf(RunSnapshot run, Dictionary<string, int> rows)
    {
        GridCell[] column = new GridCell[rows.Count];
        Array.Fill(column, GridCell.None);
        for (int node = 0; node < run.History.Graph.Count; node++)
        {
            NodeHistory of = run.History.Nodes[node];
            column[rows[run.History.Graph[node].Name]] = new GridCell(
                node, of.State, of.StartTime is null ? null : run.History.DurationOf(node), run.Endings[node]);
        }

        return column;
    }

    private TimeSpan? FindMedian(int row)
    {
        TimeSpan[] sorted = [.. _cells.Select(column => column[row])
            .Where(cell => cell is { State: NodeState.Succeeded, Duration: not null })
            .Select(cell => cell.Duration!.Value)
            .Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private void Mark(int row)
    {
        bool canBeSlow = _cells.Count(column => column[row] is { State: NodeState.Succeeded, Duration: not null }) >= LeastRuns;
        NodeState? before = null;
        foreach (GridCell[] column in _cells)
        {
            GridCell cell = column[row];
            bool ran = cell.State is NodeState.Succeeded or NodeState.Failed && cell.Node >= 0;
            column[row] = cell with
            {
                IsNewFailure = cell.State == NodeState.Failed && before is not NodeState.Failed,
                IsSlow = canBeSlow && cell.Duration is { } time && _medians[row] is { } median
                    && time >= median * 2 && time - median >= LeastDelay,
            };
            before = ran ? cell.State : before;
        }
    }
}
