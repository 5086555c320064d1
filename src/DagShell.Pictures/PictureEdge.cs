namespace DagShell.Pictures;

/// <summary>An edge of a picture, between two nodes by their numbers.</summary>
/// <param name="From">The dependency.</param>
/// <param name="To">The dependent.</param>
public readonly record struct PictureEdge(int From, int To);
