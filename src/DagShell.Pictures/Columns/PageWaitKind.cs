namespace DagShell.Pictures.Columns;

/// <summary>Why a node waited; the numbers are those of a page's script.</summary>
internal enum PageWaitKind
{
    /// <summary>For its next attempt, or for the next poll of its preconditions.</summary>
    Between = 0,

    /// <summary>For a free slot, or a place in its pool.</summary>
    Queue = 1,
}
