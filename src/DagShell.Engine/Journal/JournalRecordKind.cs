namespace DagShell.Engine.Journal;

/// <summary>What a record of a journal tells.</summary>
public enum JournalRecordKind
{
    /// <summary>An attempt, or a poll of preconditions, took its slot.</summary>
    Started,

    /// <summary>
    /// Where the work of an attempt was done, or that it began later than it had its slot. Told after that, at its end.
    /// </summary>
    Began,

    /// <summary>An attempt failed, and the node waits for the next.</summary>
    AttemptFailed,

    /// <summary>A precondition did not hold, and the node waits for the next poll.</summary>
    Polled,

    /// <summary>The node succeeded.</summary>
    Succeeded,

    /// <summary>The node failed.</summary>
    Failed,

    /// <summary>The node was skipped.</summary>
    Skipped,

    /// <summary>The node was cancelled.</summary>
    Cancelled,

    /// <summary>It is known of which nodes the node is made, that is a dag of its own.</summary>
    Expanded,

    /// <summary>The node was asked for its items, and it is known how many it has.</summary>
    Mapped,

    /// <summary>An item is done already: an earlier run has done one with the same value.</summary>
    Restored,

    /// <summary>The run ended.</summary>
    Ended,
}
