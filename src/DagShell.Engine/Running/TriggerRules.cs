
namespace DagShell.Engine.Running;

/// <summary>Decides from what is known of a node's dependencies whether its trigger rule holds, or cannot any more.</summary>
internal static class TriggerRules
{
    /// <summary>Why the rule cannot hold any more; <see cref="SkipCause.None"/> while it still can, or does.</summary>
    /// <remarks>With no dependency open, <see cref="SkipCause.None"/> means that the rule holds.</remarks>
    public static SkipCause CannotHold(TriggerRule rule, in DependencyTally tally) => rule switch
    {
        TriggerRule.AllSucceeded => tally.Blocker,
        TriggerRule.NoneFailed => tally.Failed ? tally.Blocker : SkipCause.None,
        TriggerRule.NoneFailedAnySucceeded when tally.Failed => tally.Blocker,
        TriggerRule.AnySucceeded or TriggerRule.NoneFailedAnySucceeded =>
            tally.Open == 0 && !tally.Succeeded ? SkipCause.NoneSucceeded : SkipCause.None,
        TriggerRule.AnyFailed => tally.Open == 0 && !tally.Failed ? SkipCause.NoneFailed : SkipCause.None,
        _ => SkipCause.None,
    };
}
