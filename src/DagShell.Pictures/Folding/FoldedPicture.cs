using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Folding;

/// <summary>Makes pictures in which a box stands for several nodes.</summary>
internal static class FoldedPicture
{
    private const int MostNamed = 12;
    private const int ShortestCommonPart = 3;

    /// <summary>The picture with several nodes in a box.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="boxOf">The box of each node; -1 for those that are left out.</param>
    public static DagPicture Of(DagPicture picture, int[] boxOf) => Of(picture, boxOf, ofDags: false);

    /// <summary>The picture with what is inside of some nodes in the boxes of those.</summary>
    /// <inheritdoc cref="Of(DagPicture, int[])"/>
    public static DagPicture OfDags(DagPicture picture, int[] boxOf) => Of(picture, boxOf, ofDags: true);

    private static DagPicture Of(DagPicture picture, int[] boxOf, bool ofDags)
    {
        var members = new List<PictureNode>[boxOf.Max() + 1];
        for (int node = 0; node < boxOf.Length; node++)
        {
            if (boxOf[node] >= 0)
            {
                (members[boxOf[node]] ??= []).Add(picture.Nodes[node]);
            }
        }

        // Levels without a box are left out, and a band of levels is one.
        int[] level = Array.ConvertAll(members, nodes => nodes.Min(node => node.Level));
        Dictionary<int, int> rank = level.Distinct().Order().Select((known, index) => (known, index)).ToDictionary();
        PictureNode[] boxes = [.. members.Select((nodes, box) => BoxOf(nodes, ofDags) with { Level = rank[level[box]] })];
        HashSet<PictureEdge> edges = [];
        HashSet<PictureEdge> critical = [];
        foreach (PictureEdge edge in picture.Edges)
        {
            PictureEdge between = new(boxOf[edge.From], boxOf[edge.To]);
            if (between.From >= 0 && between.To >= 0 && between.From != between.To)
            {
                edges.Add(between);
                if (picture.IsCritical(edge))
                {
                    critical.Add(between);
                }
            }
        }

        return picture.With(boxes, [.. edges], critical);
    }

    private static PictureNode BoxOf(List<PictureNode> nodes, bool isDag)
    {
        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        PictureNode worst = nodes.MinBy(node => node.State is { } state ? StateText.Rank(state) : 0)!;
        return new PictureNode
        {
            Node = nodes[0].Node,
            Level = nodes[0].Level,
            State = isDag ? nodes[0].State : worst.State,
            IsCritical = nodes.Exists(node => node.IsCritical),
            Folded = new FoldedNodes(
                isDag ? nodes[0].Name : TitleOf(nodes),
                [.. nodes.Take(MostNamed).Select(node => node.Name)],
                nodes[0].State is null ? [] : [.. StateText.Counts(nodes.Skip(isDag ? 1 : 0).Select(node => node.State ?? default))],
                nodes.Count - (isDag ? 1 : 0)),
        };
    }

    /// <summary>What their names begin with, or the first of them.</summary>
    private static string TitleOf(List<PictureNode> nodes)
    {
        string common = nodes[0].Name;
        foreach (PictureNode node in nodes)
        {
            common = common[..common.AsSpan().CommonPrefixLength(node.Name)];
        }

        common = common.TrimEnd(' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        common = common.Length > 0 && char.IsHighSurrogate(common[^1]) ? common[..^1] : common;
        return common.Length >= ShortestCommonPart ? common + "…" : nodes[0].Name + " …";
    }
}
