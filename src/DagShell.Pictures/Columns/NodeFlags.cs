namespace DagShell.Pictures.Columns;

/// <summary>What a page marks a node with; the numbers are those of its script.</summary>
[Flags]
internal enum NodeFlags
{
    None = 0,

    /// <summary>It lies on the critical path.</summary>
    Critical = 1,

    /// <summary>It failed, and the run with it.</summary>
    CountsAsFailed = 2,

    /// <summary>It was done in an earlier run.</summary>
    Restored = 4,
}
