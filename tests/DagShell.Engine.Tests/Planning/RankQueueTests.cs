using CsCheck;
using DagShell.Engine.Planning;
using Xunit;

namespace DagShell.Engine.Tests.Planning;

public sealed class RankQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(300_000)]
    public void All_ranks_come_out_in_order(int count)
    {
        RankQueue queue = new(count);
        int[] ranks = [.. Enumerable.Range(0, count)];
        new Random(1).Shuffle(ranks);
        Array.ForEach(ranks, queue.Add);

        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(_ => queue.Take()));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void The_lowest_comes_first_whatever_was_added_and_taken_before() =>
        Gen.Select(Gen.Int[1, 10_000], Gen.Int[0, 9_999].Array[1, 200]).Sample((count, steps) =>
        {
            RankQueue queue = new(count);
            SortedSet<int> expected = [];
            foreach (int step in steps)
            {
                // One step in three takes, where there is something to take.
                if (step % 3 == 0 && expected.Count > 0)
                {
                    Assert.Equal(expected.Min, queue.Take());
                    expected.Remove(expected.Min);
                }
                else if (expected.Add(step % count))
                {
                    queue.Add(step % count);
                }

                Assert.Equal(expected.Count == 0, queue.IsEmpty);
            }
        });
}
