namespace DagShell.Runspaces;

/// <summary>Where a worker stands between the start of its thread and its end.</summary>
internal enum WorkerState
{
    /// <summary>Opens its runspace. It has no attempt yet: an open worker may be free for that one first.</summary>
    Opening,

    /// <summary>Its runspace is open, and its thread sleeps until it is given an attempt.</summary>
    Idle,

    /// <summary>Runs an attempt, or removes what the last one left in the session.</summary>
    Running,

    /// <summary>Its attempt was given up, and the code of that goes on. Another worker may have its place.</summary>
    Abandoned,

    /// <summary>Closes its runspace, and ends with it. Another worker may have its place.</summary>
    Closing,
}
