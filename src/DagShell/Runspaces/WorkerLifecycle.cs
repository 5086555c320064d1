namespace DagShell.Runspaces;

/// <summary>The state of one worker, and the only way to change it.</summary>
/// <remarks>
/// A worker lives as long as its runspace, so no way leads back from <see cref="WorkerState.Closing"/>. Who makes which
/// transition is drawn in docs/design.md, section 4. The lock of the pool guards it.
/// </remarks>
internal sealed class WorkerLifecycle
{
    /// <summary>The state.</summary>
    public WorkerState State { get; private set; } = WorkerState.Opening;

    /// <summary>Whether it counts towards the limit. One that was given up or closes does not, however long that takes.</summary>
    public bool HoldsPlace => State is WorkerState.Opening or WorkerState.Idle or WorkerState.Running;

    /// <summary>Whether a transition is allowed.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="to">The state after.</param>
    public static bool Allows(WorkerState from, WorkerState to) => (from, to) switch
    {
        (WorkerState.Opening, WorkerState.Idle or WorkerState.Running or WorkerState.Closing) => true,
        (WorkerState.Idle, WorkerState.Running or WorkerState.Closing) => true,
        (WorkerState.Running, WorkerState.Idle or WorkerState.Abandoned or WorkerState.Closing) => true,
        (WorkerState.Abandoned, WorkerState.Closing) => true,
        _ => false,
    };

    /// <summary>Makes a transition.</summary>
    /// <param name="next">The state after.</param>
    /// <exception cref="InvalidOperationException">It is not allowed. The state stays as it was.</exception>
    public void MoveTo(WorkerState next)
    {
        if (!Allows(State, next))
        {
            throw new InvalidOperationException($"A worker that is {State} cannot become {next}.");
        }

        State = next;
    }
}
