namespace DagShell.Pictures.Layout;

/// <summary>Which way a picture runs.</summary>
internal enum LayoutDirection
{
    /// <summary>Roots on top: for graphs that are deeper than they are wide.</summary>
    Down,

    /// <summary>Roots on the left: names side by side would make wide layers much wider.</summary>
    Right,
}
