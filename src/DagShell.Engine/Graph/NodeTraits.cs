namespace DagShell.Engine.Graph;

/// <summary>
/// What few nodes are or have. A run asks this of each node several times, and a table of it is read faster than the nodes, which lie
/// all over the memory.
/// </summary>
[Flags]
internal enum NodeTraits : byte
{
    None = 0,

    /// <summary>It is clean-up, see <see cref="DagGraph.IsCleanUp"/>.</summary>
    CleanUp = 1,

    /// <summary>It stands for a dag, or for items each of which is one.</summary>
    Dag = 1 << 1,

    /// <summary>Its work is done for items.</summary>
    Mapped = 1 << 2,

    /// <summary>It stands for a dag that is known at its turn.</summary>
    ExpandsAtTurn = 1 << 3,

    /// <summary>It has retries, a timeout, or preconditions that are polled.</summary>
    Policy = 1 << 4,

    /// <summary>It is in a pool.</summary>
    Pool = 1 << 5,

    /// <summary>Its priority is not 0.</summary>
    Priority = 1 << 6,

    /// <summary>It has a trigger rule that is not the usual one.</summary>
    TriggerRule = 1 << 7,
}
