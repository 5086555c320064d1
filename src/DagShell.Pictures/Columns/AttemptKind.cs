namespace DagShell.Pictures.Columns;

/// <summary>How an attempt is drawn; the numbers are those of a page's script.</summary>
internal enum AttemptKind
{
    Running = 0,
    Succeeded = 1,
    Failed = 2,
    FailedAgain = 3,
    Poll = 4,
    Cancelled = 5,
}
