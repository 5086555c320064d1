namespace DagShell.Pictures.Formats;

/// <summary>Goes through the nodes of a picture with the boxes around those that are inside of a dag that is a node.</summary>
internal static class NestedBoxes
{
    /// <summary>
    /// Writes nodes in their order; a node that stands for a dag begins the box, and what is inside comes right behind it.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="writeNode">Writes a node; gets its number, and how many boxes are around it.</param>
    /// <param name="begin">Begins the box of a node that stands for a dag.</param>
    /// <param name="end">Ends the box that was begun last.</param>
    public static void Write(DagPicture picture, Action<int, int> writeNode, Action<int, int> begin, Action<int> end)
    {
        Stack<int> around = new();
        for (int node = 0; node < picture.Nodes.Count; node++)
        {
            while (around.TryPeek(out int dag) && dag != picture.Nodes[node].Outer)
            {
                around.Pop();
                end(around.Count);
            }

            if (node + 1 < picture.Nodes.Count && picture.Nodes[node + 1].Outer == node)
            {
                begin(node, around.Count);
                around.Push(node);
            }

            writeNode(node, around.Count);
        }

        while (around.TryPop(out _))
        {
            end(around.Count);
        }
    }
}
