using DagShell.Engine.Analysis;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Reports;

/// <summary>A run laid out in time: a row a slot, and under them the waits, as many to a row as there is room for.</summary>
internal sealed class Timeline
{
    private readonly RunHistory _run;

    /// <summary>The slots that were used; a row each.</summary>
    private readonly int[] _slots;

    private Timeline(RunHistory run)
    {
        _run = run;
        List<TimelineBar> attempts = [];
        List<TimelineBar> waits = [];
        for (int node = 0; node < run.Nodes.Count; node++)
        {
            AddNode(node, attempts, waits);
        }

        // Slots that nothing ran in get no row; those of places come after all that the throttle limit allows.
        _slots =
        [
            .. attempts.Select(bar => bar.Row)
                .Concat(run.Nodes.SelectMany(node => node.ItemAttempts).Select(item => item.Attempt.Slot)).Distinct().Order(),
        ];
        Attempts =
        [
            .. attempts.Select(bar => bar with { Row = RowOf(bar.Row) })
                .OrderBy(bar => bar.Row).ThenBy(bar => bar.Start),
        ];
        Waits = Pack(waits);
        SlotCount = _slots.Length;
        WaitRowCount = Waits.Count == 0 ? 0 : Waits.Max(bar => bar.Row) + 1;
    }

    /// <summary>The attempts, by slot and start.</summary>
    public IReadOnlyList<TimelineBar> Attempts { get; }

    /// <summary>The attempts of items, by node and item, each with its item. There may be very many.</summary>
    public IEnumerable<(int Item, TimelineBar Bar)> Items
    {
        get
        {
            for (int node = 0; node < _run.Nodes.Count; node++)
            {
                foreach (var (item, attempt) in _run.Nodes[node].ItemAttempts)
                {
                    yield return (item, new TimelineBar(
                        node, RowOf(attempt.Slot), Since(attempt.StartTime), Since(attempt.EndTime ?? _run.EndTime), attempt, false));
                }
            }
        }
    }

    /// <summary>The waits, by start.</summary>
    public IReadOnlyList<TimelineBar> Waits { get; }

    /// <summary>How many slots were used.</summary>
    public int SlotCount { get; }

    /// <summary>How many rows the waits take.</summary>
    public int WaitRowCount { get; }

    /// <summary>Lays a run out.</summary>
    public static Timeline Of(RunHistory run) => new(run);

    private int RowOf(int slot) => Array.BinarySearch(_slots, slot);

    private void AddNode(int node, List<TimelineBar> attempts, List<TimelineBar> waits)
    {
        NodeHistory history = _run.Nodes[node];
        for (int i = 0; i < history.Attempts.Count; i++)
        {
            AttemptRecord attempt = history.Attempts[i];
            bool isLast = i + 1 == history.Attempts.Count;
            attempts.Add(new TimelineBar(
                node, attempt.Slot, Since(attempt.StartTime), Since(attempt.EndTime ?? _run.EndTime), attempt, isLast));
        }

        waits.AddRange(history.Waits
            .Where(wait => wait.Kind is NodeWaitKind.Retry or NodeWaitKind.Precondition)
            .Select(wait => new TimelineBar(node, 0, Since(wait.StartTime), Since(wait.EndTime ?? _run.EndTime), null, false)));
    }

    private TimeSpan Since(DateTimeOffset time)
    {
        TimeSpan since = time - _run.StartTime;
        return since < TimeSpan.Zero ? TimeSpan.Zero : since > _run.Makespan ? _run.Makespan : since;
    }

    /// <summary>Gives each wait the first row that is free when it begins.</summary>
    private static List<TimelineBar> Pack(List<TimelineBar> waits)
    {
        List<TimelineBar> packed = [];
        PriorityQueue<int, TimeSpan> busy = new();
        PriorityQueue<int, int> free = new();
        int rows = 0;
        foreach (TimelineBar wait in waits.OrderBy(wait => wait.Start))
        {
            while (busy.TryPeek(out _, out TimeSpan end) && end <= wait.Start)
            {
                int row = busy.Dequeue();
                free.Enqueue(row, row);
            }

            int own = free.Count > 0 ? free.Dequeue() : rows++;
            busy.Enqueue(own, wait.End);
            packed.Add(wait with { Row = own });
        }

        return packed;
    }
}
