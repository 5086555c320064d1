using DagShell.Pictures.Layout;

namespace DagShell.Pictures.Terminal;

/// <summary>
/// Makes lines of the edges from a layer to the next. A line says "each of these above leads to each of those below", so
/// edges may share one only where that is true; the fewer lines, the less there is to follow.
/// </summary>
internal static class LineBundles
{
    /// <summary>So many edges into one box share a line of their own.</summary>
    private const int ManyEdges = 3;

    /// <summary>Bundles the edges that leave a layer.</summary>
    /// <returns>The lines; what each comes from is in the order of the layer.</returns>
    public static List<ChannelLine> Of(ProperLayers graph, int[] layer)
    {
        List<ChannelLine> lines = [];
        Dictionary<int, List<int>> rest = layer.ToDictionary(vertex => vertex, vertex => graph.Down(vertex).ToList());

        // What several lead to by way of a bend: one line, since the bend has but one column.
        foreach (int bend in layer.SelectMany(graph.Down).Where(graph.IsBend).Distinct().ToList())
        {
            IReadOnlyList<int> sources = graph.Up(bend);
            if (SameTargets(sources, rest).Count > 1)
            {
                Gather(sources, bend);
            }
        }

        // What leads to the very same places.
        foreach (var group in SameTargets(layer, rest))
        {
            if (group.Count() > 1)
            {
                lines.Add(LineOf(group, rest[group.First()]));
                foreach (int vertex in group)
                {
                    rest[vertex] = [];
                }
            }
        }

        // What many lead to. A bend has one column, so what leaves it stays together.
        var edges = layer.Where(vertex => !graph.IsBend(vertex)).SelectMany(from => rest[from], (from, to) => (from, to));
        foreach (var gathering in edges.GroupBy(edge => edge.to, edge => edge.from).ToList())
        {
            if (gathering.Count() >= ManyEdges)
            {
                Gather([.. gathering], gathering.Key);
            }
        }

        foreach (var group in SameTargets(layer, rest))
        {
            lines.Add(LineOf(group, rest[group.First()]));
        }

        return lines;

        void Gather(IReadOnlyList<int> sources, int target)
        {
            lines.Add(LineOf(layer.Where(sources.Contains), [target]));
            foreach (int source in sources)
            {
                rest[source].Remove(target);
            }
        }
    }

    /// <summary>Vertices that lead anywhere, by the places that they lead to.</summary>
    private static List<IGrouping<string, int>> SameTargets(IEnumerable<int> vertices, Dictionary<int, List<int>> targets) =>
        [.. vertices.Where(vertex => targets[vertex].Count > 0).GroupBy(vertex => string.Join(' ', targets[vertex].Order()))];

    private static ChannelLine LineOf(IEnumerable<int> upper, IEnumerable<int> lower)
    {
        ChannelLine line = new();
        line.Upper.AddRange(upper);
        line.Lower.AddRange(lower);
        return line;
    }
}
