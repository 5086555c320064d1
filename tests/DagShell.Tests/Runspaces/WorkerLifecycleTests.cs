using DagShell.Runspaces;

namespace DagShell.Tests.Runspaces;

/// <summary>A worker's states as docs/design.md draws them. Every pair that is not drawn is not allowed.</summary>
public sealed class WorkerLifecycleTests
{
    /// <summary>The arrows of the drawing.</summary>
    private static readonly (string From, string To)[] Drawn =
    [
        ("Opening", "Idle"), ("Opening", "Running"), ("Opening", "Closing"),
        ("Idle", "Running"), ("Idle", "Closing"),
        ("Running", "Idle"), ("Running", "Abandoned"), ("Running", "Closing"),
        ("Abandoned", "Closing"),
    ];

    /// <summary>A way from the start to each state.</summary>
    private static readonly Dictionary<string, string[]> Ways = new()
    {
        ["Opening"] = [],
        ["Idle"] = ["Idle"],
        ["Running"] = ["Running"],
        ["Abandoned"] = ["Running", "Abandoned"],
        ["Closing"] = ["Closing"],
    };

    public static TheoryData<string, string> DrawnPairs => Pairs(isDrawn: true);

    public static TheoryData<string, string> OtherPairs => Pairs(isDrawn: false);

    [Fact]
    public void A_worker_begins_by_opening_its_runspace() => Assert.Equal(WorkerState.Opening, new WorkerLifecycle().State);

    [Theory]
    [MemberData(nameof(DrawnPairs))]
    public void It_goes_the_ways_that_are_drawn(string from, string to)
    {
        WorkerLifecycle worker = At(from);
        worker.MoveTo(State(to));

        Assert.Equal(State(to), worker.State);
    }

    [Theory]
    [MemberData(nameof(OtherPairs))]
    public void It_goes_no_other_way(string from, string to)
    {
        WorkerLifecycle worker = At(from);
        var refusal = Assert.Throws<InvalidOperationException>(() => worker.MoveTo(State(to)));

        Assert.Equal(State(from), worker.State);
        Assert.Equal($"A worker that is {from} cannot become {to}.", refusal.Message);
    }

    [Theory]
    [InlineData("Opening", true)]
    [InlineData("Idle", true)]
    [InlineData("Running", true)]
    [InlineData("Abandoned", false)]
    [InlineData("Closing", false)]
    public void It_has_a_place_until_it_is_given_up_or_closes(string state, bool holdsPlace) =>
        Assert.Equal(holdsPlace, At(state).HoldsPlace);

    private static TheoryData<string, string> Pairs(bool isDrawn)
    {
        TheoryData<string, string> pairs = [];
        foreach (string from in Enum.GetNames<WorkerState>())
        {
            foreach (string to in Enum.GetNames<WorkerState>().Where(to => Drawn.Contains((from, to)) == isDrawn))
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }

    private static WorkerLifecycle At(string state)
    {
        WorkerLifecycle worker = new();
        foreach (string step in Ways[state])
        {
            worker.MoveTo(State(step));
        }

        return worker;
    }

    private static WorkerState State(string name) => Enum.Parse<WorkerState>(name);
}
