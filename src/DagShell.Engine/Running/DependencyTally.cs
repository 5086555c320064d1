namespace DagShell.Engine.Running;

/// <summary>What is known of a node's dependencies so far.</summary>
internal struct DependencyTally
{
    /// <summary>Dependencies that are not in a final state.</summary>
    public int Open;

    /// <summary>Whether one succeeded.</summary>
    public bool Succeeded;

    /// <summary>Whether one counts as failed.</summary>
    public bool Failed;

    private byte _blocker;

    /// <summary>
    /// How the dependency ended that stands in the way: the first that counts as failed, before one does the first that did not succeed.
    /// </summary>
    public SkipCause Blocker
    {
        readonly get => (SkipCause)_blocker;
        set => _blocker = (byte)value;
    }

    /// <summary>The index of that dependency.</summary>
    public int BlockedBy;

    /// <summary>Notes that a dependency reached its final state.</summary>
    /// <param name="dependency">Its index.</param>
    /// <param name="state">Its state, <see cref="NodeState.Succeeded"/> for one whose failure is to be overlooked.</param>
    /// <param name="countsAsFailed">Whether it failed, or ended as it did because something failed or was cut off.</param>
    public void Add(int dependency, NodeState state, bool countsAsFailed)
    {
        Open--;
        if (state == NodeState.Succeeded)
        {
            Succeeded = true;
            return;
        }

        bool firstFailure = countsAsFailed && !Failed;
        Failed |= countsAsFailed;
        if (Blocker == SkipCause.None || firstFailure)
        {
            BlockedBy = dependency;
            Blocker = state switch
            {
                NodeState.Failed => SkipCause.DependencyFailed,
                NodeState.Skipped => SkipCause.DependencySkipped,
                _ => SkipCause.DependencyCancelled,
            };
        }
    }
}
