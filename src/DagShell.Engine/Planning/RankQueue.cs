using System.Numerics;

namespace DagShell.Engine.Planning;

/// <summary>
/// A set of ranks from which the lowest is taken: one bit for each rank, above them one for every 64 bits that are not all
/// zero, and so on up to a single word. Its memory is fixed and small, and it touches one word a level.
/// </summary>
internal sealed class RankQueue
{
    private const int BitsOfIndex = 6;

    private readonly ulong[][] _levels;

    /// <summary>Makes an empty set.</summary>
    /// <param name="count">The number of ranks, from 0.</param>
    public RankQueue(int count)
    {
        List<ulong[]> levels = [];
        do
        {
            count = ((count - 1) >> BitsOfIndex) + 1;
            levels.Add(new ulong[count]);
        }
        while (count > 1);

        _levels = [.. levels];
    }

    public bool IsEmpty => _levels[^1][0] == 0;

    /// <summary>Adds a rank that is not in the set.</summary>
    public void Add(int rank)
    {
        foreach (ulong[] level in _levels)
        {
            int word = rank >> BitsOfIndex;
            bool wasEmpty = level[word] == 0;
            level[word] |= 1UL << rank;
            if (!wasEmpty)
            {
                return;
            }

            rank = word;
        }
    }

    /// <summary>Takes the lowest rank out of the set, which must not be empty.</summary>
    public int Take()
    {
        int rank = 0;
        for (int i = _levels.Length - 1; i >= 0; i--)
        {
            rank = (rank << BitsOfIndex) | BitOperations.TrailingZeroCount(_levels[i][rank]);
        }

        int bit = rank;
        foreach (ulong[] level in _levels)
        {
            int word = bit >> BitsOfIndex;
            level[word] &= level[word] - 1;
            if (level[word] != 0)
            {
                break;
            }

            bit = word;
        }

        return rank;
    }
}
