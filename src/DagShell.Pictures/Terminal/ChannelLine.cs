namespace DagShell.Pictures.Terminal;

/// <summary>
/// A line between two layers, from each of some vertices above to each of some below: where it leaves the ones, where it enters
/// the others, and its row between them.
/// </summary>
internal sealed class ChannelLine
{
    /// <summary>The vertices that it comes from.</summary>
    public List<int> Upper { get; } = [];

    /// <summary>The vertices that it leads to.</summary>
    public List<int> Lower { get; } = [];

    /// <summary>The columns in which it comes from above, in the order of <see cref="Upper"/>.</summary>
    public List<int> Above { get; } = [];

    /// <summary>The columns in which it goes on below, from left to right.</summary>
    public List<int> Below { get; } = [];

    /// <summary>Its row, counted from the first between the layers; nothing to a line that is straight.</summary>
    public int Row { get; set; }

    /// <summary>Its leftmost column.</summary>
    public int First => Math.Min(Above.Min(), Below.Min());

    /// <summary>Its rightmost column.</summary>
    public int Last => Math.Max(Above.Max(), Below.Max());

    /// <summary>Whether it only goes down.</summary>
    public bool IsStraight => First == Last;
}
