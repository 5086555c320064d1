namespace DagShell;

/// <summary>A time that a node of a run waited.</summary>
/// <param name="Kind">What for.</param>
/// <param name="StartTime">When that began, local time.</param>
/// <param name="Duration">How long it was, or is already.</param>
public sealed record NodeWait(NodeWaitKind Kind, DateTime StartTime, TimeSpan Duration)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Kind} {Duration.TotalSeconds:0.###} s");
}
