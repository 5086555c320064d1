using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

public sealed class StartKeyTests
{
    /// <summary>Ranks of what was planned before the run, and of what came at a node's turn.</summary>
    private static readonly long[] Ranks =
        [0, 1, 41, (1L << 32) - 1, 1L << 32, (1L << 32) + 1, (long)int.MaxValue << 32, long.MaxValue];

    private static readonly int[] Priorities = [int.MinValue, -1, 0, 1, int.MaxValue];

    private static readonly int[] Items = [-1, 0, 1, WorkTable.FirstItemUnit - 1];

    [Fact]
    public void Priority_counts_first_then_rank_then_the_item()
    {
        (long Rank, int Priority, int Item)[] all =
        [
            .. from rank in Ranks
            from priority in Priorities
            from item in Items
            select (rank, priority, item),
        ];

        foreach (var one in all)
        {
            foreach (var other in all)
            {
                int expected = other.Priority.CompareTo(one.Priority) is not 0 and var byPriority ? byPriority
                    : one.Rank.CompareTo(other.Rank) is not 0 and var byRank ? byRank
                    : one.Item.CompareTo(other.Item);

                Assert.Equal(Math.Sign(expected), Math.Sign(KeyOf(one).CompareTo(KeyOf(other))));
            }
        }
    }

    [Fact]
    public void A_key_tells_its_rank_and_that_of_an_item_differs_in_the_item_alone()
    {
        foreach (long rank in Ranks)
        {
            foreach (int priority in Priorities)
            {
                StartKey key = new(rank, priority, item: 3);

                Assert.Equal(rank, key.Rank);
                Assert.All(Items, item => Assert.Equal(new StartKey(rank, priority, item), key.Of(item)));
            }
        }
    }

    private static StartKey KeyOf((long Rank, int Priority, int Item) key) => new(key.Rank, key.Priority, key.Item);
}
