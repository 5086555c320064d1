namespace DagShell.Pictures.Layout;

/// <summary>A place in a drawn picture.</summary>
internal readonly record struct PicturePoint(double X, double Y);
