using System.Globalization;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Terminal;

/// <summary>The part of a run that somebody looks for who cannot see all of it: what failed or goes on, and what is beside that.</summary>
internal static class Neighbourhood
{
    /// <summary>The picture of that part; null if there is none, or it is the whole.</summary>
    public static DagPicture? Of(DagPicture picture)
    {
        bool[] isShown = new bool[picture.Nodes.Count];
        foreach (PictureEdge edge in picture.Edges)
        {
            isShown[edge.To] |= IsSought(picture.Nodes[edge.From]);
            isShown[edge.From] |= IsSought(picture.Nodes[edge.To]);
        }

        for (int node = 0; node < isShown.Length; node++)
        {
            isShown[node] |= IsSought(picture.Nodes[node]);
        }

        int count = isShown.Count(shown => shown);
        return count == 0 || count == isShown.Length ? null : Part(picture, isShown);
    }

    /// <summary>What is said of the rest.</summary>
    public static string Note(DagPicture whole, DagPicture part)
    {
        Dictionary<NodeState, int> shown = StateText.Counts(part.Nodes.Select(node => node.State ?? default)).ToDictionary();
        IEnumerable<string> counts = StateText.Counts(whole.Nodes.Select(node => node.State ?? default))
            .Select(count => (count.State, Left: count.Count - shown.GetValueOrDefault(count.State)))
            .Where(count => count.Left > 0)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Left} {StateText.Word(count.State)}"));
        return $"… and {whole.Nodes.Count - part.Nodes.Count} more nodes, not shown here: {string.Join(", ", counts)}";
    }

    /// <summary>Whether a node is one that somebody looks for.</summary>
    public static bool IsSought(PictureNode node) => node.State is NodeState.Failed or NodeState.Running or NodeState.Waiting;

    private static DagPicture Part(DagPicture picture, bool[] isShown)
    {
        int[] place = new int[isShown.Length];
        List<PictureNode> nodes = [];
        for (int node = 0; node < isShown.Length; node++)
        {
            place[node] = isShown[node] ? nodes.Count : -1;
            if (isShown[node])
            {
                nodes.Add(picture.Nodes[node]);
            }
        }

        Dictionary<int, int> rank = nodes.Select(node => node.Level).Distinct().Order()
            .Select((level, index) => (level, index)).ToDictionary();
        List<(PictureEdge Old, PictureEdge New)> edges = [.. picture.Edges
            .Where(edge => isShown[edge.From] && isShown[edge.To])
            .Select(edge => (edge, new PictureEdge(place[edge.From], place[edge.To])))];
        return picture.With(
            [.. nodes.Select(node => node with { Level = rank[node.Level] })],
            [.. edges.Select(edge => edge.New)],
            edges.Where(edge => picture.IsCritical(edge.Old)).Select(edge => edge.New));
    }
}
