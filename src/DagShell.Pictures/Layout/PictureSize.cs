namespace DagShell.Pictures.Layout;

/// <summary>How large something in a drawn picture is.</summary>
internal readonly record struct PictureSize(double Width, double Height);
