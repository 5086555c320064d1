namespace DagShell.Pictures.Columns;

/// <summary>A time in which a node could not go on.</summary>
internal readonly record struct PageWait(PageWaitKind Kind, DateTimeOffset Start, DateTimeOffset End);
