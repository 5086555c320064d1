using DagShell.Pictures.Folding;

namespace DagShell.Pictures.Terminal;

/// <summary>
/// Pictures in which a dag that is a node is one box with that node, for a console that has no room for all that is inside.
/// </summary>
internal static class FoldedDags
{
    /// <summary>
    /// Pictures that take ever less room: one in which the dags of a run are folded in which nothing failed or goes on, then one in which
    /// all are.
    /// </summary>
    public static IEnumerable<DagPicture> Of(DagPicture picture)
    {
        if (!picture.Nodes.Any(node => node.Outer >= 0))
        {
            yield break;
        }

        bool[] isSought = new bool[picture.Nodes.Count];
        for (int node = isSought.Length - 1; node >= 0; node--)
        {
            isSought[node] |= Neighbourhood.IsSought(picture.Nodes[node]);
            if (picture.Nodes[node].Outer is >= 0 and var outer)
            {
                isSought[outer] |= isSought[node];
            }
        }

        if (picture.Status is not null && isSought.Contains(true))
        {
            yield return Fold(picture, dag => !isSought[dag]);
        }

        yield return Fold(picture, static _ => true);
    }

    private static DagPicture Fold(DagPicture picture, Predicate<int> isFolded)
    {
        int[] boxOf = new int[picture.Nodes.Count];
        bool[] isInside = new bool[boxOf.Length];
        for (int node = 0, next = 0; node < boxOf.Length; node++)
        {
            // What is inside stands behind the node that it is inside of.
            int outer = picture.Nodes[node].Outer;
            isInside[node] = outer >= 0 && (isInside[outer] || isFolded(outer));
            boxOf[node] = isInside[node] ? boxOf[outer] : next++;
        }

        return FoldedPicture.OfDags(picture, boxOf);
    }
}
