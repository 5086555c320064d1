namespace DagShell.Pictures.Formats;

/// <summary>How large a chart Mermaid draws, unless it is told otherwise where it draws.</summary>
public static class MermaidLimits
{
    /// <summary>The most characters (its setting maxTextSize).</summary>
    public const int Characters = 50_000;

    /// <summary>The most edges (its setting maxEdges).</summary>
    public const int Edges = 500;

    /// <summary>Whether a chart is larger.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="characters">The length of its chart.</param>
    /// <returns><see langword="true"/> if Mermaid refuses it.</returns>
    public static bool AreExceeded(DagPicture picture, int characters)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return characters > Characters || picture.Edges.Count > Edges;
    }
}
