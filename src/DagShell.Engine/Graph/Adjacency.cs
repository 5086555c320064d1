namespace DagShell.Engine.Graph;

/// <summary>
/// The neighbours of every node in one direction, as compressed sparse rows: those of node <c>n</c> are
/// <c>targets[starts[n]..starts[n + 1]]</c>. Two arrays, however many nodes there are.
/// </summary>
internal readonly struct Adjacency(int[] starts, int[] targets)
{
    public int NodeCount => starts.Length - 1;

    public int EdgeCount => targets.Length;

    public ReadOnlySpan<int> this[int node]
    {
        get
        {
            int start = starts[node];
            return new ReadOnlySpan<int>(targets, start, starts[node + 1] - start);
        }
    }

    /// <summary>Gathers pairs by their first number; the second ones keep their order.</summary>
    public static Adjacency FromPairs(int nodeCount, ReadOnlySpan<int> keys, ReadOnlySpan<int> values)
    {
        int[] starts = new int[nodeCount + 1];
        foreach (int key in keys)
        {
            starts[key + 1]++;
        }

        int[] next = Accumulate(starts);
        int[] targets = new int[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            targets[next[keys[i]]++] = values[i];
        }

        return new Adjacency(starts, targets);
    }

    /// <summary>The same edges the other way round; the neighbours of each node come in ascending order.</summary>
    public Adjacency Reverse()
    {
        int[] reversedStarts = new int[NodeCount + 1];
        foreach (int target in targets)
        {
            reversedStarts[target + 1]++;
        }

        int[] next = Accumulate(reversedStarts);
        int[] reversedTargets = new int[EdgeCount];
        for (int node = 0; node < NodeCount; node++)
        {
            foreach (int target in this[node])
            {
                reversedTargets[next[target]++] = node;
            }
        }

        return new Adjacency(reversedStarts, reversedTargets);
    }

    /// <summary>The same rows, where each node has a number that is higher by so much.</summary>
    public Adjacency Shifted(int by) => by == 0 ? this : new(starts, Array.ConvertAll(targets, target => by + target));

    /// <summary>The rows of some nodes, renumbered, without what is not among these nodes.</summary>
    public Adjacency Part(bool[] isNeeded, int[] newIndex)
    {
        List<int> partStarts = [0];
        List<int> partTargets = [];
        for (int node = 0; node < NodeCount; node++)
        {
            if (isNeeded[node])
            {
                foreach (int target in this[node])
                {
                    if (isNeeded[target])
                    {
                        partTargets.Add(newIndex[target]);
                    }
                }

                partStarts.Add(partTargets.Count);
            }
        }

        return new Adjacency([.. partStarts], [.. partTargets]);
    }

    // Turns counts into starts. What is returned is a copy, to count up while the rows are filled.
    private static int[] Accumulate(int[] counts)
    {
        for (int i = 1; i < counts.Length; i++)
        {
            counts[i] += counts[i - 1];
        }

        return counts[..^1];
    }
}
