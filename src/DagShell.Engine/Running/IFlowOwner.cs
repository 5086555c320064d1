namespace DagShell.Engine.Running;

/// <summary>What the flow of a node, or of an item, asks of the run that it belongs to. May be called from any thread.</summary>
internal interface IFlowOwner
{
    /// <summary>Whether a node or item may start an attempt, its first or a further one.</summary>
    bool MayStart(int unit);

    /// <summary>Sets it to wait, unless the run is being cut short.</summary>
    /// <returns><see langword="false"/> if it may not start again.</returns>
    bool TryWait(int unit, NodeFailure failure, TimeSpan delay);

    /// <summary>
    /// Queues it for a further slot: one that waited, one whose place was gone, or one whose runner is to be asked about a failure that
    /// it has not seen.
    /// </summary>
    /// <param name="unit">Its number in the run.</param>
    /// <param name="hasWaited">Whether it is <see cref="NodeState.Waiting"/>; if not it is running, and its place was gone.</param>
    /// <param name="waitToken">Cancelled when the run is cut short.</param>
    /// <returns>The attempt the slot was granted to; null if the run was cut short first.</returns>
    ValueTask<NodeAttempt?> RequestSlotAsync(int unit, bool hasWaited, CancellationToken waitToken);

    /// <summary>Queues it for a slot in which its runner is asked about a failure.</summary>
    /// <param name="unit">Its number in the run.</param>
    /// <param name="failure">What to ask about.</param>
    /// <param name="waitToken">Cancelled when the run is cut short.</param>
    /// <returns>The inquiry that the slot was granted to; null if the run was cut short first.</returns>
    ValueTask<NodeAttempt?> RequestInquiryAsync(int unit, NodeFailure failure, CancellationToken waitToken);

    /// <summary>Hands an attempt to the runner.</summary>
    void StartOnRunner(NodeAttempt attempt);

    /// <summary>Gives an attempt up that has been asked to stop, if it has not ended when the grace period is over.</summary>
    void AbandonAfterGrace(NodeAttempt attempt);

    /// <summary>The flow has come to its end.</summary>
    void Finish(int unit, AttemptOutcome outcome);
}
