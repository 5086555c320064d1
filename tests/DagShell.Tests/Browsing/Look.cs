namespace DagShell.Tests.Browsing;

/// <summary>How a page is looked at: by what window, and with what settings of the user.</summary>
/// <param name="Width">The window's width, in the page's pixels.</param>
/// <param name="Height">The window's height, in the page's pixels.</param>
/// <param name="Dark">Whether the user wants it dark.</param>
/// <param name="ForcedColors">Whether the system's colours replace the page's, as in high contrast.</param>
/// <param name="Scripts">Whether the page's scripts run.</param>
/// <param name="Scale">Pixels of the screen for one of the page.</param>
public sealed record Look(
    int Width = 1280, int Height = 900, bool Dark = false, bool ForcedColors = false, bool Scripts = true, float Scale = 1);
