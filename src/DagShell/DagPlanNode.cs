using DagShell.Engine.Planning;

namespace DagShell;

/// <summary>A node in the plan of a dag, as Get-DagPlan gives it out.</summary>
public sealed class DagPlanNode
{
    internal DagPlanNode(DagPlan plan, int index, int order, bool? upToDate = null)
    {
        UpToDate = upToDate;
        Node = DagNode.Of(plan.Graph[index]);
        Order = order;
        Level = plan.Level(index);
        IsCritical = plan.IsCritical(index);
        IsCleanUp = plan.Graph.IsCleanUp(index);
        RemainingPath = plan.RemainingPath(index);
        ReadOnlySpan<int> upstream = plan.Graph.Upstream(index);
        var names = new string[upstream.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = plan.Graph[upstream[i]].Name;
        }

        Upstream = names;
    }

    /// <summary>Its place in the order in which one worker would run the nodes, from 1.</summary>
    public int Order { get; }

    /// <summary>Its level: 0 for a root, else one more than the highest of its dependencies.</summary>
    public int Level { get; }

    /// <summary>Its name.</summary>
    public string Name => Node.Name;

    /// <summary>The names of its dependencies.</summary>
    public IReadOnlyList<string> Upstream { get; }

    /// <summary>Whether it lies on the critical path.</summary>
    public bool IsCritical { get; }

    /// <summary>
    /// How long it takes at least from its start to the end of all that depends on it; a node without an estimate counts as a second.
    /// </summary>
    public TimeSpan RemainingPath { get; }

    /// <summary>The names of the nodes that it cleans up after.</summary>
    public IReadOnlyList<string> CleanUpOf => Node.CleanUpOf;

    /// <summary>The name of the node that it stands for if that fails; null for none.</summary>
    public string? FallbackFor => Node.FallbackFor;

    /// <summary>
    /// Whether it is clean-up, which a run that is cut short still starts: by its rule (AllDone, AnyFailed), by -CleanUpOf, or because all
    /// that it depends on is.
    /// </summary>
    public bool IsCleanUp { get; }

    /// <summary>What it is for, in the user's words.</summary>
    public string? Description => Node.Description;

    /// <summary>Its pool, if it is in one.</summary>
    public string? Pool => Node.Pool;

    /// <summary>
    /// How many items it has, or that this is not known yet, since a script block gives them; null of a node without -ForEach.
    /// </summary>
    public string? Items =>
        Node.ForEach is not { } items ? null : Node.ItemScript is null ? Messages.Count(items.Length) : Messages.NotKnownYet;

    /// <summary>Whether it would be restored from the checkpoint, and not run: of Invoke-Dag -WhatIf -Resume.</summary>
    public bool FromCheckpoint { get; internal init; }

    /// <summary>
    /// Why it would be restored, or why it would run; without -Resume only for nodes with -OutputPath, where a journal or their files tell.
    /// </summary>
    public string? Reason { get; internal init; }

    /// <summary>
    /// Whether it need not run, as its files are now, nor would what it reads be written anew; with -WhatIf alone. Null of a node without
    /// -OutputPath, where script blocks or items say which files they are, and where these are in a session.
    /// </summary>
    public bool? UpToDate { get; }

    /// <summary>The node itself.</summary>
    public DagNode Node { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
