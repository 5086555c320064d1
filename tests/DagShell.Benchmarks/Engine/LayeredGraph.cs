using System.Globalization;
using DagShell.Engine.Graph;

namespace DagShell.Benchmarks.Engine;

/// <summary>Random graphs in layers: every node but those of the first depends on four of the layer before.</summary>
internal static class LayeredGraph
{
    private const int Layers = 100;
    private const int EdgesPerNode = 4;

    /// <summary>Makes the nodes. Every name is a string of its own wherever it stands, as in a script that puts it together.</summary>
    public static Node[] Create(int count, int seed)
    {
        int width = Math.Max(EdgesPerNode, count / Layers);
        Random random = new(seed);
        Node[] nodes = new Node[count];
        for (int i = 0; i < count; i++)
        {
            int layer = i / width;
            nodes[i] = new Node(Name(i)) { DependsOn = layer == 0 ? [] : Dependencies((layer - 1) * width, width, random) };
        }

        return nodes;
    }

    /// <summary>The bytes that the names take.</summary>
    public static long NameBytes(Node[] nodes) => nodes.Sum(node => Bytes(node.Name) + node.DependsOn.Sum(Bytes));

    private static string[] Dependencies(int first, int width, Random random)
    {
        HashSet<int> chosen = [];
        while (chosen.Count < EdgesPerNode)
        {
            chosen.Add(first + random.Next(width));
        }

        return [.. chosen.Select(Name)];
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"node-{index}");

    // Header, method table, length, characters and their final zero, in whole words.
    private static long Bytes(string text) => (8 + 8 + 4 + (2 * (text.Length + 1)) + 7) / 8 * 8;
}
