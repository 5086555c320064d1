using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Pictures;

/// <summary>A node as a picture shows it.</summary>
public sealed record PictureNode
{
    /// <summary>The node.</summary>
    public required Node Node { get; init; }

    /// <summary>Its level: 0 for a root, else one more than the highest of its dependencies.</summary>
    public required int Level { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Folded?.Title ?? Node.Name;

    /// <summary>What it is for, in the user's words.</summary>
    public string? Description => Folded is null ? Node.Description : null;

    /// <summary>The names of the nodes that it cleans up after.</summary>
    public IReadOnlySet<string> SetUps { get; init; } = new HashSet<string>();

    /// <summary>The number of the node that stands for the dag that it is of; -1 for the dag as a whole.</summary>
    public int Outer { get; init; } = -1;

    /// <summary>How many items it has, and how they stand, of a node with items, in the picture of a run.</summary>
    public ItemCounts? Items { get; init; }

    /// <summary>How it stands, in the picture of a run; null in that of a dag.</summary>
    public NodeState? State { get; init; }

    /// <summary>Whether it lies on the critical path that was.</summary>
    public bool IsCritical { get; init; }

    /// <summary>How long it took; null if it did not start.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Attempts in which its script was started.</summary>
    public int Attempts { get; init; }

    /// <summary>What it failed with, or why it did not run.</summary>
    public string? Note { get; init; }

    /// <summary>Where in the user's files it failed.</summary>
    public string? Position { get; init; }

    /// <summary>Whether it was done in an earlier run, and not run again.</summary>
    public bool IsRestored { get; init; }

    /// <summary>The nodes that it stands for, in a picture that is too large to show each; null if it is itself.</summary>
    internal FoldedNodes? Folded { get; init; }
}
