using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;
using static DagShell.Engine.Tests.Graph.Graphs;

namespace DagShell.Engine.Tests.Running;

/// <summary>Design, 3.3: which of the ready nodes starts first, and how many run at once.</summary>
public sealed class OrderTests
{
    [Fact]
    public void The_longest_remaining_path_goes_first()
    {
        // A leads to 1 + 1 s, B to 1 s, C to 1 + 5 s.
        TestRun run = new TestRun(
            [Node("A"), Node("B"), Node("C"), Node("A2", "A"), Timed("C2", 5, "C")], throttleLimit: 1).ToEnd();

        Assert.Equal(["C 0", "C2 1", "A 2", "B 3", "A2 4"], run.Starts);
    }

    [Fact]
    public void The_estimate_counts_not_the_number_of_nodes()
    {
        TestRun run = new TestRun([Node("A"), Node("A2", "A"), Node("A3", "A2"), Timed("long", 10)], throttleLimit: 1).ToEnd();

        Assert.Equal("long 0", run.Starts[0]);
    }

    [Fact]
    public void Priority_beats_the_remaining_path()
    {
        TestRun run = new TestRun(
            [
                Timed("long", 100), new Node("urgent") { Priority = 1 },
                new Node("idle") { Priority = -1, EstimatedDuration = TimeSpan.FromHours(1) },
            ],
            throttleLimit: 1).ToEnd();

        Assert.Equal(["urgent 0", "long 1", "idle 2"], run.Starts);
    }

    [Fact]
    public void Ties_go_in_the_order_of_definition()
    {
        TestRun run = new TestRun([Node("C"), Node("A"), Node("B")], throttleLimit: 1).ToEnd();

        Assert.Equal(["C 0", "A 1", "B 2"], run.Starts);
    }

    [Fact]
    public void A_better_node_that_becomes_ready_later_overtakes_those_that_wait_for_a_slot()
    {
        TestRun run = new TestRun(
            [Node("A"), Node("B"), Node("C"), new Node("urgent") { DependsOn = ["A"], Priority = 1 }], throttleLimit: 1).ToEnd();

        Assert.Equal(["A 0", "urgent 1", "B 2", "C 3"], run.Starts);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(3, 4)]
    [InlineData(5, 3)]
    [InlineData(12, 1)]
    [InlineData(100, 1)]
    public void No_more_attempts_run_at_once_than_the_throttle_limit(int limit, double makespan)
    {
        TestRun run = new TestRun([.. Enumerable.Range(0, 12).Select(i => Node($"N{i}"))], limit);
        int mostAtOnce = 0;
        run.Runner.OnStart = attempt =>
        {
            mostAtOnce = Math.Max(mostAtOnce, run.Counts.Running);
            Assert.InRange(attempt.Slot, 0, limit - 1);
        };
        run.ToEnd();

        Assert.Equal(Math.Min(limit, 12), mostAtOnce);
        Assert.Equal(makespan, run.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void Five_at_once_is_the_default()
    {
        Assert.Equal(5, new RunOptions().ThrottleLimit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_throttle_limit_below_one_is_refused(int limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new TestRun([Node("A")], limit));
    }
}
