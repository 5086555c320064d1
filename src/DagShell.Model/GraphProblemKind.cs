namespace DagShell;

/// <summary>What can be wrong with a graph.</summary>
public enum GraphProblemKind
{
    /// <summary>There are no nodes at all.</summary>
    NoNodes,

    /// <summary>Several nodes have one name; case makes no difference.</summary>
    DuplicateName,

    /// <summary>A node depends on one that is not there, or an edge starts or ends at one that is not there.</summary>
    UnknownDependency,

    /// <summary>A node depends on itself.</summary>
    SelfEdge,

    /// <summary>Nodes are in a pool that has no limit.</summary>
    UnknownPool,

    /// <summary>A pool's limit is below one.</summary>
    InvalidPoolLimit,

    /// <summary>Several nodes are to be the fallback for one.</summary>
    SeveralFallbacks,

    /// <summary>Nodes depend on each other in a circle.</summary>
    Cycle,
}
