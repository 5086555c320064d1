namespace DagShell.Runspaces;

/// <summary>What a runspace was opened for.</summary>
internal interface IRunspaceKind
{
    /// <summary>Whether a runspace that was opened for one is as good as one opened for the other.</summary>
    bool IsLike(IRunspaceKind other);
}
