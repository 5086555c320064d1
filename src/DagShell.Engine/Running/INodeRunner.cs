namespace DagShell.Engine.Running;

/// <summary>Does the work of nodes. This is all that the engine knows of it.</summary>
/// <remarks>Both methods may be called from any thread, several at a time, and never while the engine holds its lock.</remarks>
public interface INodeRunner
{
    /// <summary>
    /// Starts one attempt and returns without waiting for it. When it ends the runner calls
    /// <see cref="NodeAttempt.Complete"/>, from whichever thread; calling it before returning is allowed.
    /// The scheduler never has more attempts under way than its throttle limit.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    void Start(NodeAttempt attempt);

    /// <summary>
    /// Gives up an attempt that did not end within <see cref="RunTimes.GracePeriod"/> after its
    /// <see cref="NodeAttempt.StopToken"/> was cancelled: what carries it must not be used again, and its place is free.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    void Abandon(NodeAttempt attempt);
}
