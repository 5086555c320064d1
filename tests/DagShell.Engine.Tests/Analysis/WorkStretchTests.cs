using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Analysis;

/// <summary>What slots did for a node's items, in few pieces.</summary>
public sealed class WorkStretchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Items_one_after_the_other_in_one_slot_are_one_stretch()
    {
        WorkStretch[] stretches = [.. WorkStretch.Of(Run(1_000, At(0, 0, 10), At(1, 0, 10, 20), At(2, 1, 5, 30), At(3, 0, 500, 510)))];

        Assert.Equal(
            [(0, 0.0, 20.0, 2), (0, 500, 510, 1), (1, 5, 30, 1)],
            stretches.Select(stretch => (stretch.Slot, Seconds(stretch.StartTime), Seconds(stretch.EndTime!.Value), stretch.Count)));
    }

    [Fact]
    public void A_failed_item_that_is_long_enough_to_be_seen_is_a_stretch_of_its_own()
    {
        WorkStretch[] stretches = [.. WorkStretch.Of(Run(
            1_000, At(0, 0, 0, 10), At(1, 0, 10, 20, AttemptOutcomeKind.Failed), At(2, 0, 20, 30)))];

        Assert.Equal([false, true, false], stretches.Select(stretch => stretch.HasFailed));
    }

    [Fact]
    public void However_many_items_there_are_stretches_are_few()
    {
        const int Count = 200_000;
        ItemAttempt[] attempts = [.. Enumerable.Range(0, Count).Select(item => At(
            item, item % 4, item / 4, (item / 4) + (item % 7 == 0 ? 0.2 : 1),
            item % 3 == 0 ? AttemptOutcomeKind.Failed : AttemptOutcomeKind.Succeeded))];

        WorkStretch[] stretches = [.. WorkStretch.Of(Run(Count / 4, attempts))];

        Assert.InRange(stretches.Length, 4, 4 * 2_100);
        Assert.Equal(Count, stretches.Sum(stretch => stretch.Count));
    }

    private static double Seconds(DateTimeOffset time) => (time - Start).TotalSeconds;

    private static ItemAttempt At(int item, int slot, double end) => At(item, slot, 0, end);

    private static ItemAttempt At(
        int item, int slot, double start, double end, AttemptOutcomeKind outcome = AttemptOutcomeKind.Succeeded) =>
        new(item, new AttemptRecord(1, slot, Start.AddSeconds(start), Start.AddSeconds(end), outcome, null, null));

    private static RunHistory Run(double length, params ItemAttempt[] attempts) => new()
    {
        Graph = DagGraph.Create([new Node("A") { IsMapped = true }], [], new Dictionary<string, int>()),
        ThrottleLimit = 4,
        Status = RunStatus.Succeeded,
        StartTime = Start,
        EndTime = Start.AddSeconds(length),
        Nodes =
        [
            new NodeHistory(NodeState.Succeeded, Start, Start.AddSeconds(length), [])
            {
                Items = new ItemCounts(attempts.Length, 0, 0, attempts.Length, 0, 0, 0),
                ItemAttempts = attempts,
            },
        ],
    };
}
