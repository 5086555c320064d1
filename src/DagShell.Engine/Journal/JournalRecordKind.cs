namespace DagShell.Engine.Journal;

/// <summary>What a record of a journal tells.</summary>
public enum JournalRecordKind
{
    /// <summary>An attempt, or a poll of preconditions, took its slot.</summary>
    Started,

    /// <summary>An attempt failed, or a precondition did not hold, and the node waits for the next.</summary>
    AttemptFailed,

    /// <summary>The node succeeded.</summary>
    Succeeded,

    /// <summary>The node failed.</summary>
    Failed,

    /// <summary>The node was skipped.</summary>
    Skipped,

    /// <summary>The node was cancelled.</summary>
    Cancelled,

    /// <summary>The run ended.</summary>
    Ended,
}
