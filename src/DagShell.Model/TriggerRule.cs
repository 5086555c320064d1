namespace DagShell;

/// <summary>Which final states of a node's dependencies let it run, as in Airflow.</summary>
/// <remarks>
/// A failed dependency with <c>-ContinueOnError</c>, or for which a fallback stands, counts as succeeded in all of them. One that
/// was skipped
/// because something failed counts as failed, and so does one that was cancelled after it had begun. A node without dependencies
/// runs under any of them.
/// </remarks>
public enum TriggerRule
{
    /// <summary>Every dependency succeeded. The default.</summary>
    AllSucceeded,

    /// <summary>Every dependency is in a final state, whichever: clean-up.</summary>
    AllDone,

    /// <summary>At least one dependency succeeded, and all are in a final state.</summary>
    AnySucceeded,

    /// <summary>At least one dependency failed, and all are in a final state: notification, roll-back.</summary>
    AnyFailed,

    /// <summary>No dependency failed; skipped ones do no harm.</summary>
    NoneFailed,

    /// <summary>No dependency failed, at least one succeeded, and all are in a final state: the join after branches.</summary>
    NoneFailedAnySucceeded,
}
