namespace DagShell.Tests.Browsing;

/// <summary>How long a page took, from the start of its navigation.</summary>
/// <param name="FirstContentfulPaint">Until something of it was to be seen.</param>
/// <param name="Loaded">Until its load event had been handled.</param>
public sealed record LoadTimes(TimeSpan FirstContentfulPaint, TimeSpan Loaded);
